// From the raw bytes of one message to a MailMessage.
#pragma once
#include "mail_message_limits.hpp"

#include "commonbook/agents/mail_message.hpp"
#include "commonbook/agents/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Reads a message, keeping what can be kept. Never fails: text without any header becomes a message with a text.
/// @param raw      the message as it stands, without the mbox "From " line.
/// @param place    for the reports, e.g. "inbox.mbox#7".
/// @param dropped  receives what the limits or damage cost.
/// Work: linear in `raw` for each level of nesting, at most MailLimits::depth_max levels. Thread: any.
[[nodiscard]] MailMessage read_message(std::string_view raw, const std::string& place, std::vector<Dropped>& dropped,
                                       const MailLimits& limits = {});

/// The content that makes two copies of a message one: message id, people, subject, date, references, new text,
/// attachments. Transport headers, flags and list footers are not in it.
[[nodiscard]] std::string canonical_content(const MailMessage& message);

}  // namespace commonbook::agents
