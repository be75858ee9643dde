// Names for a workload: the made-up names of the synthetic source, by weight and in other spellings, and among these
// the two that everybody meets first: all in capitals, and with blanks round it.
#pragma once
#include "commonbook/agents/source.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>

namespace commonbook::sim::runner {

class Names {
 public:
  /// @param options  names, skew and variants count.
  Names(const agents::SyntheticOptions& options, std::uint64_t seed);
  /// The next name, spelled one way or another.
  [[nodiscard]] std::string next();
  /// The one entity that all ask for, spelled one way or another.
  [[nodiscard]] std::string next_of_one();

 private:
  [[nodiscard]] bool happens(double odds);
  [[nodiscard]] std::string spell_roughly(std::string name);

  std::unique_ptr<agents::Source> source_;
  std::deque<std::string> waiting_;  // drawn from the source, not yet given out
  std::mt19937_64 engine_;
  double variants_;
};

}  // namespace commonbook::sim::runner
