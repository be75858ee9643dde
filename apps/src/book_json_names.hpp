// What the two sides of book_json.hpp share.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace commonbook::apps {

inline constexpr int book_format_version = 1;

[[nodiscard]] std::string hex_of(std::string_view bytes);
/// nullopt where a character is no lower-case digit, or one is left over.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace commonbook::apps
