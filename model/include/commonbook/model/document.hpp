// A document that evidence cites: one VEVENT, one message, one question, one text.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace commonbook {

enum class DocumentKind : std::uint8_t { event = 1, message, question, text };

/// "event", "message", "question", "text".
[[nodiscard]] std::string_view to_string(DocumentKind kind) noexcept;

/// One version of a document. (id, hash) identifies the version: the same pair is stored once,
/// whoever brings it. Several hashes under one id are versions of one document.
struct Document {
  std::string id;                     ///< what a citation shows: Message-ID in angle brackets, or UID
  DocumentKind kind = DocumentKind::text;
  std::string title;                  ///< subject or summary; searched
  std::string text;                   ///< plain text without quotations and signatures; searched
  std::string context;                ///< further words to find it by (names, places); searched, not shown
  std::optional<Timestamp> time;      ///< sent at, or the event's start
  std::string hash;                   ///< hex digest of the canonical content; never empty
  std::optional<EntityName> subject;  ///< the entity that the document is about: message or event
  bool operator==(const Document&) const = default;
};

/// 128-bit FNV-1a of `bytes` as 32 hex digits: names content, does not protect it. Thread: any.
/// @source  Fowler, Noll, Vo; RFC 9923 parameters.
[[nodiscard]] std::string content_hash(std::string_view bytes);

}  // namespace commonbook
