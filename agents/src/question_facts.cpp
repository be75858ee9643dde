#include "question_facts.hpp"

#include "fact_index.hpp"

#include <algorithm>
#include <set>

namespace commonbook::agents {
namespace {

constexpr std::size_t facts_ranked_max = 4000;
constexpr std::size_t object_bytes_max = 2000;

std::string text_of(const Fact& fact) {
  std::string text = fact.subject.spelling + ' ' + fact.predicate + ' ';
  return text + shown(fact).substr(0, object_bytes_max);
}

double share_of_query(const WeightedWords& query, const std::set<std::string>& words) {
  double total = 0;
  double matched = 0;
  for (const auto& [word, weight] : query) {
    total += weight;
    if (words.count(word) > 0) matched += weight;
  }
  return total > 0 ? matched / total : 0;
}

}  // namespace

std::vector<RankedFact> rank_facts(const WeightedWords& query, const Answer& answer) {
  WordIndex index;
  const std::size_t count = std::min(facts_ranked_max, answer.facts.size());
  for (std::size_t i = 0; i < count; ++i) index.add(tokenise(text_of(answer.facts[i])));
  const std::vector<double> values = index.score(query);
  std::vector<RankedFact> ranked;
  for (std::size_t i = 0; i < count; ++i) {
    if (values[i] <= 0) continue;
    const Fact& fact = answer.facts[i];
    ranked.push_back({&fact, values[i] * fact.closeness, share_of_query(query, stems_of(text_of(fact)))});
  }
  // All values of one subject's single-valued predicate share the best one's place, the one in force first.
  std::map<std::pair<std::int64_t, std::string>, double> best;
  for (const RankedFact& each : ranked)
    if (each.fact->single_valued) {
      double& top = best[{each.fact->subject.id, each.fact->predicate}];
      top = std::max(top, each.score);
    }
  for (RankedFact& each : ranked)
    if (each.fact->single_valued) each.score = best[{each.fact->subject.id, each.fact->predicate}];
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedFact& left, const RankedFact& right) {
    if (left.score != right.score) return left.score > right.score;
    return !left.fact->superseded && right.fact->superseded;
  });
  return ranked;
}

std::map<std::string, double> documents_by_facts(const WeightedWords& query, const Answer& answer) {
  std::map<std::string, double> scores;
  for (const RankedFact& each : rank_facts(query, answer)) {
    if (each.fact->superseded || each.fact->citation.document_id.empty()) continue;
    double& score = scores[each.fact->citation.document_id];
    score = std::max(score, each.score);
  }
  return scores;
}

}  // namespace commonbook::agents
