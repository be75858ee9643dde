#include "book/entity_rows.hpp"

#include <algorithm>
#include <iterator>

namespace commonbook::storage {

Result<EntityRows> EntityRows::open(Snapshot& snapshot, const std::vector<std::int64_t>& members,
                                    std::int64_t whole_max) {
  EntityRows opened{snapshot};
  for (const std::int64_t member : members) {
    const RowEnd end{true, member};
    auto found = rows_of_end(snapshot, end, whole_max);
    if (!found) return found.error();
    if (!found->is_cut) {
      std::move(found->rows.begin(), found->rows.end(), std::back_inserter(opened.whole_));
      continue;
    }
    opened.large_.push_back(member);
    const auto predicates = predicates_of_end(snapshot, end);
    if (!predicates) return predicates.error();
    opened.predicates_.insert(opened.predicates_.end(), predicates->begin(), predicates->end());
  }
  std::stable_sort(opened.whole_.begin(), opened.whole_.end(),
                   [](const TailRow& left, const TailRow& right) { return left.predicate < right.predicate; });
  for (const TailRow& row : opened.whole_)
    if (opened.predicates_.empty() || opened.predicates_.back() != row.predicate)
      opened.predicates_.push_back(row.predicate);
  std::sort(opened.predicates_.begin(), opened.predicates_.end());
  opened.predicates_.erase(std::unique(opened.predicates_.begin(), opened.predicates_.end()), opened.predicates_.end());
  return opened;
}

Result<const BoundedRows*> EntityRows::of(std::int64_t predicate, std::int64_t max) {
  const auto known = read_.find(predicate);
  if (known != read_.end() && (known->second.max >= max || !known->second.rows.is_cut))
    return static_cast<const BoundedRows*>(&known->second.rows);
  Read& read = read_[predicate];
  read = {{}, max};
  const auto less = [](const TailRow& row, std::int64_t id) { return row.predicate < id; };
  for (auto at = std::lower_bound(whole_.begin(), whole_.end(), predicate, less);
       at != whole_.end() && at->predicate == predicate; ++at)
    read.rows.rows.push_back(*at);
  for (const std::int64_t member : large_) {
    auto found = rows_of_predicate(*snapshot_, {true, member}, predicate, max);
    if (!found) return found.error();
    read.rows.is_cut = read.rows.is_cut || found->is_cut;
    std::move(found->rows.begin(), found->rows.end(), std::back_inserter(read.rows.rows));
  }
  return static_cast<const BoundedRows*>(&read.rows);
}

}  // namespace commonbook::storage
