// The words of an HTML mail, nothing else: no scripts, no styles, no addresses behind links, nothing fetched.
#pragma once
#include <string>
#include <string_view>

namespace commonbook::agents {

/// Text of an HTML body. Block elements and line breaks become line ends, entities characters, a link its own words.
/// Malformed markup never fails. Work and result: linear in the input. Thread: any.
[[nodiscard]] std::string html_to_text(std::string_view html);

}  // namespace commonbook::agents
