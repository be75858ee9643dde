// Letters of ASCII only: names of fields, media types and character sets know no other, and no locale has a say.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace commonbook::agents {

[[nodiscard]] inline char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return ascii_lower(c); });
  return result;
}

/// True when `text` begins with `prefix`, which is in lower case.
[[nodiscard]] inline bool begins_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == ascii_lower(b); });
}

/// True when `text` is `lower`, which is in lower case.
[[nodiscard]] inline bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  return text.size() == lower.size() && begins_with_ignoring_case(text, lower);
}

}  // namespace commonbook::agents
