// The rows about one entity and all that it was merged with, predicate by predicate, read as far as they are asked for:
// an entity that a book is full of costs no more than one that it hardly knows.
#pragma once
#include "book/bounded_reader.hpp"
#include "book/evidence_reader.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

namespace commonbook::storage {

/// How many rows of one predicate are read.
inline constexpr std::int64_t all_rows = std::numeric_limits<std::int64_t>::max() - 1;

/// @thread  the snapshot's connection's.
class EntityRows {
 public:
  /// @param members    the redirect set.
  /// @param whole_max  a member with at most so many rows as subject is read at once.
  /// @errors  timeout, io, corrupt.
  static Result<EntityRows> open(Snapshot& snapshot, const std::vector<std::int64_t>& members, std::int64_t whole_max);

  /// Ascending by id; perhaps some without a row.
  [[nodiscard]] const std::vector<std::int64_t>& predicates() const noexcept { return predicates_; }
  /// Rows of a predicate, at most about `max` of each member; see rows_of_predicate(). Asked again, what was read before is
  /// given again, unless more is wanted.
  /// @returns  valid until the next call. @errors  timeout, io, corrupt.
  Result<const BoundedRows*> of(std::int64_t predicate, std::int64_t max);

 private:
  struct Read {
    BoundedRows rows;
    std::int64_t max = 0;
  };
  explicit EntityRows(Snapshot& snapshot) : snapshot_(&snapshot) {}

  Snapshot* snapshot_;
  std::vector<std::int64_t> large_;  // members that are read by predicate
  std::vector<TailRow> whole_;       // rows of all others, by predicate
  std::vector<std::int64_t> predicates_;
  std::map<std::int64_t, Read> read_;
};

}  // namespace commonbook::storage
