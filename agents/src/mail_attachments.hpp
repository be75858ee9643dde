// Attached texts: documents of their own, so that they are found and cited by themselves, and name their message.
#pragma once
#include "mail_triples.hpp"

#include "commonbook/agents/source.hpp"

#include <vector>

namespace commonbook::agents {

/// One item for each attachment of `message` that has a text (MailAttachment::text). The document's id is the message's
/// and the file name, "<1@x>/prices.csv" (a second one of that name: "<1@x>/prices.csv#2"); its evidence is the
/// message. A text that was taken as the message's own is left out. Thread: any.
[[nodiscard]] std::vector<ImportItem> attached_items(const MailMessage& message, const MailOrigin& origin);

}  // namespace commonbook::agents
