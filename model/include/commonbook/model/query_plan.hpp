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

/// How much an edge of one predicate carries in a walk.
struct PredicateWeight {
  std::string predicate;
  double weight = 1;  ///< 0: never followed; 1: as close as the entity itself
  bool operator==(const PredicateWeight&) const = default;
};

/// The ways by which an answer is found. Each can be switched off, so that its gain can be measured; an answer is found
/// with whatever is left.
struct RetrievalParts {
  bool words = true;       ///< BM25 over documents and their passages
  bool facts = true;       ///< BM25 over what the facts at hand say
  bool entities = true;    ///< names lead to entities, and whoever is named speaks with more weight
  bool graph = true;       ///< entities around those that were found
  bool time = true;        ///< days that the question names, against those of documents and of what they speak of
  bool spelling = true;    ///< words and names that the book does not know are read as the nearest that it knows
  bool neighbours = true;  ///< what stands beside a passage counts for it
  bool expansion = true;   ///< words of the best passages look for more (pseudo relevance feedback)
  bool vectors = false;    ///< likeness of embeddings; needs an embedder
  bool operator==(const RetrievalParts&) const = default;
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
  /// The closer an entity, the sooner it is read where `entities_max` cuts: the product of the weights along the way.
  std::vector<PredicateWeight> walk_weights;
  double walk_weight_default = 0.5;  ///< of predicates that `walk_weights` leaves out
  std::size_t documents_max = 20;
  std::size_t entities_max = 200;    ///< entities whose facts are read
  std::size_t facts_max = 4000;
  RetrievalParts parts{};            ///< the switches that reading heeds: words, entities, graph, time, spelling
  bool superseded = true;            ///< also give earlier values of single-valued predicates, marked
  bool operator==(const QueryPlan&) const = default;
};

}  // namespace commonbook
