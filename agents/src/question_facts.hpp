// What facts say about a question: BM25 over facts as short texts ("Ada Lovelace wrote about the Analytical Engine").
#pragma once
#include "word_index.hpp"
#include "commonbook/model/answer.hpp"

#include <map>
#include <string>
#include <vector>

namespace commonbook::agents {

/// A fact and how well it matches, best first.
struct RankedFact {
  const Fact* fact = nullptr;
  double score = 0;     ///< BM25 of its words, less the further its subject is from the question's entities
  double coverage = 0;  ///< 0 to 1: share of the query's weight that the fact's words hold
};

/// Facts that hold at least one word of the query. Of a single-valued predicate's values the one in force comes before
/// those that it superseded; equal ones stand in the answer's order. Points into `answer`. Thread: any.
[[nodiscard]] std::vector<RankedFact> rank_facts(const WeightedWords& query, const Answer& answer);

/// By document id: the score of the best fact in force that cites it.
[[nodiscard]] std::map<std::string, double> documents_by_facts(const WeightedWords& query, const Answer& answer);

}  // namespace commonbook::agents
