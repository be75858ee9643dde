// Integers as bytes that sort as the integers do, for engines that order keys byte by byte.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace commonbook::bench {

template <class Integer>
void append_sort_key(std::string& key, Integer value) {
  for (std::size_t byte = sizeof(Integer); byte-- > 0;)
    key += static_cast<char>((static_cast<std::uint64_t>(value) >> (8 * byte)) & 0xff);
}

[[nodiscard]] inline std::int64_t read_sort_key(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

}  // namespace commonbook::bench
