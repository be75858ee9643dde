// The walk: from the start entities along triples in both directions, level by level, the closest first. What it reads of
// an entity is bounded by how many more entities the plan takes, shared among the entities of a level.
#include "book/bounded_reader.hpp"
#include "book/retrieval.hpp"

#include <algorithm>
#include <tuple>

namespace commonbook::storage {
namespace {

constexpr std::size_t neighbours_max = 200;         // of one entity: a very common one must not fill the walk
constexpr std::uint64_t rows_of_walk_max = 50'000;  // read in all, after which the walk ends
constexpr std::int64_t rows_of_a_neighbour = 4;     // read in each direction for each entity that may still be reached
constexpr std::int64_t rows_of_edges_min = 128;     // of one entity and direction
constexpr std::int64_t rows_of_edges_max = 2'048;
constexpr std::int64_t rows_of_an_edge_min = 16;    // of one predicate
constexpr std::size_t candidates_of_a_neighbour = 4;  // that are alike but for their keys

// Rows of one direction that are read of each of so many entities.
std::int64_t rows_of_each(std::size_t entities, std::size_t room) {
  const std::size_t wanted = std::min(room, neighbours_max * entities);
  const auto shared = static_cast<std::int64_t>(wanted) * rows_of_a_neighbour / static_cast<std::int64_t>(entities);
  return std::clamp(shared, rows_of_edges_min, rows_of_edges_max);
}

}  // namespace

Result<double> Retrieval::weight_of(std::int64_t predicate) {
  if (const auto known = weights_.find(predicate); known != weights_.end()) return known->second;
  const auto row = reader_.predicate(predicate);
  if (!row) return row.error();
  const auto found = std::find_if(plan_.walk_weights.begin(), plan_.walk_weights.end(),
                                  [&](const PredicateWeight& each) { return each.predicate == (*row)->name; });
  return weights_[predicate] = found == plan_.walk_weights.end() ? plan_.walk_weight_default : found->weight;
}

// Rows by which the walk goes on. Where there are more than `rows_max`, each predicate gives a share of it, those that
// weigh most first, so that no predicate crowds out another.
Result<std::vector<TailRow>> Retrieval::edges_of(const RowEnd& end, std::int64_t rows_max) {
  auto found = rows_of_end(snapshot_, end, rows_max);
  if (!found) return found.error();
  std::vector<TailRow> rows = std::move(found->rows);
  if (found->is_cut) {
    answer_.truncated = true;
    rows.clear();
    const auto predicates = predicates_of_end(snapshot_, end);
    if (!predicates) return predicates.error();
    std::vector<std::tuple<double, std::string_view, std::int64_t>> followed;
    for (const std::int64_t predicate : *predicates) {
      const auto weight = weight_of(predicate);
      if (!weight) return weight.error();
      const auto row = reader_.predicate(predicate);
      if (!row) return row.error();
      if (*weight > 0) followed.emplace_back(-*weight, (*row)->name, predicate);
    }
    std::sort(followed.begin(), followed.end());
    const auto left = [&rows, rows_max] { return rows_max - static_cast<std::int64_t>(rows.size()); };
    for (std::size_t at = 0; at < followed.size(); ++at) {
      const auto share = std::max(left() / static_cast<std::int64_t>(followed.size() - at), rows_of_an_edge_min);
      auto more = rows_of_predicate(snapshot_, end, std::get<2>(followed[at]), share);
      if (!more) return more.error();
      std::move(more->rows.begin(), more->rows.end(), std::back_inserter(rows));
    }
  }
  std::erase_if(rows, [](const TailRow& row) { return !std::holds_alternative<std::int64_t>(row.object); });
  return rows;
}

// Entities one edge away that were not reached yet: those by the weightiest predicate first, then those with the most
// evidence, equal ones in the order of their keys, so that what a common entity is cut to is what it has most to do with.
Result<void> Retrieval::add_neighbours(std::int64_t root, std::int64_t rows_max,
                                       std::map<std::int64_t, Neighbour>& around) {
  const auto members = reader_.members(root);
  if (!members) return members.error();
  std::vector<TailRow> rows;
  for (const std::int64_t member : *members)
    for (const bool is_subject : {true, false}) {
      auto found = edges_of({is_subject, member}, rows_max);
      if (!found) return found.error();
      std::move(found->begin(), found->end(), std::back_inserter(rows));
    }
  const bool all_count = !snapshot_.has_retracted_rows && !plan_.as_of;
  std::map<std::int64_t, Neighbour> own;
  for (const TailRow& row : rows) {
    const auto weight = weight_of(row.predicate);
    if (!weight) return weight.error();
    if (*weight <= 0) continue;
    if (!all_count) {
      const auto evidence = reader_.evidence(row.observation);
      if (!evidence) return evidence.error();
      if (!reader_.counts(**evidence)) continue;
    }
    for (const std::int64_t end : {row.subject, std::get<std::int64_t>(row.object)}) {
      const auto other = reader_.root(end);
      if (!other) return other.error();
      if (*other == root || reached_.contains(*other)) continue;
      Neighbour& neighbour = own[*other];
      ++neighbour.evidence_count;
      neighbour.closeness = std::max(neighbour.closeness, *weight * reached_[root].closeness);
    }
  }
  const auto kept = closest(own, neighbours_max);
  if (!kept) return kept.error();
  for (const std::int64_t entity : *kept) {
    Neighbour& merged = around[entity];
    merged.closeness = std::max(merged.closeness, own[entity].closeness);
    merged.evidence_count += own[entity].evidence_count;
  }
  return {};
}

// The first `wanted` of them in the order in which the walk takes them. Keys are read only of those that nothing else
// tells apart, and of very many of these only of some.
Result<std::vector<std::int64_t>> Retrieval::closest(const std::map<std::int64_t, Neighbour>& around,
                                                     std::size_t wanted) {
  struct Candidate {
    std::pair<double, std::int64_t> rank;  // the least is the closest
    Key key;
    std::int64_t entity = 0;
  };
  std::vector<Candidate> ordered;
  for (const auto& [entity, neighbour] : around)
    ordered.push_back({{-neighbour.closeness, -neighbour.evidence_count}, {}, entity});
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Candidate& left, const Candidate& right) { return left.rank < right.rank; });
  if (ordered.size() > wanted) {
    answer_.truncated = true;
    std::size_t kept = wanted;
    const std::size_t most = std::min(ordered.size(), wanted * candidates_of_a_neighbour);
    while (kept > 0 && kept < most && ordered[kept].rank == ordered[kept - 1].rank) ++kept;
    ordered.resize(kept);
  }
  for (std::size_t at = 0; at < ordered.size(); ++at) {
    const bool has_equal = (at > 0 && ordered[at - 1].rank == ordered[at].rank) ||
                           (at + 1 < ordered.size() && ordered[at + 1].rank == ordered[at].rank);
    if (!has_equal) continue;
    const auto key = reader_.key(ordered[at].entity);
    if (!key) return key.error();
    ordered[at].key = **key;
  }
  std::sort(ordered.begin(), ordered.end(), [](const Candidate& left, const Candidate& right) {
    return std::tie(left.rank, left.key) < std::tie(right.rank, right.key);
  });
  std::vector<std::int64_t> entities;
  for (std::size_t at = 0; at < std::min(ordered.size(), wanted); ++at) entities.push_back(ordered[at].entity);
  return entities;
}

