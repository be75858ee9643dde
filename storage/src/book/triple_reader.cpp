#include "book/triple_reader.hpp"

#include "book/tail_codec.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace commonbook::storage {
namespace {

// The identity of a row, whichever part it stands in.
using RowKey = std::tuple<std::int64_t, std::int64_t, RowObject, std::int64_t>;

RowKey key_of(const TailRow& row) { return {row.subject, row.predicate, row.object, row.observation}; }

Result<std::int64_t> integer_or_zero(Connection& connection, const char* sql) {
  auto value = connection.query_int(sql);
  if (!value && value.error().code == ErrorCode::not_found) return 0;
  return value;
}

// Tail rows of this snapshot, read from the file by rowid.
Result<std::vector<TailRow>> read_tail(Connection& connection, std::int64_t low, std::int64_t high) {
  std::vector<TailRow> rows;
  auto statement = connection.statement(
      "SELECT seq, subject, predicate, object, observation FROM assertion WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
  if (!statement) return statement.error();
  statement->bind(1, low).bind(2, high);
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return rows;
    rows.push_back({statement->integer(0), statement->integer(1), statement->integer(2), read_object(*statement, 3),
                    statement->integer(4)});
  }
}

// Lets the shared overlay catch up with what other processes committed.
Result<void> catch_up(Snapshot& snapshot) {
  Overlay& overlay = snapshot.book().overlay;
  const std::int64_t held = overlay.last(snapshot.epoch);
  const std::int64_t low = held == 0 ? snapshot.watermark : std::max(held, snapshot.watermark);
  if (low >= snapshot.last_seq || overlay.is_full()) return {};
  auto rows = read_tail(snapshot.connection(), low, snapshot.last_seq);
  if (!rows) return rows.error();
  yield_point("read.before_overlay_append");
  overlay.append(snapshot.epoch, std::move(*rows));
  return {};
}

// Collects the tail rows that `visit` finds in an overlay. The shared one serves when it holds all that the snapshot
// needs, before and after the visit: a pass that finishes meanwhile drops rows from its low end.
template <class Visit>
Result<std::vector<TailRow>> rows_of_tail(Snapshot& snapshot, Visit visit) {
  std::vector<TailRow> rows;
  if (snapshot.last_seq <= snapshot.watermark) return rows;
  yield_point("read.before_tail");
  const auto collect = [&](const Overlay& overlay) {
    rows.clear();
    visit(overlay, [&rows](const TailRow& row) { rows.push_back(row); });
  };
  Overlay& shared = snapshot.book().overlay;
  const auto serves = [&] {
    const std::int64_t first = shared.first(snapshot.epoch);
    return first != 0 && first <= snapshot.first_seq && shared.last(snapshot.epoch) >= snapshot.last_seq;
  };
  if (!snapshot.has_own_tail() && serves()) {
    collect(shared);
    yield_point("read.after_overlay");
    if (serves()) return rows;
  }
  auto own = snapshot.own_tail();
  if (!own) return own.error();
  collect(**own);
  return rows;
}

// Gives the rows of both parts to the visitor, each once.
void visit_union(bool may_overlap, const std::vector<TailRow>& sorted, const std::vector<TailRow>& tail,
                 const RowVisitor& visitor) {
  if (tail.empty() || !may_overlap) {
    for (const TailRow& row : tail) visitor(row);
    for (const TailRow& row : sorted) visitor(row);
    return;
  }
  std::set<RowKey> seen;
  for (const TailRow& row : tail)
    if (seen.insert(key_of(row)).second) visitor(row);
  for (const TailRow& row : sorted)
    if (seen.count(key_of(row)) == 0) visitor(row);
}

}  // namespace

Snapshot::Snapshot(detail::BookShared& book, Connection& connection, SnapshotBarrier::Pass pass)
    : book_(&book), connection_(&connection), pass_(std::move(pass)) {}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : epoch(other.epoch),
      watermark(other.watermark),
      first_seq(other.first_seq),
      last_seq(other.last_seq),
      commit_seq(other.commit_seq),
      parts_may_overlap(other.parts_may_overlap),
      has_retracted_rows(other.has_retracted_rows),
      rows_read(other.rows_read),
      book_(other.book_),
      connection_(std::exchange(other.connection_, nullptr)),
      pass_(std::move(other.pass_)),
      own_tail_(std::move(other.own_tail_)) {}

Snapshot::~Snapshot() {
  if (connection_ == nullptr) return;
  yield_point("read.before_end");
  connection_->rollback_if_open();
  connection_->clear_deadline();
}

