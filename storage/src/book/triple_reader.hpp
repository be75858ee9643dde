// Reads triples in one snapshot: the sorted part UNION the tail, de-duplicated, retracted evidence left out. In any
// state of a compaction pass the result is the same.
#pragma once
#include "book/book_shared.hpp"
#include "book/overlay.hpp"
#include "engine/connection.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// An open read transaction with the figures that belong to it. Ends with the scope; holds a barrier pass.
class Snapshot {
 public:
  /// @param who       named while the snapshot is open, a literal.
  /// @param may_last  an operator's verb that reads the whole file.
  /// @errors  busy, io, corrupt. @thread the connection's.
  static Result<Snapshot> begin(detail::BookShared& book, Connection& connection, Clock::SteadyPoint deadline,
                                std::string_view who = "reader", bool may_last = false);
  Snapshot(Snapshot&&) noexcept;
  ~Snapshot();
  std::int64_t epoch = 0;
  std::int64_t watermark = 0;
  std::int64_t first_seq = 0;  ///< lowest assertion.seq above the watermark, 0 when there is none
  std::int64_t last_seq = 0;   ///< highest assertion.seq in this snapshot, 0 when the tail is empty
  std::uint64_t commit_seq = 0;
  /// A pass is under way, or was when its owner died: rows may stand in both parts. Ends with the last slice of a pass.
  bool parts_may_overlap = true;
  /// False: every row's observation counts, so that nobody needs to look.
  bool has_retracted_rows = true;
  /// Rows that were read so far, by whoever reads in this snapshot and counts them.
  std::uint64_t rows_read = 0;
  [[nodiscard]] Connection& connection() const noexcept { return *connection_; }
  [[nodiscard]] detail::BookShared& book() const noexcept { return *book_; }
  /// The tail of this snapshot in memory, read on first use: for processes without an overlay, and for snapshots
  /// that are older than what the shared one still holds.
  Result<const Overlay*> own_tail();
  [[nodiscard]] bool has_own_tail() const noexcept { return own_tail_ != nullptr; }

 private:
  Snapshot(detail::BookShared& book, Connection& connection, SnapshotBarrier::Pass pass);
  detail::BookShared* book_;
  Connection* connection_;
  SnapshotBarrier::Pass pass_;
  std::unique_ptr<Overlay> own_tail_;
};

using RowVisitor = std::function<void(const TailRow&)>;
/// Reads the rows of the sorted part that a visit is about.
using SortedPart = std::function<Result<std::vector<TailRow>>(Snapshot&)>;

/// Rows of a subject / of a subject and predicate / of an object / with literal objects of a predicate between two
/// encoded texts / all. Each (subject, predicate, object, observation) is visited once; seq is 0 for rows of the sorted
/// part, of which `sorted` reads as much as its caller wants (bounded_reader.hpp). Retracted observations are NOT filtered
/// here: the caller reads the observation row anyway.
Result<void> visit_subject(Snapshot& snapshot, std::int64_t subject, const SortedPart& sorted,
                           const RowVisitor& visitor);
Result<void> visit_predicate(Snapshot& snapshot, std::int64_t subject, std::int64_t predicate,
                             const RowVisitor& visitor);
Result<void> visit_object(Snapshot& snapshot, const RowObject& object, const SortedPart& sorted,
                          const RowVisitor& visitor);
Result<void> visit_literal_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from, std::string_view to,
                                 const SortedPart& sorted, const RowVisitor& visitor);
/// Gives what is left of a statement that selects subject, predicate, object and observation.
Result<std::vector<TailRow>> read_sorted(Statement& statement);
Result<void> visit_all(Snapshot& snapshot, const RowVisitor& visitor);

}  // namespace commonbook::storage
