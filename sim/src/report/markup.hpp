// Texts inside XML and HTML.
#pragma once
#include <string>
#include <string_view>

namespace commonbook::sim {

/// `text` for an element or an attribute in double or single quotes, of XML or of HTML: valid UTF-8 without control
/// characters (they become U+FFFD), and none of < > & " ' as themselves. Line feeds and tabs stay in both.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace commonbook::sim
