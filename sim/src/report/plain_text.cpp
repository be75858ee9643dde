#include "plain_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace commonbook::sim {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The length of the UTF-8 sequence at the start of `text`; 0: it is none. Surrogates and overlong forms are none.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at)
    if ((byte(at) & 0xC0u) != 0x80u) return 0;
  const auto second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

/// U+FFFE and U+FFFF, which XML can't carry, and the second control block, which moves a terminal's cursor.
bool is_unwanted(std::string_view sequence) noexcept {
  return sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF" ||
         (sequence.size() == 2 && sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0);
}

std::string formatted(const char* format, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace

std::string count_text(std::uint64_t count) {
  constexpr std::array<const char*, 6> units = {"k", "M", "G", "T", "P", "E"};
  if (count < 10'000) return std::to_string(count);
  std::size_t unit = 0;
  for (count /= 1'000; count >= 1'000; count /= 1'000) ++unit;
  return std::to_string(count) + units[unit];
}

std::string time_text(std::uint64_t microseconds) {
  if (microseconds == 0) return "0";
  if (microseconds < 1'000) return std::to_string(microseconds) + "us";
  constexpr std::array<std::pair<double, const char*>, 3> units{{{1e3, "ms"}, {1e6, "s"}, {3.6e9, "h"}}};
  for (const auto& [size, unit] : units) {
    const double value = static_cast<double>(microseconds) / size;
    if (value < 9.95) return formatted("%.1f", value) + unit;
    if (value < 999.5 || unit == units.back().second) return formatted("%.0f", value) + unit;
  }
  return {};
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "no number";
  std::array<char, 400> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc{} ? std::string{text.data(), end} : std::string{};
}

std::string comparison_text(const Expectation& expectation) {
  constexpr std::array<const char*, 7> signs = {"?", "=", "!=", ">=", "<=", ">", "<"};
  std::string text = signs[static_cast<std::size_t>(expectation.comparison)];
  text += " " + number_text(expectation.value);
  return expectation.of_design ? text + " x " + *expectation.of_design : text;
}

std::string clean_text(std::string_view text, bool keep_lines) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, length);
    const auto first = static_cast<unsigned char>(text.front());
    const bool kept_control = keep_lines && (first == '\n' || first == '\t');
    const bool control = (first < 0x20 && !kept_control) || first == 0x7F;
    clean += length == 0 || control || is_unwanted(sequence) ? replacement : sequence;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

std::size_t text_columns(std::string_view text) noexcept {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0u) == 0x80u ? 0 : 1;
  return columns;
}

std::string cut_text(const std::string& text, std::size_t columns) {
  if (text_columns(text) <= columns) return text;
  std::string kept;
  std::size_t used = 0;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
    if (!continues && ++used >= columns) break;
    kept += c;
  }
  return kept + "~";
}

std::vector<std::string> wrapped(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  std::string word;
  std::size_t line_columns = 0;
  std::size_t word_columns = 0;
  const auto end_line = [&] {
    lines.push_back(std::exchange(line, {}));
    line_columns = 0;
  };
  const auto end_word = [&] {
    if (word_columns == 0) return;
    if (line_columns > 0 && line_columns + 1 + word_columns > columns) end_line();
    if (line_columns > 0) {
      line += ' ';
      ++line_columns;
    }
    line += std::exchange(word, {});
    line_columns += std::exchange(word_columns, 0);
  };
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
    if (c == ' ' || (!continues && word_columns == columns)) end_word();
    if (c == ' ') continue;
    word += c;
    word_columns += continues ? 0 : 1;
  }
  end_word();
  if (line_columns > 0 || lines.empty()) end_line();
  return lines;
}

}  // namespace commonbook::sim
