// One mail message as read: what `import --dry-run` prints and what the mail triples are made of.
#pragma once
#include "commonbook/model/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

struct MailAddress {
  std::string name;     ///< decoded display name; may be empty
  std::string address;
  bool operator==(const MailAddress&) const = default;
};

struct MailAttachment {
  std::string name;     ///< as the message says it: shown, never used as a path
  std::string media_type;
  std::int64_t bytes = 0;
  std::string hash;     ///< content_hash() of the decoded bytes
  std::string text;     ///< of text/plain and text/csv up to 256 KiB: decoded; empty: anything else
  bool operator==(const MailAttachment&) const = default;
};

struct MailMessage {
  std::string message_id;               ///< in angle brackets; where there is none, "<hash:...@local>"
  std::vector<MailAddress> from, to, cc;
  std::string subject;                  ///< decoded; each run of white space is one space
  std::optional<Timestamp> date;        ///< the Date header
  std::string in_reply_to;              ///< in angle brackets, or empty
  std::vector<std::string> references;  ///< in angle brackets, in order
  std::vector<MailAttachment> attachments;
  std::string text;                     ///< all text parts, decoded, as they stand
  std::string new_text;                 ///< `text` without quotations and signature
  std::string quoted_text;
  std::string signature;                ///< with list footers
  std::vector<std::string> flags;       ///< Maildir: "unread", "replied", "flagged", ...; empty elsewhere
  std::vector<std::string> calendars;   ///< the text/calendar parts, decoded
  bool operator==(const MailMessage&) const = default;
};

}  // namespace commonbook::agents
