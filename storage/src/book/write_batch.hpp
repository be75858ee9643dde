// One write transaction and what it has done so far. All of it counts only once COMMIT has returned OK: publish()
// then tells the process, and a scope that is left without it has told nobody.
#pragma once
#include "book/book_shared.hpp"
#include "engine/transaction.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// The columns of `meta` that a writer reads and writes.
struct MetaRow {
  std::int64_t epoch = 0;
  std::int64_t commit_seq = 0;
  std::int64_t next_entity = 1;
  std::int64_t watermark = 0;
  std::int64_t triple_rows = 0;
  std::uint64_t row_digest = 0;
};

struct KnownPredicate {
  std::int64_t id = 0;
  bool single_valued = false;
};

/// Ids of rows that never change once they are committed, so that a writer looks each up once.
struct WriterMemory {
  std::unordered_map<std::string, std::int64_t> sessions;  // by session_key()
  std::unordered_map<std::string, KnownPredicate> predicates;
};

class WriteBatch {
 public:
  /// Reads `meta` and the end of the tail; empties the alias cache where the epoch has changed.
  /// @param transaction, book, memory  outlive the batch.
  static Result<WriteBatch> begin(Transaction& transaction, detail::BookShared& book, WriterMemory& memory);

  [[nodiscard]] Connection& connection() noexcept { return transaction_->connection(); }
  [[nodiscard]] Transaction& transaction() noexcept { return *transaction_; }
  [[nodiscard]] detail::BookShared& book() noexcept { return *book_; }
  [[nodiscard]] WriterMemory& memory() noexcept { return *memory_; }

  /// The commit sequence that this transaction's observations get.
  [[nodiscard]] std::int64_t commit_seq() const noexcept { return meta.commit_seq + 1; }
  void add_hash(std::uint64_t hash) noexcept { meta.row_digest += hash; is_changed = true; }
  void remove_hash(std::uint64_t hash) noexcept { meta.row_digest -= hash; is_changed = true; }
  /// Appends rows to the tail, in order; gives each its seq and counts its hash. They are written to the file with those
  /// of the batch's other observations, by write_rows().
  void append(std::vector<TailRow> rows);
  /// Writes what was appended and not written yet: before COMMIT, and before anybody reads the tail in this transaction.
  Result<void> write_rows();
  /// Writes rows that are not written yet, then `meta` back. @param stored  observations are among the changes, so commit_seq moves.
  Result<void> write_meta(bool stored);
  /// Tells caches, overlay and counters. Where there is no memory for that, they know less, and the file is asked instead.
  /// @thread  the gate is still held, so that overlays fill in order.
  void publish() noexcept;

  MetaRow meta;
  bool is_changed = false;       ///< something was written
  std::uint64_t observations = 0;
  std::uint64_t created = 0;
  std::uint64_t conflicts = 0;
  std::unordered_map<Key, KnownEntity, KeyHash> aliases;  ///< found or made here
  WriterMemory fresh;                                      ///< found or made here
  std::int64_t last_seq = 0;                               ///< of the tail
  std::vector<TailRow> tail_rows;                          ///< appended here

 private:
  WriteBatch(Transaction& transaction, detail::BookShared& book, WriterMemory& memory)
      : transaction_(&transaction), book_(&book), memory_(&memory) {}
  std::size_t rows_written_ = 0;  // of tail_rows
  void publish_names();
  void publish_rows();
  Transaction* transaction_;
  detail::BookShared* book_;
  WriterMemory* memory_;
};

}  // namespace commonbook::storage
