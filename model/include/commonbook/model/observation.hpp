// What an agent hands to the runtime, and what it gets back: Observation and Receipt.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/document.hpp"
#include "commonbook/model/triple.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook {

/// Which loss a receipt rules out.
enum class AckClass : std::uint8_t {
  applied = 1,  ///< survives a killed process
  durable,      ///< survives power loss too
};

/// How far the source of an observation is believed. Set by the channel, never by content.
enum class Trust : std::uint8_t { own = 1, confirmed, imported, untrusted };

[[nodiscard]] std::string_view to_string(AckClass ack_class) noexcept;
[[nodiscard]] std::string_view to_string(Trust trust) noexcept;

/// A display name seen beside a strong identifier: "Jonas Brandweil" <jonas@...>. Evidence, not identity.
struct NameClaim {
  EntityName entity;   ///< key of a strong scheme
  std::string name;
  bool operator==(const NameClaim&) const = default;
};

/// Stored whole or not at all (P3). `agent`, `session` and `sequence` are set by the runtime from the
/// channel that the observation came through; what a caller writes there is overwritten.
struct Observation {
  std::string agent;
  std::string session;
  std::uint64_t sequence = 0;               ///< counts from 1 within the session
  std::optional<std::string> operation_id;  ///< P2: given by importers, so that a retry is known; 1-256 bytes
  std::optional<Document> document;
  std::vector<Triple> triples;              ///< at most 4,096
  std::vector<NameClaim> claims;
  std::string position;                     ///< where in the source it stood, e.g. "calendar.ics:50"
  Timestamp time;                           ///< when it was observed, by the source's account
  std::int64_t revision = 0;                ///< SEQUENCE for calendar objects, else 0
  Timestamp valid_from;                     ///< DTSTAMP for calendar objects, else the document's time
  std::uint8_t specificity = 0;             ///< 1: about this instance itself; 0: derived from a rule
  Trust trust = Trust::own;
  AckClass ack_class = AckClass::durable;
  bool want_novelty = false;                ///< fill Receipt::novel (costs one probe a triple)
  /// What it was concluded from: ids of documents, as citations show them; empty where it was seen or heard, not
  /// concluded. It is never believed further than the worst of those that are known, and forgotten with the last of them.
  std::vector<std::string> derived_from;
  bool operator==(const Observation&) const = default;
};

/// Limits that every layer checks with the same figures.
inline constexpr std::size_t triples_in_observation_max = 4096;
inline constexpr std::size_t document_text_bytes_max = 8u << 20;
inline constexpr std::size_t evidence_in_observation_max = 64;  ///< entries of derived_from

/// An entity in a receipt. `created` is true for exactly one caller in the life of a file (P4).
struct ReceiptEntity {
  std::int64_t id = 0;
  bool created = false;
  bool operator==(const ReceiptEntity&) const = default;
};

/// P1: exists only after COMMIT returned OK. `entities` in order of first mention: for each triple the
/// subject, then an entity object; then the claims; then the document's subject; each entity once.
struct Receipt {
  std::uint64_t commit_seq = 0;    ///< order of commits in this file
  AckClass ack_class = AckClass::applied;
  bool replayed = false;           ///< P2: stored by an earlier attempt; all else equals the first receipt
  std::vector<ReceiptEntity> entities;
  std::vector<bool> novel;         ///< one a triple, only when asked for
  bool operator==(const Receipt&) const = default;
};

}  // namespace commonbook
