// One message with all that it brings: its own observation, then one for each event of its text/calendar parts.
#pragma once
#include "mail_message_limits.hpp"

#include "commonbook/agents/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A message as it was found.
struct RawMail {
  std::string_view raw;            ///< without the mbox "From " line
  std::string position;            ///< "inbox.mbox#7"
  std::vector<std::string> flags;  ///< Maildir: "unread", "replied", ...
  std::string agent;
};

/// @param dropped  what was lost before the message was read; goes into the message's item.
/// @returns  the message first, then its events, under the rules of mail_sender_rules.hpp. Thread: any.
[[nodiscard]] std::vector<ImportItem> items_of(const RawMail& mail, std::vector<Dropped> dropped,
                                               const MailLimits& limits);

}  // namespace commonbook::agents
