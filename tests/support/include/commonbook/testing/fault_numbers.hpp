// Which n a loop of "the n-th call fails" tries, as the environment asks for it.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

namespace commonbook::testing {

/// COMMONBOOK_ALL_FAULTS is not set: a sample, which the loop chooses. `1`: each n. `FROM-TO`: each from FROM to TO, to
/// replay what a loop found.
struct FaultNumbers {
  bool all = false;
  long first = 1;
  long last = std::numeric_limits<long>::max();

  /// Thread: any, while none sets the environment.
  [[nodiscard]] static FaultNumbers wanted() {
    FaultNumbers numbers;
    const char* const text = std::getenv("COMMONBOOK_ALL_FAULTS");
    if (text == nullptr) return numbers;
    numbers.all = true;
    long first = 0;
    long last = 0;
    if (std::sscanf(text, "%ld-%ld", &first, &last) == 2) {
      numbers.first = first;
      numbers.last = last;
    }
    return numbers;
  }
  /// The full loop takes long: says on the standard error how far it is.
  void report(long nth, long of) const {
    constexpr long step = 500;
    if (all && nth % step == 0) std::fputs((std::to_string(nth) + " of " + std::to_string(of) + "\n").c_str(), stderr);
  }
};

}  // namespace commonbook::testing
