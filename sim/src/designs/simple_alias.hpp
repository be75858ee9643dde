// The normal form of a first attempt, and of the article's: lower case, white space collapsed and trimmed. Deliberately
// no more: compatibility forms (full width, ligatures), composition, and what lies unseen between letters stay apart.
#pragma once
#include <string>
#include <string_view>

namespace commonbook::sim {

/// Lower-cases each letter of a UTF-8 text by the machine's C.UTF-8 locale, as a script's own `lower()` would, and
/// leaves one blank where white space was. Bytes that are not UTF-8 are kept. Thread: any.
[[nodiscard]] std::string simple_alias(std::string_view spelling);

}  // namespace commonbook::sim