Result<Snapshot> Snapshot::begin(detail::BookShared& book, Connection& connection, Clock::SteadyPoint deadline,
                                 std::string_view who, bool may_last) {
  Snapshot snapshot{book, connection, book.barrier.enter(book.clock.steady_now(), who, may_last)};
  connection.set_deadline(deadline);
  if (auto begun = connection.execute("BEGIN DEFERRED TRANSACTION"); !begun) return begun.error();
  {
    auto meta = connection.statement(
        "SELECT epoch, watermark, commit_seq, triple_rows, parts_overlap, purge_pending FROM meta WHERE id = 1");
    if (!meta) return meta.error();
    const auto row = meta->step();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::corrupt, "the row of meta is missing; run verify", 0, {}};
    snapshot.epoch = meta->integer(0);
    snapshot.watermark = meta->integer(1);
    snapshot.commit_seq = static_cast<std::uint64_t>(meta->integer(2));
    book.triple_rows.store(meta->integer(3), std::memory_order_relaxed);
    snapshot.parts_may_overlap = meta->integer(4) != 0;
    snapshot.has_retracted_rows = meta->integer(5) != 0;
  }
  if (auto known = connection.check_schema_version(); !known) return known.error();
  yield_point("read.after_begin");
  const auto last = integer_or_zero(connection, "SELECT seq FROM assertion ORDER BY seq DESC LIMIT 1");
  if (!last) return last.error();
  const auto first = integer_or_zero(
      connection, "SELECT seq FROM assertion WHERE seq > (SELECT watermark FROM meta) ORDER BY seq LIMIT 1");
  if (!first) return first.error();
  snapshot.last_seq = *last;
  snapshot.first_seq = *first;
  book.tail_rows.store(*first == 0 ? 0 : *last - *first + 1, std::memory_order_relaxed);
  if (book.options.keep_overlay)
    if (auto done = catch_up(snapshot); !done) return done.error();
  if (fault("P8")) snapshot.last_seq = snapshot.watermark;  // the tail is read in no snapshot at all
  return snapshot;
}

Result<const Overlay*> Snapshot::own_tail() {
  if (!own_tail_) {
    auto rows = read_tail(*connection_, watermark, last_seq);
    if (!rows) return rows.error();
    own_tail_ = std::make_unique<Overlay>(std::numeric_limits<std::size_t>::max());
    own_tail_->append(epoch, std::move(*rows));
  }
  return static_cast<const Overlay*>(own_tail_.get());
}

Result<std::vector<TailRow>> read_sorted(Statement& statement) {
  yield_point("read.before_sorted");
  std::vector<TailRow> rows;
  for (;;) {
    const auto row = statement.step();
    if (!row) return row.error();
    if (!*row) return rows;
    rows.push_back({0, statement.integer(0), statement.integer(1), read_object(statement, 2), statement.integer(3)});
  }
}

Result<void> visit_subject(Snapshot& snapshot, std::int64_t subject, const SortedPart& sorted_part,
                           const RowVisitor& visitor) {
  auto tail = rows_of_tail(snapshot, [&](const Overlay& overlay, const RowVisitor& collect) {
    overlay.visit_subject(subject, snapshot.watermark, snapshot.last_seq, collect);
  });
  if (!tail) return tail.error();
  auto sorted = sorted_part(snapshot);
  if (!sorted) return sorted.error();
  snapshot.rows_read += tail->size() + sorted->size();
  visit_union(snapshot.parts_may_overlap, *sorted, *tail, visitor);
  return {};
}

Result<void> visit_predicate(Snapshot& snapshot, std::int64_t subject, std::int64_t predicate,
                             const RowVisitor& visitor) {
  const auto of_predicate = [subject, predicate](Snapshot& read) -> Result<std::vector<TailRow>> {
    auto statement = read.connection().statement(
        "SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 AND predicate = ?2");
    if (!statement) return statement.error();
    statement->bind(1, subject).bind(2, predicate);
    return read_sorted(*statement);
  };
  return visit_subject(snapshot, subject, of_predicate, [&](const TailRow& row) {
    if (row.predicate == predicate) visitor(row);
  });
}

Result<void> visit_object(Snapshot& snapshot, const RowObject& object, const SortedPart& sorted_part,
                          const RowVisitor& visitor) {
  auto tail = rows_of_tail(snapshot, [&](const Overlay& overlay, const RowVisitor& collect) {
    overlay.visit_object(object, snapshot.watermark, snapshot.last_seq, collect);
  });
  if (!tail) return tail.error();
  auto sorted = sorted_part(snapshot);
  if (!sorted) return sorted.error();
  snapshot.rows_read += tail->size() + sorted->size();
  visit_union(snapshot.parts_may_overlap, *sorted, *tail, visitor);
  return {};
}

Result<void> visit_literal_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from, std::string_view to,
                                 const SortedPart& sorted_part, const RowVisitor& visitor) {
  auto tail = rows_of_tail(snapshot, [&](const Overlay& overlay, const RowVisitor& collect) {
    overlay.visit_all(snapshot.watermark, snapshot.last_seq, [&](const TailRow& row) {
      const auto* text = std::get_if<std::string>(&row.object);
      if (text != nullptr && row.predicate == predicate && *text >= from && *text <= to) collect(row);
    });
  });
  if (!tail) return tail.error();
  auto sorted = sorted_part(snapshot);
  if (!sorted) return sorted.error();
  snapshot.rows_read += tail->size() + sorted->size();
  visit_union(snapshot.parts_may_overlap, *sorted, *tail, visitor);
  return {};
}

Result<void> visit_all(Snapshot& snapshot, const RowVisitor& visitor) {
  auto tail = rows_of_tail(snapshot, [&](const Overlay& overlay, const RowVisitor& collect) {
    overlay.visit_all(snapshot.watermark, snapshot.last_seq, collect);
  });
  if (!tail) return tail.error();
  std::set<RowKey> in_tail;
  for (const TailRow& row : *tail) {
    visitor(row);
    if (snapshot.parts_may_overlap) in_tail.insert(key_of(row));
  }
  auto statement = snapshot.connection().statement("SELECT subject, predicate, object, observation FROM triple");
  if (!statement) return statement.error();
  for (;;) {  // streamed: the sorted part may be larger than memory
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return {};
    const TailRow sorted{0, statement->integer(0), statement->integer(1), read_object(*statement, 2),
                         statement->integer(3)};
    if (in_tail.empty() || in_tail.count(key_of(sorted)) == 0) visitor(sorted);
  }
}

}  // namespace commonbook::storage
