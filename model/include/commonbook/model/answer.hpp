// What a reader gives back: ranked passages and facts, each with its citation, from one snapshot.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/document.hpp"
#include "commonbook/model/key.hpp"
#include "commonbook/model/literal.hpp"
#include "commonbook/model/observation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace commonbook {

/// Where a fact or passage stands: the evidence behind it.
struct Citation {
  std::string document_id;   ///< Message-ID in angle brackets, or UID; empty: an agent's own statement
  DocumentKind kind = DocumentKind::text;
  std::string title;
  std::string agent;
  Timestamp time;            ///< the document's time, else the observation's
  std::string position;
  Trust trust = Trust::own;
  bool operator==(const Citation&) const = default;
};

/// An entity as shown: under its spelling with the most evidence.
struct EntityView {
  std::int64_t id = 0;
  Key key;
  std::string spelling;
  bool operator==(const EntityView&) const = default;
};

/// A triple that the book holds, with the evidence that ranks highest among all for it.
struct Fact {
  EntityView subject;
  std::string predicate;
  std::variant<EntityView, Literal> object;
  bool single_valued = false;
  bool superseded = false;      ///< does not hold: a later value of the same single-valued predicate exists, or this is
                                ///< a claim about an entity of which somebody else may speak (model/speaker.hpp)
  std::int64_t revision = 0;    ///< of the best evidence: (revision, valid_from, specificity) rank it
  Timestamp valid_from;
  std::uint8_t specificity = 0;
  int distance = 0;             ///< edges from the nearest start entity
  std::size_t evidence_count = 1;
  Citation citation;
  double closeness = 1;         ///< of the subject, 0 to 1: the product of the walk's weights; 1: a start entity
  bool operator==(const Fact&) const = default;
};

/// A document that matched, best first.
struct Passage {
  Citation citation;
  std::string text;
  std::optional<EntityView> subject;  ///< the message or event itself, to find its facts
  double score = 0;                   ///< higher is better; comparable within one answer only
  bool operator==(const Passage&) const = default;
};

/// A word or name of the plan that the book does not know, and what was looked for instead.
struct Correction {
  std::string asked;
  std::string read_as;
  bool operator==(const Correction&) const = default;
};

/// A piece of a document that supports an answer, with what stands beside it: a turn of a dialogue, a paragraph.
struct Excerpt {
  Citation citation;
  std::string text;
  std::string before;     ///< the passage before it, empty at the document's start
  std::string after;      ///< the passage behind it, empty at its end
  std::size_t begin = 0;  ///< byte offset in the document's text
  std::size_t end = 0;
  double score = 0;       ///< higher is better; comparable within one answer only
  bool operator==(const Excerpt&) const = default;
};

/// `line` is empty as storage gives it; question answering fills it and `excerpts`, and puts `citations` in order.
struct Answer {
  std::string line;                 ///< one line that answers directly, or empty
  std::vector<Citation> citations;  ///< best support first
  std::vector<Passage> passages;
  std::vector<Excerpt> excerpts;    ///< pieces of the passages, best first, at most 50
  std::vector<Fact> facts;          ///< by distance, then subject, predicate, rank
  std::vector<EntityView> starts;   ///< entities that the plan's names and keys led to, in plan order
  std::vector<Correction> corrections;  ///< in the order of the plan's words and names
  std::uint64_t commit_seq = 0;     ///< the snapshot: every commit up to this one, and none after it
  bool truncated = false;           ///< a limit of the plan cut it
  bool operator==(const Answer&) const = default;
};

}  // namespace commonbook
