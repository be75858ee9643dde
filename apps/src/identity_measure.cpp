#include "identity_measure.hpp"

#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace commonbook::apps {

namespace {

constexpr std::size_t block_records_max = 64;  // more share nothing that tells

void count(Agreement& agreement, bool said, bool is_match) {
  if (said && is_match) ++agreement.true_positives;
  if (said && !is_match) ++agreement.false_positives;
  if (!said && is_match) ++agreement.false_negatives;
}

double share(std::int64_t part, std::int64_t rest) noexcept {
  return part + rest == 0 ? 1 : static_cast<double>(part) / static_cast<double>(part + rest);
}

// Pairs of a table that share a block.
std::vector<RecordPair> candidate_pairs(const IdentityDataset& dataset, const std::vector<storage::RecordProfile>& profiles) {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> blocks;
  for (std::size_t at = 0; at < profiles.size(); ++at)
    for (const std::uint64_t block : storage::blocks_of(profiles[at])) blocks[block].push_back(at);
  std::set<std::pair<std::size_t, std::size_t>> met;
  for (const auto& [block, records] : blocks) {
    if (records.size() > block_records_max) continue;
    for (std::size_t one = 0; one < records.size(); ++one)
      for (std::size_t other = one + 1; other < records.size(); ++other) met.emplace(records[one], records[other]);
  }
  std::vector<RecordPair> pairs;
  pairs.reserve(met.size());
  for (const auto& [left, right] : met)
    pairs.push_back({left, right, dataset.entities[left] == dataset.entities[right]});
  return pairs;
}

std::int64_t matches_of(const IdentityDataset& dataset) {
  std::map<std::string_view, std::int64_t> sizes;
  for (const std::string& entity : dataset.entities) ++sizes[entity];
  std::int64_t matches = 0;
  for (const auto& [entity, size] : sizes) matches += size * (size - 1) / 2;
  return matches;
}

}  // namespace

double Agreement::precision() const noexcept { return share(true_positives, false_positives); }
double Agreement::recall() const noexcept { return share(true_positives, false_negatives); }
double Agreement::f1() const noexcept {
  const double sum = precision() + recall();
  return sum > 0 ? 2 * precision() * recall() / sum : 0;
}

IdentityMeasure measure_identity(const IdentityDataset& dataset, const storage::OutcomeThresholds& thresholds,
                                 std::size_t misjudged_max) {
  std::vector<storage::RecordProfile> profiles;
  profiles.reserve(dataset.records.size());
  for (const storage::Record& record : dataset.records) profiles.push_back(storage::profile_of(record));
  const bool is_table = !dataset.entities.empty();
  const auto pairs = is_table ? candidate_pairs(dataset, profiles) : dataset.pairs;
  IdentityMeasure measure;
  const auto records = static_cast<std::int64_t>(dataset.records.size());
  measure.compared = static_cast<std::int64_t>(pairs.size());
  measure.pairs = is_table ? records * (records - 1) / 2 : measure.compared;
  std::int64_t met = 0;
  for (const RecordPair& pair : pairs) {
    auto evidence = storage::compare_records(profiles[pair.left], profiles[pair.right]);
    const auto outcome = storage::outcome_of(evidence.score, thresholds);
    const bool said = outcome != storage::Outcome::different;
    met += pair.is_match ? 1 : 0;
    count(measure.found, said, pair.is_match);
    count(measure.merged, outcome == storage::Outcome::same, pair.is_match);
    if (said != pair.is_match && measure.misjudged.size() < misjudged_max)
      measure.misjudged.push_back({pair, std::move(evidence)});
  }
  measure.matches = is_table ? matches_of(dataset) : met;
  // What never met was not found.
  measure.found.false_negatives += measure.matches - met;
  measure.merged.false_negatives += measure.matches - met;
  return measure;
}

}  // namespace commonbook::apps
