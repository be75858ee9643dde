// What is counted while a design runs a workload: the columns of the simulator's table, and the figures that a
// scenario's expectations speak of.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::sim {

/// Percentiles of a set of durations, in microseconds; all zero where nothing was measured.
struct DurationFigures {
  std::uint64_t count = 0;
  std::uint64_t p50_us = 0;
  std::uint64_t p99_us = 0;
  std::uint64_t max_us = 0;
};

/// Collects durations with a relative error of at most 1/32 in constant memory (powers of two, each cut in 32).
/// Thread: its owner's.
class DurationHistogram {
 public:
  void add(std::uint64_t microseconds) noexcept;
  void merge(const DurationHistogram& other) noexcept;
  [[nodiscard]] DurationFigures figures() const noexcept;
  /// Non-empty buckets as (upper bound in microseconds, count), ascending: what a chart draws.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> buckets() const;
  /// Counts by bucket number, for a process that hands its part to another; `restore` takes them back.
  [[nodiscard]] const std::map<std::uint32_t, std::uint64_t>& raw() const noexcept { return counts_; }
  void restore(const std::map<std::uint32_t, std::uint64_t>& raw, std::uint64_t max_us);
  [[nodiscard]] std::uint64_t max_us() const noexcept { return max_us_; }
  /// The bucket that a duration falls in, below bucket_count: for counts kept elsewhere, as in shared memory.
  [[nodiscard]] static std::uint32_t bucket_of(std::uint64_t microseconds) noexcept;
  static constexpr std::uint32_t bucket_count = 1920;

 private:
  std::map<std::uint32_t, std::uint64_t> counts_;
  std::uint64_t max_us_ = 0;
};

/// One row of the table: one design, in threads or in processes.
struct Figures {
  std::string design;              ///< preset or name in the scenario
  std::string mode;                ///< "threads" or "processes"
  std::uint64_t processes = 1;
  std::uint64_t threads = 0;       ///< in all processes together
  std::uint64_t seed = 0;
  double seconds = 0;              ///< from the first operation to the last answer

  std::uint64_t asked = 0;         ///< writes: find-or-create, and whole observations
  std::uint64_t acknowledged = 0;
  std::uint64_t failed = 0;        ///< an error reached the caller
  std::uint64_t unanswered = 0;    ///< the process was killed before the answer
  std::uint64_t reads = 0;         ///< look-ups and counts asked
  std::uint64_t reads_failed = 0;
  std::map<int, std::uint64_t> failed_by_code;  ///< extended SQLite codes, writes and reads; 0: not SQLite's
  std::uint64_t locked_writes = 0;              ///< `database is locked` (SQLITE_BUSY and its kin) on a write
  std::uint64_t locked_reads = 0;
  std::uint64_t snapshot_conflicts = 0;         ///< SQLITE_BUSY_SNAPSHOT
  std::uint64_t constraint_failures = 0;        ///< that reached the caller
  std::uint64_t misuse = 0;                     ///< SQLITE_MISUSE, or a statement used by two threads at once
  std::uint64_t nested_transactions = 0;        ///< "cannot start a transaction within a transaction" and its kin
  std::uint64_t timeouts = 0;                   ///< no answer by the operation's deadline
  std::uint64_t deadlocks = 0;                  ///< no thread moved until the watchdog ended the run
  std::uint64_t crashes = 0;                    ///< processes that ended by a signal nobody sent

  std::uint64_t duplicates = 0;          ///< entities beyond the first of one normalised key
  std::uint64_t invisible_entities = 0;  ///< no alias leads to them
  std::uint64_t lost_acknowledged = 0;   ///< acknowledged, and not in the file
  std::uint64_t half_written = 0;        ///< observations of which only a part is in the file
  std::uint64_t dangling = 0;            ///< triples or aliases that point to nothing
  std::uint64_t entities = 0;
  std::uint64_t created_answers = 0;     ///< callers that were told "created"
  std::uint64_t fallbacks = 0;           ///< the constraint said that another one won, and the winner was read
  std::uint64_t wal_bytes_max = 0;

  DurationFigures acknowledge;           ///< from the call to the acknowledgement
  DurationFigures unreadable;            ///< from a reader's first failure to its next success
  double operations_per_second = 0;      ///< acknowledged writes

  std::string history;                   ///< "linearizable", or what was violated; "" where none was kept
  std::uint64_t history_operations = 0;
  std::uint64_t history_violations = 0;
  std::uint64_t foreign_look_ups = 0;    ///< operations that look up what this process never created, in the history
  std::string verify;                    ///< "ok", or the first check that failed; "-" for designs without checks
  std::uint64_t verify_failures = 0;
  std::uint64_t row_digest = 0;          ///< of our own runtime; 0 for the others
  std::vector<std::pair<std::uint64_t, std::uint64_t>> acknowledge_buckets;  ///< DurationHistogram::buckets()
  std::vector<std::string> notes;        ///< what the reader must know, e.g. "unshare is not permitted here"
};

/// Names that expectations may use, sorted: every number of Figures, durations as acknowledge_p99_us and so on.
[[nodiscard]] const std::vector<std::string>& figure_names();
/// @returns  nullopt for a name that figure_names() does not list.
[[nodiscard]] std::optional<double> figure(const Figures& figures, std::string_view name);
/// Every count of things that must never happen, added up: what "commonbook shows zero" means.
[[nodiscard]] std::uint64_t failures(const Figures& figures);

}  // namespace commonbook::sim
