// What a message itself says, told apart from what it quotes and from how it is signed.
#pragma once
#include <string>
#include <string_view>

namespace commonbook::agents {

/// The three layers of a mail text; each line of it is in exactly one.
struct MailLayers {
  std::string new_text;
  std::string quoted_text;  ///< with the "On ... wrote:" lines that introduce it
  std::string signature;    ///< from "-- " on, and list footers
};

/// Quotations are lines that begin with ">", the lines that introduce them, and all that follows the header block
/// that Outlook and its kin put above the older message. A forwarded text without ">" counts as new: the message may
/// be the only one that carries it. Signatures begin at a line "-- " (or "--" near the end), list footers at a line
/// of underscores near the end.
/// @param text  UTF-8 with LF line ends. Work: linear. Thread: any.
[[nodiscard]] MailLayers separate_layers(std::string_view text);

}  // namespace commonbook::agents
