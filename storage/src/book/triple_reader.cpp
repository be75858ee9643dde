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

Result<std::vector<TailRow>> read_tail(Snapshot& snapshot, std::int64_t low, std::int64_t high) {
  auto rows = read_tail(snapshot.connection(), low, high);
  if (rows) snapshot.book().tail_rows_read.fetch_add(rows->size(), std::memory_order_relaxed);
  return rows;
}

// Lets the shared overlay catch up with what other processes committed and compacted: what lies behind its last row is
// read once for all that ask in this process.
Result<void> catch_up(Snapshot& snapshot) {
  Overlay& overlay = snapshot.book().overlay;
  const std::int64_t oldest = overlay.first(snapshot.epoch);
  // A pass of another process has moved the watermark past rows that are held.
  if (oldest != 0 && oldest <= snapshot.watermark) overlay.drop_until(snapshot.watermark);
  if (overlay.is_full() || snapshot.first_seq == 0) return {};
  const std::int64_t first = overlay.first(snapshot.epoch);
  if (first > snapshot.first_seq && first <= snapshot.last_seq) {
    // A writer was first to commit in a process that had not read the tail yet.
    auto rows = read_tail(snapshot, snapshot.watermark, first - 1);
    if (!rows) return rows.error();
    overlay.prepend(snapshot.epoch, snapshot.watermark, first, std::move(*rows));
  }
  const std::int64_t low = std::max(overlay.last(snapshot.epoch), snapshot.watermark);
  if (low >= snapshot.last_seq) return {};
  auto rows = read_tail(snapshot, low, snapshot.last_seq);
  if (!rows) return rows.error();
  yield_point("read.before_overlay_append");
  overlay.append(snapshot.epoch, low, std::move(*rows));
  return {};
}

// Collects the tail rows that `visit` finds in a part of the tail.
template <class Visit>
Result<std::vector<TailRow>> rows_of_tail(Snapshot& snapshot, Visit visit) {
  std::vector<TailRow> rows;
  auto looked = look_at_tail(
      snapshot, [&rows] { rows.clear(); },
      [&](const Overlay& overlay, std::int64_t low, std::int64_t high) {
        visit(overlay, low, high, [&rows](const TailRow& row) { rows.push_back(row); });
      });
  if (!looked) return looked.error();
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
      names_watched_from(other.names_watched_from),
      rows_read(other.rows_read),
      book_(other.book_),
      connection_(std::exchange(other.connection_, nullptr)),
      pass_(std::move(other.pass_)),
      pin_(std::move(other.pin_)),
      own_tail_(std::move(other.own_tail_)),
      own_low_(other.own_low_) {}

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
  if (auto begun = connection.begin_read(); !begun) return begun.error();
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
  if (book.options.keep_overlay) {
    snapshot.pin_ = book.overlay.pin(snapshot.watermark);
    if (auto done = catch_up(snapshot); !done) return done.error();
    snapshot.names_watched_from = book.overlay.watched_from(snapshot.epoch, snapshot.newest_seq());
  }
  if (fault("P8")) snapshot.last_seq = snapshot.watermark;  // the tail is read in no snapshot at all
  return snapshot;
}

Result<const Overlay*> Snapshot::own_tail(std::int64_t low) {
  if (!own_tail_ || low < own_low_) {
    auto rows = read_tail(*this, low, last_seq);
    if (!rows) return rows.error();
    book_->tail_rows_copied.fetch_add(rows->size(), std::memory_order_relaxed);
    own_tail_ = std::make_unique<Overlay>(std::numeric_limits<std::size_t>::max());
    own_tail_->append(epoch, low, std::move(*rows));
    own_low_ = low;
  }
  return static_cast<const Overlay*>(own_tail_.get());
}

// The shared overlay serves for what it holds, when it holds that before and after the visit: a pass that finishes
// meanwhile drops rows from its low end. What lies behind its last row is read from the file: it may have been full.
Result<void> look_at_tail(Snapshot& snapshot, const std::function<void()>& begin, const TailVisit& visit) {
  begin();
  if (snapshot.last_seq <= snapshot.watermark) return {};
  yield_point("read.before_tail");
  Overlay& shared = snapshot.book().overlay;
  // Up to which row the shared one serves; 0: not at all.
  const auto served = [&]() -> std::int64_t {
    const std::int64_t first = shared.first(snapshot.epoch);
    if (first == 0 || first > snapshot.first_seq) return 0;
    return std::min(shared.last(snapshot.epoch), snapshot.last_seq);
  };
  std::int64_t high = snapshot.own_low() == snapshot.watermark ? 0 : served();
  if (high > snapshot.watermark) {
    if (high < snapshot.last_seq || snapshot.has_own_tail()) {
      auto rest = snapshot.own_tail(high);
      if (!rest) return rest.error();
      high = std::min(high, snapshot.own_low());
      visit(**rest, high, snapshot.last_seq);
    }
    visit(shared, snapshot.watermark, high);
    yield_point("read.after_overlay");
    if (served() >= high) return {};
    begin();
  }
  auto own = snapshot.own_tail(snapshot.watermark);
  if (!own) return own.error();
  visit(**own, snapshot.watermark, snapshot.last_seq);
  return {};
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

void visit_both(Snapshot& snapshot, const std::vector<TailRow>& tail, const std::vector<TailRow>& sorted,
                const RowVisitor& visitor) {
  snapshot.rows_read += tail.size() + sorted.size();
  visit_union(snapshot.parts_may_overlap, sorted, tail, visitor);
}

Result<void> visit_predicate(Snapshot& snapshot, std::int64_t subject, std::int64_t predicate,
                             const RowVisitor& visitor) {
  const RowEnd end{true, subject};
  auto tail = rows_of_tail(
      snapshot, [&](const Overlay& overlay, std::int64_t low, std::int64_t high, const RowVisitor& collect) {
        overlay.visit_newest(end, predicate, low, high, [&collect](const TailRow& row) {
          collect(row);
          return true;
        });
      });
  if (!tail) return tail.error();
  auto statement = snapshot.connection().statement(
      "SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 AND predicate = ?2");
  if (!statement) return statement.error();
  const auto sorted = read_sorted(statement->bind(1, subject).bind(2, predicate));
  if (!sorted) return sorted.error();
  visit_both(snapshot, *tail, *sorted, visitor);
  return {};
}

Result<void> visit_literal_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from, std::string_view to,
                                 const SortedPart& sorted_part, const RowVisitor& visitor) {
  auto tail = rows_of_tail(snapshot, [&](const Overlay& overlay, std::int64_t low, std::int64_t high, const RowVisitor& collect) {
    overlay.visit_all(low, high, [&](const TailRow& row) {
      const auto* text = std::get_if<std::string>(&row.object);
      if (text != nullptr && row.predicate == predicate && *text >= from && *text <= to) collect(row);
    });
  });
  if (!tail) return tail.error();
  auto sorted = sorted_part(snapshot);
  if (!sorted) return sorted.error();
  visit_both(snapshot, *tail, *sorted, visitor);
  return {};
}

Result<void> visit_all(Snapshot& snapshot, const RowVisitor& visitor) {
  auto tail = rows_of_tail(snapshot, [&](const Overlay& overlay, std::int64_t low, std::int64_t high, const RowVisitor& collect) {
    overlay.visit_all(low, high, collect);
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
