// Whichever call to the disk fails, once or from then on: the error has a type, the transaction is gone, nothing that was
// acknowledged is lost, and the next write succeeds once the fault is gone.
#include "fault_layer.hpp"
#include "fault_workload.hpp"

#include "commonbook/testing/fault_numbers.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

// The full loop takes minutes. Without it: every n of the first ones, then further and further apart.
int next_to_try(int nth) {
  static const bool all = FaultNumbers::wanted().all;
  return all || nth < 10 ? nth + 1 : nth + nth / 3;
}

/// Fails call 1, 2, ... until a life goes by without meeting a failure. @returns the number of calls in that life.
int fail_each(FaultLayer& layer, Call call, bool persistent, int& tried) {
  const SystemClock clock;
  for (int nth = 1;; nth = next_to_try(nth)) {
    INFO(to_string(call) << " " << nth << (persistent ? " and all later ones" : ""));
    REQUIRE(nth < 100'000);
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    layer.fail(call, nth, persistent);
    int calls = 0;
    const Life life = live(path, clock, 300ms, [&] {
      calls = layer.calls(call);
      layer.heal();
    });
    const int failures = layer.failures();
    check_what_is_left(path, clock, life);
    ++tried;
    if (failures > 0) continue;
    CHECK(life.errors == 0);
    CHECK(life.acknowledged.size() == 6);
    return calls;
  }
}

}  // namespace

TEST_CASE("whichever call to the disk fails, nothing acknowledged is lost and the file is sound") {
  FaultLayer layer;
  const auto call = static_cast<Call>(GENERATE(range(0, static_cast<int>(call_kinds))));
  const bool persistent = GENERATE(false, true);
  int tried = 0;
  const int calls = fail_each(layer, call, persistent, tried);
  WARN(to_string(call) << (persistent ? ", from the n-th on: " : ", the n-th once: ") << tried << " of " << calls
                       << " n tried");
}
