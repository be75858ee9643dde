// What a message says as triples, and how it is kept as a document.
#pragma once
#include "commonbook/agents/mail_message.hpp"
#include "commonbook/model/observation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Raised when the same message would give other triples or another document than before: it goes into operation ids.
inline constexpr int mail_extractor_version = 2;

/// Where a message came from.
struct MailOrigin {
  std::string agent;
  std::string position;  ///< "inbox.mbox#7", relative to the path that was opened
  std::string_view raw;  ///< the message's bytes
};

/// @param events  keys of the events that its text/calendar parts invite to.
/// The observation depends on the message and its origin alone. Thread: any.
[[nodiscard]] Observation to_observation(const MailMessage& message, const MailOrigin& origin,
                                         const std::vector<Key>& events);

/// The entity of a message: its Message-ID without brackets.
[[nodiscard]] EntityName message_entity(std::string_view message_id);

}  // namespace commonbook::agents
