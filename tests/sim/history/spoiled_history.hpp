// Ways to spoil a good history. Each picks a victim for which the result can't be a good history again.
#pragma once
#include "good_history.hpp"

#include <string>
#include <vector>

namespace commonbook::testing {

struct Spoiling {
  std::string name;
  std::string invariant;  ///< that must be reported
  /// Spoils the history. @returns false where it has no victim for this: then the generator is to blame.
  bool (*spoil)(JudgedHistory& history, Random& random);
};

[[nodiscard]] const std::vector<Spoiling>& spoilings();

}  // namespace commonbook::testing
