// Reads triples in one snapshot: the sorted part UNION the tail, de-duplicated, retracted evidence left out. In any
// state of a compaction pass the result is the same.
#pragma once
#include "book/book_shared.hpp"
#include "book/overlay.hpp"
#include "engine/connection.hpp"

#include <functional>
#include <limits>
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
  /// The highest assertion.seq that this snapshot holds or has compacted.
  [[nodiscard]] std::int64_t newest_seq() const noexcept { return last_seq > watermark ? last_seq : watermark; }
  std::uint64_t commit_seq = 0;
  /// A pass is under way, or was when its owner died: rows may stand in both parts. Ends with the last slice of a pass.
  bool parts_may_overlap = true;
  /// False: every row's observation counts, so that nobody needs to look.
  bool has_retracted_rows = true;
  /// A remembered name that is watched holds where it was read in a snapshot that had rows up to this seq or above.
  std::int64_t names_watched_from = std::numeric_limits<std::int64_t>::max();
  /// Rows that were read so far, by whoever reads in this snapshot and counts them.
  std::uint64_t rows_read = 0;
  [[nodiscard]] Connection& connection() const noexcept { return *connection_; }
  [[nodiscard]] detail::BookShared& book() const noexcept { return *book_; }
  /// The tail of this snapshot behind `low` in memory, read from the file on first use: for processes without an overlay,
  /// for snapshots that are older than what the shared one still holds, and for rows that it has no room for.
  /// @param low  at least the watermark.
  Result<const Overlay*> own_tail(std::int64_t low);
  [[nodiscard]] bool has_own_tail() const noexcept { return own_tail_ != nullptr; }
  [[nodiscard]] std::int64_t own_low() const noexcept { return own_low_; }  ///< own_tail() holds what is above; -1: nothing

 private:
  Snapshot(detail::BookShared& book, Connection& connection, SnapshotBarrier::Pass pass);
  detail::BookShared* book_;
  Connection* connection_;
  SnapshotBarrier::Pass pass_;
  Overlay::Pin pin_;
  std::unique_ptr<Overlay> own_tail_;
  std::int64_t own_low_ = -1;
};

/// What is looked for in a part of the tail: rows with low < seq <= high.
using TailVisit = std::function<void(const Overlay& overlay, std::int64_t low, std::int64_t high)>;
/// Visits the snapshot's tail in one or two parts, the newest first. @param begin  called before the first part, and again
/// where all must be visited anew.
/// @errors  timeout, io, corrupt. @thread the connection's.
Result<void> look_at_tail(Snapshot& snapshot, const std::function<void()>& begin, const TailVisit& visit);

using RowVisitor = std::function<void(const TailRow&)>;
/// Reads the rows of the sorted part that a visit is about.
using SortedPart = std::function<Result<std::vector<TailRow>>(Snapshot&)>;

/// Rows of a subject and predicate / with literal objects of a predicate between two encoded texts / all. Each (subject,
/// predicate, object, observation) is visited once; seq is 0 for rows of the sorted part, of which `sorted` reads as much
/// as its caller wants (bounded_reader.hpp). Retracted observations are NOT filtered here: the caller reads the
/// observation row anyway.
Result<void> visit_predicate(Snapshot& snapshot, std::int64_t subject, std::int64_t predicate,
                             const RowVisitor& visitor);
Result<void> visit_literal_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from, std::string_view to,
                                 const SortedPart& sorted, const RowVisitor& visitor);
/// Visits rows that were found in both parts, each once, and counts them.
void visit_both(Snapshot& snapshot, const std::vector<TailRow>& tail, const std::vector<TailRow>& sorted,
                const RowVisitor& visitor);
/// Gives what is left of a statement that selects subject, predicate, object and observation.
Result<std::vector<TailRow>> read_sorted(Statement& statement);
Result<void> visit_all(Snapshot& snapshot, const RowVisitor& visitor);

}  // namespace commonbook::storage
