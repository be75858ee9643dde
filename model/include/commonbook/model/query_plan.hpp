// What a reader is asked, in the book's own terms: words, names, keys, literals and a span of time.
// Made by question understanding (agents/), executed in one snapshot (storage/).
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/key.hpp"
#include "commonbook/model/literal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commonbook {

/// Literals of one predicate between two texts, both included: finds events by their start.
struct LiteralRange {
  std::string predicate;
  Literal from;
  Literal to;  ///< of the same type as `from`
  bool operator==(const LiteralRange&) const = default;
};

/// Every field may be empty; a plan that seeds nothing gets an empty answer, not an error.
struct QueryPlan {
  std::vector<std::string> terms;    ///< words for BM25 over documents; quoted by storage, never parsed
  std::vector<std::string> names;    ///< mentions: resolved as name keys, and through name claims
  std::vector<Key> keys;             ///< entities to start from
  std::vector<Literal> literals;     ///< subjects that hold one of these literals
  std::vector<LiteralRange> ranges;
  std::optional<Timestamp> as_of;    ///< ignore evidence that is valid only later
  int walk_depth = 1;                ///< edges from a start entity; 0 to 3
  std::size_t documents_max = 20;
  std::size_t entities_max = 200;    ///< entities whose facts are read
  std::size_t facts_max = 4000;
  bool superseded = true;            ///< also give earlier values of single-valued predicates, marked
  bool operator==(const QueryPlan&) const = default;
};

}  // namespace commonbook
