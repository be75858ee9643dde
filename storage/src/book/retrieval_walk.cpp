// The walk: from the start entities along triples in both directions, level by level, the closest first.
#include "book/bounded_reader.hpp"
#include "book/retrieval.hpp"

#include <algorithm>
#include <tuple>

namespace commonbook::storage {
namespace {

constexpr std::size_t neighbours_max = 200;         // of one entity: a very common one must not fill the walk
constexpr std::uint64_t rows_of_walk_max = 50'000;  // read in all, after which the walk ends

}  // namespace

Result<double> Retrieval::weight_of(std::int64_t predicate) {
  const auto row = reader_.predicate(predicate);
  if (!row) return row.error();
  const auto found = std::find_if(plan_.walk_weights.begin(), plan_.walk_weights.end(),
                                  [&](const PredicateWeight& each) { return each.predicate == (*row)->name; });
  return found == plan_.walk_weights.end() ? plan_.walk_weight_default : found->weight;
}

// Entities one edge away: those by the weightiest predicate first, then those with the most evidence, equal ones in the
// order of their keys, so that what a common entity is cut to is what it has most to do with.
Result<void> Retrieval::add_neighbours(std::int64_t root, std::map<std::int64_t, Neighbour>& around) {
  const auto members = reader_.members(root);
  if (!members) return members.error();
  std::vector<TailRow> rows;
  for (const std::int64_t member : *members)
    for (const bool as_subject : {true, false}) {
      auto found = as_subject ? rows_of_subject(snapshot_, member, {}) : rows_of_object(snapshot_, member);
      if (!found) return found.error();
      answer_.truncated = answer_.truncated || found->is_cut;
      for (TailRow& row : found->rows)
        if (std::holds_alternative<std::int64_t>(row.object)) rows.push_back(std::move(row));
    }
  std::map<std::int64_t, Neighbour> own;
  for (const TailRow& row : rows) {
    const auto weight = weight_of(row.predicate);
    if (!weight) return weight.error();
    if (*weight <= 0) continue;
    const auto evidence = reader_.evidence(row.observation);
    if (!evidence) return evidence.error();
    if (!reader_.counts(**evidence)) continue;
    for (const std::int64_t end : {row.subject, std::get<std::int64_t>(row.object)}) {
      const auto other = reader_.root(end);
      if (!other) return other.error();
      if (*other == root) continue;
      Neighbour& neighbour = own[*other];
      ++neighbour.evidence_count;
      neighbour.closeness = std::max(neighbour.closeness, *weight * reached_[root].closeness);
    }
  }
  std::vector<std::tuple<double, std::int64_t, Key, std::int64_t>> ordered;
  for (const auto& [entity, neighbour] : own) {
    const auto key = reader_.key(entity);
    if (!key) return key.error();
    ordered.emplace_back(-neighbour.closeness, -neighbour.evidence_count, **key, entity);
  }
  if (ordered.size() > neighbours_max) answer_.truncated = true;
  const std::size_t kept = std::min(ordered.size(), neighbours_max);
  std::partial_sort(ordered.begin(), ordered.begin() + static_cast<std::ptrdiff_t>(kept), ordered.end());
  for (std::size_t at = 0; at < kept; ++at) {
    const std::int64_t entity = std::get<3>(ordered[at]);
    Neighbour& merged = around[entity];
    merged.closeness = std::max(merged.closeness, own[entity].closeness);
    merged.evidence_count += own[entity].evidence_count;
  }
  return {};
}

Result<void> Retrieval::walk() {
  if (!plan_.parts.graph) return {};
  std::vector<std::int64_t> level = order_;
  const std::uint64_t rows_before = snapshot_.rows_read;
  for (int distance = 1; distance <= plan_.walk_depth && !level.empty(); ++distance) {
    std::map<std::int64_t, Neighbour> around;
    for (const std::int64_t root : level) {
      if (snapshot_.rows_read - rows_before > rows_of_walk_max) {
        answer_.truncated = true;
        break;
      }
      if (auto done = add_neighbours(root, around); !done) return done;
    }
    std::vector<std::tuple<double, std::int64_t, Key, std::int64_t>> ordered;
    for (const auto& [entity, neighbour] : around) {
      if (reached_.count(entity) > 0) continue;
      const auto key = reader_.key(entity);
      if (!key) return key.error();
      ordered.emplace_back(-neighbour.closeness, -neighbour.evidence_count, **key, entity);
    }
    std::sort(ordered.begin(), ordered.end());
    level.clear();
    for (const auto& [closeness, count, key, entity] : ordered) {
      if (order_.size() >= plan_.entities_max) {
        answer_.truncated = true;
        return {};
      }
      reached_[entity] = {distance, -closeness};
      order_.push_back(entity);
      level.push_back(entity);
    }
  }
  return {};
}

}  // namespace commonbook::storage
