// What a calendar that came by mail may say, by who sent it. Anybody can write anything to a mailbox, so:
//
//   an invitation, a change, a cancellation   counts where the sender is the organiser that it names; a reader then
//                                             also asks whether the event has that organiser (storage/)
//   a REPLY                                   sets how its sender answers, and nobody else
//   anything else                             is kept as a claim: trust class untrusted, which displaces nothing
//
// The sender is the one address of From. That is what the message says of itself, not who wrote it: whoever needs more
// has the mail checked (DKIM) before it reaches the mailbox.
#pragma once
#include "commonbook/agents/mail_message.hpp"
#include "commonbook/agents/source.hpp"

#include <string>
#include <vector>

namespace commonbook::agents {

/// The address that a message comes from; empty where From names none or several.
[[nodiscard]] std::string sender_of(const MailMessage& message);

/// One event of a message's calendar with the trust that its sender has: one item, or two where a REPLY speaks of its
/// sender and of others. What became a claim is reported in Dropped. Thread: any.
[[nodiscard]] std::vector<ImportItem> under_sender_rules(ImportItem item, const MailMessage& message);

}  // namespace commonbook::agents