Result<bool> Retrieval::has_unreached(const std::vector<std::int64_t>& level, std::int64_t rows_max) {
  for (const std::int64_t root : level) {
    std::map<std::int64_t, Neighbour> around;
    if (auto done = add_neighbours(root, rows_max, around); !done) return done.error();
    if (!around.empty()) return true;
  }
  return false;
}

// Entities one edge further away than `level`, which they are added to the order behind.
Result<std::vector<std::int64_t>> Retrieval::next_level(const std::vector<std::int64_t>& level, int distance) {
  std::vector<std::int64_t> reached;
  const std::size_t room = plan_.entities_max - std::min(plan_.entities_max, order_.size());
  const std::int64_t rows_max = rows_of_each(level.size(), room);
  if (room == 0) {
    if (answer_.truncated) return reached;
    const auto more = has_unreached(level, rows_max);
    if (!more) return more.error();
    answer_.truncated = *more;
    return reached;
  }
  std::map<std::int64_t, Neighbour> around;
  for (const std::int64_t root : level) {
    if (rows_of_walk_ > rows_of_walk_max) {
      answer_.truncated = true;
      break;
    }
    const std::uint64_t before = snapshot_.rows_read;
    if (auto done = add_neighbours(root, rows_max, around); !done) return done.error();
    rows_of_walk_ += snapshot_.rows_read - before;
  }
  auto chosen = closest(around, room);
  if (!chosen) return chosen;
  for (const std::int64_t entity : *chosen) {
    reached_[entity] = {distance, around[entity].closeness};
    order_.push_back(entity);
  }
  return chosen;
}

// Facts are added in the order of the walk, so it ends where an answer has all that it takes: what lies further away would
// be read for nothing.
Result<void> Retrieval::walk() {
  std::vector<std::int64_t> level = order_;
  for (int distance = 1; !level.empty(); ++distance) {
    for (const std::int64_t root : level)
      if (auto done = add_facts(root, reached_[root]); !done) return done;
    const bool is_full = answer_.truncated && answer_.facts.size() >= plan_.facts_max;
    if (is_full || !plan_.parts.graph || distance > plan_.walk_depth) return {};
    auto next = next_level(level, distance);
    if (!next) return next.error();
    level = std::move(*next);
  }
  return {};
}

}  // namespace commonbook::storage
