#include "synthetic_source_names.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace commonbook::agents {
namespace {

constexpr std::string_view consonants = "bdfgklmnprstvz";
constexpr std::string_view vowels = "aeiou";
constexpr std::size_t syllable_count = consonants.size() * vowels.size();
constexpr int names_max = 100'000;  // three syllables of two letters tell 343,000 apart

/// A letter or letter group and how else it may be written; the first form is the plain one.
using Unit = std::vector<std::string>;

/// Where spellings go wrong in practice, by case folding, composition and compatibility forms.
const std::array<Unit, 8>& special_units() {
  static const std::array<Unit, 8> units{{
      {""},
      {"\u00DF", "ss", "SS", "\u1E9E"},                             // sharp s
      {"\u00E9", "e\u0301", "\u00C9", "E\u0301", "e\u200B\u0301"},  // e with acute
      {"\u03C2", "\u03C3", "\u03A3"},                               // final sigma
      {"\u0130", "i\u0307", "I\u0307"},                             // dotted I
      {"fi", "\uFB01", "FI", "Fi"},                                 // ligature
      {"\u00E5", "\u00C5", "\u212B", "a\u030A", "A\u030A"},         // a with ring, angstrom
      {"\u00FC", "u\u0308", "\u00DC", "U\u0308", "u\u200D\u0308"},  // u with diaeresis
  }};
  return units;
}

std::string full_width(char letter) {
  const auto code = static_cast<unsigned>(0xFF01 + (static_cast<unsigned char>(letter) - '!'));
  return {static_cast<char>(0xE0u | (code >> 12u)), static_cast<char>(0x80u | ((code >> 6u) & 0x3Fu)),
          static_cast<char>(0x80u | (code & 0x3Fu))};
}

char upper(char letter) { return static_cast<char>(letter - 'a' + 'A'); }

Unit letter_unit(char letter, bool capital) {
  const char large = upper(letter);
  Unit unit{std::string(1, capital ? large : letter), std::string(1, capital ? letter : large), full_width(letter),
            full_width(large)};
  return unit;
}

void append_syllable(std::vector<Unit>& to, std::size_t number, bool capital) {
  to.push_back(letter_unit(consonants[number / vowels.size()], capital));
  to.push_back(letter_unit(vowels[number % vowels.size()], false));
}

/// Six letters that are the number, one special unit, a space and a short second word.
std::vector<Unit> units_of(std::size_t number) {
  std::vector<Unit> units;
  std::size_t rest = number;
  for (int i = 0; i < 3; ++i) {
    // Times a number without a common factor, so that neighbours don't look alike.
    append_syllable(units, (rest % syllable_count) * 27 % syllable_count, i == 0);
    rest /= syllable_count;
  }
  if (const Unit& special = special_units()[number % special_units().size()]; !special.front().empty())
    units.push_back(special);
  units.push_back({" ", "  ", "\u00A0", "\u3000", " \t"});
  append_syllable(units, number * 11 % syllable_count, true);
  append_syllable(units, number * 31 % syllable_count, false);
  return units;
}

}  // namespace

SyntheticNames::SyntheticNames(int count, double skew) {
  // Rounded to integers, so that the last bit of a machine's pow() decides nothing.
  constexpr double scale = 1u << 24u;
  std::uint64_t sum = 0;
  const int names = std::clamp(count, 1, names_max);
  for (int i = 1; i <= names; ++i) {
    sum += std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(scale * std::pow(i, -skew))));
    cumulative_.push_back(sum);
  }
}

std::size_t SyntheticNames::draw(std::mt19937_64& engine) const {
  const std::uint64_t drawn = engine() % cumulative_.back();
  return static_cast<std::size_t>(std::upper_bound(cumulative_.begin(), cumulative_.end(), drawn) -
                                  cumulative_.begin());
}

std::string SyntheticNames::spell(std::size_t number) {
  std::string name;
  for (const Unit& unit : units_of(number)) name += unit.front();
  return name;
}

std::string SyntheticNames::spell_otherwise(std::size_t number, std::mt19937_64& engine) {
  static constexpr std::array<std::string_view, 4> zero_width{"\u200B", "\u200D", "\u2060", "\uFEFF"};
  static constexpr std::array<std::string_view, 4> outer_space{"", " ", "  ", "\u3000"};
  std::string name(outer_space[engine() % outer_space.size()]);
  const std::uint64_t variety = 1 + engine() % 4;  // of four letters, how many are written otherwise
  for (const Unit& unit : units_of(number)) {
    name += engine() % 4 < variety ? unit[engine() % unit.size()] : unit.front();
    if (engine() % 16 == 0) name += zero_width[engine() % zero_width.size()];
  }
  name += outer_space[engine() % outer_space.size()];
  return name;
}

}  // namespace commonbook::agents
