#include "book/write_batch.hpp"

#include "book/tail_codec.hpp"
#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"

#include <span>

namespace commonbook::storage {
namespace {

constexpr std::size_t rows_a_statement = 16;
constexpr std::size_t remembered_max = 65536;  // sessions or predicates of one writer

constexpr const char* insert_row =
    "INSERT INTO assertion(seq, subject, predicate, object, observation) VALUES (?, ?, ?, ?, ?)";
// AUTOINCREMENT reads and writes its counter once a statement, so many rows a statement are cheaper.
constexpr const char* insert_rows =
    "INSERT INTO assertion(seq, subject, predicate, object, observation) VALUES "
    "(?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), "
    "(?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), "
    "(?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), "
    "(?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)";

Result<void> insert_some(Connection& connection, const char* sql, std::span<const TailRow> rows) {
  auto insert = connection.statement(sql);
  if (!insert) return insert.error();
  int index = 1;
  for (const TailRow& row : rows) {
    insert->bind(index, row.seq).bind(index + 1, row.subject).bind(index + 2, row.predicate);
    bind_object(*insert, index + 3, row.object);
    insert->bind(index + 4, row.observation);
    index += 5;
  }
  return insert->run();
}

template <class Map>
void remember(Map& all, Map& fresh) {
  if (all.size() + fresh.size() > remembered_max) all.clear();
  for (auto& [name, value] : fresh) all.insert_or_assign(name, value);
}

}  // namespace

Result<WriteBatch> WriteBatch::begin(Transaction& transaction, detail::BookShared& book, WriterMemory& memory) {
  WriteBatch batch{transaction, book, memory};
  auto row = batch.connection().statement(
      "SELECT epoch, commit_seq, next_entity, watermark, triple_rows, row_digest FROM meta WHERE id = 1");
  if (!row) return row.error();
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::corrupt, "the file has no meta row; restore a backup", 0, {}};
  batch.meta = {row->integer(0), row->integer(1), row->integer(2), row->integer(3), row->integer(4),
                static_cast<std::uint64_t>(row->integer(5))};
  const auto last = batch.connection().query_int(
      "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'assertion'), 0)");
  if (!last) return last.error();
  batch.last_seq = *last;
  book.alias_cache.keep_epoch(batch.meta.epoch);
  return batch;
}

void WriteBatch::append(std::vector<TailRow> rows) {
  for (TailRow& row : rows) {
    row.seq = ++last_seq;
    add_hash(triple_hash(row.subject, row.predicate, row.object, row.observation));
  }
  transaction_->hold().step();
  tail_rows.insert(tail_rows.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
}

Result<void> WriteBatch::write_rows() {
  std::span<const TailRow> left = std::span<const TailRow>{tail_rows}.subspan(rows_written_);
  while (!left.empty()) {
    const bool many = left.size() >= rows_a_statement;
    const auto chunk = left.first(many ? rows_a_statement : 1);
    if (auto done = insert_some(connection(), many ? insert_rows : insert_row, chunk); !done && !fault("P3"))
      return done;
    left = left.subspan(chunk.size());
    rows_written_ += chunk.size();
  }
  return {};
}

Result<void> WriteBatch::write_meta(bool stored) {
  if (auto done = write_rows(); !done) return done;
  auto update = connection().statement(
      "UPDATE meta SET commit_seq = ?1, next_entity = ?2, row_digest = ?3 WHERE id = 1");
  if (!update) return update.error();
  update->bind(1, stored ? commit_seq() : meta.commit_seq).bind(2, meta.next_entity);
  return update->bind(3, static_cast<std::int64_t>(meta.row_digest)).run();
}

void WriteBatch::publish() noexcept {
  try {
    publish_names();
    publish_rows();
  } catch (const std::bad_alloc&) {
    // Committed all the same. A name that a cache lacks is looked up in the file, a row that the overlay lacks is read there.
    sometimes("published_without_memory");
  }
  book_->tail_rows.store(last_seq - meta.watermark, std::memory_order_relaxed);
  book_->triple_rows.store(meta.triple_rows, std::memory_order_relaxed);
  book_->commits.fetch_add(1, std::memory_order_relaxed);
  book_->observations.fetch_add(observations, std::memory_order_relaxed);
  book_->entities_created.fetch_add(created, std::memory_order_relaxed);
  book_->alias_conflicts_resolved.fetch_add(conflicts, std::memory_order_relaxed);
}

void WriteBatch::publish_names() {
  for (const auto& [key, entity] : aliases) book_->alias_cache.publish(key, entity);
  remember(memory_->sessions, fresh.sessions);
  remember(memory_->predicates, fresh.predicates);
}

void WriteBatch::publish_rows() {
  if (!book_->options.keep_overlay) return;
  book_->overlay.queue(meta.epoch, meta.watermark, std::move(tail_rows));
}

}  // namespace commonbook::storage
