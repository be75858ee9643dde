// Answers query plans from one snapshot each: a read-only connection, one thread.
#pragma once
#include "commonbook/model/answer.hpp"
#include "commonbook/model/query_plan.hpp"
#include "commonbook/storage/book.hpp"

#include <memory>
#include <string>
#include <vector>

namespace commonbook::storage {

/// Rows in a book, counted in one snapshot. A triple that stands in both parts counts once.
struct BookStats {
  std::uint64_t commit_seq = 0;
  std::int64_t entities = 0;
  std::int64_t aliases = 0;
  std::int64_t documents = 0;        ///< versions; ids may have several
  std::int64_t observations = 0;     ///< not retracted
  std::int64_t triples = 0;          ///< distinct (subject, predicate, object), spelling rows left out
  std::int64_t evidence = 0;         ///< rows behind them
  std::int64_t claims = 0;
  std::int64_t suggestions = 0;      ///< open ones
  std::int64_t sessions = 0;
  std::int64_t agents = 0;
  std::int64_t tail_rows = 0;
  std::int64_t file_bytes = 0;
  std::int64_t free_bytes = 0;       ///< of file_bytes: pages that hold nothing and are used again
  std::int64_t wal_bytes = 0;
};

class Reader {
 public:
  /// @thread  the thread that will use it; blocks.
  static Result<Reader> open(const Book& book, Clock::SteadyPoint deadline);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// Executes a plan in one snapshot (P8). Waits for writers never; for the checkpointer's barrier 100 ms at most.
  /// @errors  timeout: the deadline passed while reading; invalid_argument: a limit of the plan is out of
  ///          range; io, corrupt.
  /// @thread  the one that opened it; blocks on disk.
  Result<Answer> answer(const QueryPlan& plan, Clock::SteadyPoint deadline);

  /// Rows of all tables and of the search index that the last answer() looked at: what its time grows with.
  [[nodiscard]] std::uint64_t last_rows_read() const noexcept;

  /// Counts everything; reads the whole file. @thread as answer().
  Result<BookStats> stats(Clock::SteadyPoint deadline);

  /// The digest kept in the file: equal files have equal ones (all rows but meta, assertion.seq and search).
  Result<std::uint64_t> row_digest(Clock::SteadyPoint deadline);
  /// Computed anew over what the book says, without ids, order or commit times (P11). Reads the whole file.
  Result<std::uint64_t> content_digest(Clock::SteadyPoint deadline);
  /// Rows of every table by name, for tests that say "no new row". Sorted by name.
  Result<std::vector<std::pair<std::string, std::int64_t>>> table_rows(Clock::SteadyPoint deadline);

  /// Opens a snapshot and keeps it until the returned object dies, as a slow question would. For tests.
  class HeldSnapshot;
  Result<std::unique_ptr<HeldSnapshot>> hold_snapshot(Clock::SteadyPoint deadline);

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Reader::HeldSnapshot {
 public:
  virtual ~HeldSnapshot() = default;
};

}  // namespace commonbook::storage
