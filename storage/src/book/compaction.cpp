#include "book/compaction.hpp"

#include "book/tail_codec.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <tuple>

namespace commonbook::storage {
namespace {

constexpr std::chrono::milliseconds slice_time{3};
constexpr std::size_t rows_between_clock_reads = 64;
constexpr std::size_t slice_rows_max = 4096;  // also when a test's clock stands still
constexpr std::int64_t deletes_at_once = 512;

bool by_subject(const TailRow& left, const TailRow& right) {
  return std::tie(left.subject, left.predicate, left.object, left.observation) <
         std::tie(right.subject, right.predicate, right.object, right.observation);
}
bool by_object(const TailRow& left, const TailRow& right) {
  return std::tie(left.object, left.predicate, left.subject, left.observation) <
         std::tie(right.object, right.predicate, right.subject, right.observation);
}

}  // namespace

Result<CompactionPass> CompactionPass::begin(Connection& connection, const PassRow& row) {
  CompactionPass pass;
  pass.epoch_ = row.epoch;
  pass.low_ = row.watermark;
  auto statement = connection.statement(
      "SELECT seq, subject, predicate, object, observation FROM assertion WHERE seq > ?1 ORDER BY seq LIMIT ?2");
  if (!statement) return statement.error();
  statement->bind(1, pass.low_).bind(2, rows_max);
  for (std::size_t bytes = 0; bytes < bytes_max;) {
    const auto more = statement->step();
    if (!more) return more.error();
    if (!*more) break;
    pass.rows_.push_back({statement->integer(0), statement->integer(1), statement->integer(2),
                          read_object(*statement, 3), statement->integer(4)});
    const auto* text = std::get_if<std::string>(&pass.rows_.back().object);
    bytes += sizeof(TailRow) + (text != nullptr ? text->capacity() : 0);
  }
  pass.high_ = pass.rows_.empty() ? pass.low_ : pass.rows_.back().seq;
  return pass;
}

void CompactionPass::enter(Phase phase) {
  phase_ = phase;
  at_ = 0;
  if (phase == Phase::deletes) rows_ = {};
}

void CompactionPass::prepare() {
  if (sorted_for_ == phase_) return;
  if (phase_ == Phase::triples) std::sort(rows_.begin(), rows_.end(), by_subject);
  if (phase_ == Phase::mirror) std::sort(rows_.begin(), rows_.end(), by_object);
  sorted_for_ = phase_;
}

Result<std::int64_t> CompactionPass::slice(Transaction& transaction, const Clock& clock) {
  rows_added_ = 0;
  switch (phase_) {
    case Phase::triples: {
      auto done = insert(transaction.connection(),
                         "INSERT INTO triple(subject, predicate, object, observation) VALUES (?1, ?2, ?3, ?4) "
                         "ON CONFLICT DO NOTHING",
                         clock);
      if (!done) return done;
      auto update = transaction.connection().statement(
          "UPDATE meta SET triple_rows = triple_rows + ?1, parts_overlap = 1 WHERE id = 1");
      if (!update) return update.error();
      if (auto counted = update->bind(1, rows_added_).run(); !counted) return counted.error();
      if (at_ == rows_.size()) enter(Phase::mirror);
      return done;
    }
    case Phase::mirror: {
      auto done = insert(transaction.connection(),
                         "INSERT INTO mirror(subject, predicate, object, observation) VALUES (?1, ?2, ?3, ?4) "
                         "ON CONFLICT DO NOTHING",
                         clock);
      rows_added_ = 0;
      if (done && at_ == rows_.size()) enter(Phase::deletes);
      return done;
    }
    case Phase::deletes: return remove(transaction.connection(), clock);
    case Phase::done: break;
  }
  return 0;
}

Result<std::int64_t> CompactionPass::insert(Connection& connection, const char* sql, const Clock& clock) {
  auto statement = connection.statement(sql);
  if (!statement) return statement.error();
  const auto end = clock.steady_now() + slice_time;
  std::int64_t written = 0;
  for (std::size_t count = 0; at_ < rows_.size() && count < slice_rows_max; ++at_, ++count) {
    if (count % rows_between_clock_reads == 0 && count > 0 && clock.steady_now() >= end) break;
    const TailRow& row = rows_[at_];
    statement->bind(1, row.subject).bind(2, row.predicate).bind(4, row.observation);
    bind_object(*statement, 3, row.object);
    if (auto done = statement->run(); !done) return done.error();
    rows_added_ += connection.changes();
    ++written;
  }
  return written;
}

// The last delete moves the watermark, in the same transaction.
Result<std::int64_t> CompactionPass::remove(Connection& connection, const Clock& clock) {
  const auto end = clock.steady_now() + slice_time;
  std::int64_t removed = 0;
  for (std::size_t count = 0; low_ < high_ && count < slice_rows_max; count += deletes_at_once) {
    if (count > 0 && clock.steady_now() >= end) break;
    const std::int64_t until = std::min(high_, low_ + deletes_at_once);
    auto statement = connection.statement("DELETE FROM assertion WHERE seq > ?1 AND seq <= ?2");
    if (!statement) return statement.error();
    if (auto done = statement->bind(1, low_).bind(2, until).run(); !done) return done.error();
    removed += connection.changes();
    low_ = until;
  }
  if (low_ < high_) return removed;
  yield_point("compact.before_watermark");
  auto update = connection.statement("UPDATE meta SET watermark = ?1, parts_overlap = 0 WHERE id = 1");
  if (!update) return update.error();
  if (auto done = update->bind(1, high_).run(); !done) return done.error();
  phase_ = Phase::done;
  return removed;
}

}  // namespace commonbook::storage
