// Reads UTF-8 strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace commonbook::storage {

inline constexpr std::int32_t no_code_point = -1;

/// Reads the code point at `at` and moves `at` behind it; behind one byte where none can be read.
/// @param at  below text.size().
[[nodiscard]] inline std::int32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
  const auto first = static_cast<std::uint32_t>(static_cast<unsigned char>(text[at++]));
  if (first < 0x80) return static_cast<std::int32_t>(first);
  const std::size_t following = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < following) return no_code_point;
  std::uint32_t point = first & (0x3FU >> following);
  for (std::size_t offset = 0; offset < following; ++offset) {
    const auto byte = static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + offset]));
    if ((byte & 0xC0) != 0x80) return no_code_point;
    point = (point << 6) | (byte & 0x3F);
  }
  constexpr std::uint32_t lowest[] = {0x80, 0x800, 0x10000};
  if (point < lowest[following - 1] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return no_code_point;
  at += following;
  return static_cast<std::int32_t>(point);
}

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    if (next_code_point(text, at) == no_code_point) return false;
  }
  return true;
}

}  // namespace commonbook::storage
