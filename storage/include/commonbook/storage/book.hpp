// One memory file as this process shares it: the options, the write gate, the alias cache, the overlay and
// the barrier that all connections of this process to the file go through. A Book holds no connection that
// does work; Writer, Reader, Compactor and Checkpointer each open their own.
//
//   auto book = Book::open({.path = "memory.db", .create = true}, clock, deadline);
//   auto writer = Writer::open(*book, deadline);
//   auto results = writer->store(batch, deadline);   // one Result<Receipt> an observation
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "commonbook/storage/disk_space.hpp"
#include "commonbook/storage/similarity.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace commonbook::storage {

struct SchemaTable;  // private to storage/: the steps that make and migrate the tables

/// What happens when a new name is similar, but not equal, to a known one.
enum class SimilarityMode : std::uint8_t {
  off = 1,
  suggest,  ///< a background pass writes a suggestion for a person to review
  merge,    ///< the pass also merges names at or above merge_threshold; each merge can be taken back
};

struct BookOptions {
  std::filesystem::path path;          ///< absolute or relative; "file:" URIs are refused
  bool create = false;                 ///< make the file when it is missing; else not_found
  bool unknown_file_system_ok = false; ///< the caller vouches for the locks of an unknown file system
  SimilarityMode similarity = SimilarityMode::suggest;
  double similarity_threshold = 0.90;  ///< of a name's score (name_evidence.hpp): at or above it, a suggestion
  double merge_threshold = 0.99;       ///< at or above it, with SimilarityMode::merge, a silent merge
  std::string space_predicate{};       ///< homonyms that an observation declares of different types by a literal of this
                                       ///< predicate ("type") are kept apart, in a space named by the type; empty: none
  int cache_kib = 64 * 1024;           ///< page cache of each writing connection; readers of the process remember evidence
                                       ///< in proportion, of 128 k observations at 64 MiB
  int reader_cache_kib = 8 * 1024;     ///< of each reading connection
  std::size_t alias_cache_entries_max = 1u << 20;
  std::size_t overlay_bytes_max = 128u << 20;
  std::int64_t compaction_rows_min = 160 * 1024;  ///< F of architecture.md is never below; tests lower it
  std::int64_t wal_soft_mark_bytes = 32ll << 20; ///< the checkpointer stops new snapshots above it
  bool keep_overlay = true;            ///< false in processes that only read: they scan the tail
  std::chrono::milliseconds reader_age_max{30'000}; ///< a question that holds its snapshot longer ends with `timeout`
  std::uint64_t reserve_bytes = 8u << 20;  ///< of FILE-reserve, given up where a full disk leaves no room to delete; 0: none
  DiskProbe disk_probe{};              ///< what is free on the disk; empty: the disk is asked. For tests
  std::string file_layer{};            ///< name of a registered SQLite VFS; empty: SQLite's default. For simulations
  std::uint64_t virtual_process = 0;   ///< books of one process with different numbers have a gate each, as those of
                                       ///< different processes have: for tests of schedules
  const SchemaTable* schema = nullptr; ///< another program version's tables; null: ours. For tests of migrations
};

/// Figures that only grow, since open. Each is read on its own; together they are no snapshot.
struct BookCounters {
  std::uint64_t commits = 0;
  std::uint64_t observations = 0;
  std::uint64_t entities_created = 0;
  std::uint64_t alias_cache_hits = 0;
  std::uint64_t alias_conflicts_resolved = 0;  ///< the constraint fallback: another process won
  std::uint64_t gate_entries = 0;
  std::uint64_t gate_waits = 0;
  std::uint64_t gate_recursions = 0;
  std::uint64_t gate_hold_us_max = 0;
  std::uint64_t turnstile_waits = 0;
  std::uint64_t turnstile_passed_by = 0;
  std::uint64_t busy_waits = 0;                ///< calls of the busy handler
  std::uint64_t compaction_slices = 0;
  std::uint64_t compaction_passes = 0;
  std::uint64_t suggestions_written = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t checkpoint_barriers = 0;       ///< those that paused this process's readers
};

/// An open snapshot of this process. While it is open, the log can't restart.
struct OpenReader {
  std::string who;                     ///< "question", "verify", "backup", ...
  std::chrono::milliseconds age{0};
  bool may_last = false;               ///< of an operator's verb that reads the whole file: never interrupted
};

/// Who holds the write gate of this process now, and who waits for it.
struct GateState {
  std::string holder;                            ///< empty: nobody
  std::chrono::milliseconds without_a_step{0};   ///< since the holder entered, or last came on
  std::vector<std::string> waiting;              ///< in line
};

/// Room on the file's disk, as last seen.
struct DiskState {
  std::uint64_t free_bytes = 0;
  bool low = false;                    ///< new knowledge is refused with disk_full
  std::uint64_t reserve_bytes = 0;     ///< of the reserve file; 0: none, or given up
};

/// Another process whose snapshot holds the log.
struct ForeignReader {
  std::chrono::milliseconds held_for{0};  ///< since a checkpoint first met it; zero: there is none
  std::vector<int> processes;             ///< those that can be seen
};

namespace detail {
class BookShared;  // private to storage/: gate, turnstile, caches, barrier
}

/// A handle to the shared state; copies share it. The last one closes what is left.
class Book {
 public:
  /// Opens or creates the file, brings an older schema up to date, and checks what it finds (P10).
  /// @param clock     outlives the book.
  /// @param deadline  covers the wait for other processes that open the same file.
  /// @errors  not_found, already_exists, newer_schema, foreign_file, unsafe_file, network_file_system,
  ///          read_only, corrupt, io, busy. On any of them database and -wal are as they were.
  /// @thread  any; blocks.
  static Result<Book> open(const BookOptions& options, const Clock& clock, Clock::SteadyPoint deadline);

  [[nodiscard]] const BookOptions& options() const noexcept;  ///< `path` made absolute
  [[nodiscard]] BookCounters counters() const noexcept;       ///< Thread: any.
  [[nodiscard]] std::int64_t wal_bytes() const noexcept;      ///< by stat(); 0 where there is none. Thread: any.
  [[nodiscard]] std::int64_t tail_rows() const noexcept;      ///< as last seen by this process. Thread: any.
  /// Age of the oldest open snapshot of this process; zero where none is open. Thread: any.
  [[nodiscard]] std::chrono::milliseconds oldest_reader_age() const noexcept;
  /// The open snapshots of this process that are at least so old, the oldest first. Thread: any.
  [[nodiscard]] std::vector<OpenReader> open_readers(std::chrono::milliseconds at_least) const;
  /// Filled while the log can't restart although no snapshot of this process is open. Thread: any.
  [[nodiscard]] ForeignReader foreign_reader() const;
  [[nodiscard]] GateState gate() const;                       ///< For the watchdog. Thread: any.
  [[nodiscard]] DiskState disk() const;                       ///< Thread: any.
  /// From now on nobody waits for locks any more: whoever waits gets `busy` at once. For a shutdown that would take too
  /// long. Thread: any.
  void stop_waiting() noexcept;
  /// True while writers should wait for the compactor (tail over 2 F, or the overlay full). Thread: any.
  [[nodiscard]] bool is_tail_too_long() const noexcept;

  [[nodiscard]] detail::BookShared& shared() const noexcept { return *shared_; }  ///< storage/ only

 private:
  explicit Book(std::shared_ptr<detail::BookShared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<detail::BookShared> shared_;
};

}  // namespace commonbook::storage
