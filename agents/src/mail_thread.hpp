// Threads over Message-ID, In-Reply-To and References. The book joins messages by itself, each document being read
// alone; these functions show the same threads for tests and for looking before storing.
#pragma once
#include "commonbook/agents/mail_message.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace commonbook::agents {

/// The Message-ID that names a message's thread, as far as the message knows: the first of References, else
/// In-Reply-To, else its own. In angle brackets. Thread: any.
[[nodiscard]] std::string thread_id(const MailMessage& message);

/// The message that is answered: In-Reply-To, else the last of References, never the message itself; empty: none.
[[nodiscard]] std::string parent_id(const MailMessage& message);

/// Unites messages that name each other, also by way of messages that are not there. Copies of one message (equal
/// Message-IDs) are in one thread.
/// @returns  a thread is indexes into `messages`, ascending; threads in the order of their first message.
/// Work: nearly linear in the number of identifiers. Thread: any.
[[nodiscard]] std::vector<std::vector<std::size_t>> unite_threads(std::span<const MailMessage> messages);

}  // namespace commonbook::agents
