// A pool of made-up names, each with many spellings that are one name after normalisation.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace commonbook::agents {

class SyntheticNames {
 public:
  /// @param count  names in the pool, 1 to 100,000 (others are moved to the nearer end).
  /// @param skew   Zipf exponent: the k-th name is drawn with weight k^-skew; 0: all alike.
  SyntheticNames(int count, double skew);

  [[nodiscard]] std::size_t count() const noexcept { return cumulative_.size(); }
  /// Number of a name, by weight.
  [[nodiscard]] std::size_t draw(std::mt19937_64& engine) const;
  /// The name as its bearer writes it. Names of different numbers differ after normalisation.
  [[nodiscard]] static std::string spell(std::size_t number);
  /// The same name in another case, composition, width or spacing: equal to spell(number) after normalisation.
  [[nodiscard]] static std::string spell_otherwise(std::size_t number, std::mt19937_64& engine);

 private:
  std::vector<std::uint64_t> cumulative_;  // sums of integer weights
};

}  // namespace commonbook::agents
