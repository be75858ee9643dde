// What all connections of this process to one file share. Thread-safe as a whole; see each member.
#pragma once
#include "book/alias_cache.hpp"
#include "book/known_rows.hpp"
#include "book/overlay.hpp"
#include "book/slip_cache.hpp"
#include "book/weight_cache.hpp"
#include "commonbook/storage/book.hpp"
#include "engine/connection.hpp"
#include "engine/disk_room.hpp"
#include "engine/file_guard.hpp"
#include "engine/foreign_readers.hpp"
#include "engine/process_turnstile.hpp"
#include "engine/snapshot_barrier.hpp"
#include "engine/stoppable_clock.hpp"
#include "engine/write_gate.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

namespace commonbook::storage::detail {

class BookShared {
 public:
  BookShared(BookOptions options_in, const Clock& clock_in, GuardedFile file_in)
      : options(std::move(options_in)), clock(clock_in), file(std::move(file_in)),
        log_path(options.path.native() + "-wal"),
        disk_room(options.path, options.disk_probe, options.reserve_bytes, clock),
        alias_cache(options.alias_cache_entries_max), 
        overlay(options.overlay_bytes_max, [this](const TailRow& row) { known_names.look_at(row); }) {}

  const BookOptions options;                    // path is absolute
  StoppableClock clock;                         // its time runs out when waiting must end
  const GuardedFile file;
  const std::filesystem::path log_path;
  DiskRoom disk_room;
  std::shared_ptr<WriteGate> gate;              // set once, in Book::open
  std::unique_ptr<ProcessTurnstile> turnstile;  // null where none can be made
  TurnstileCounters turnstile_counters;
  SnapshotBarrier barrier;
  ForeignReaders foreign_readers;
  std::atomic<int> copies{0};                   // of the whole book that are being made
  std::atomic<int> checkpoints_ahead{0};        // that sync or copy beside the writers, not in the gate yet
  std::atomic<std::int64_t> log_bytes_max{0};   // while a copy is made the log may grow to this; 0: no copy is made
  AliasCache alias_cache;
  KnownNames known_names;
  Overlay overlay;  // tells the names
  KnownEvidences known_evidence{known_evidence_max(options.cache_kib)};
  KnownAgents known_agents{known_agents_max};
  WeightCache known_weights;
  SlipCache known_slips;
  std::shared_ptr<const Embedder> embedder = ngram_embedder();

  std::atomic<std::int64_t> tail_rows{0};       // as this process last saw it
  std::atomic<std::int64_t> triple_rows{0};
  std::atomic<std::uint64_t> tail_rows_read{0};    // from the file, for the overlay or for one question alone
  std::atomic<std::uint64_t> tail_rows_copied{0};  // of these, those for one question alone
  std::atomic<std::uint64_t> commits{0}, observations{0}, entities_created{0}, alias_cache_hits{0},
      alias_conflicts_resolved{0}, busy_waits{0}, compaction_slices{0}, compaction_passes{0}, suggestions_written{0},
      checkpoints{0}, checkpoint_barriers{0};
  std::atomic<Clock::SteadyPoint::duration> last_read{Clock::SteadyPoint::duration::min()};  // when somebody asked
  std::optional<Connection> keeper;             // open for life, so that no last close removes the WAL; idle

  /// The tables that this book is opened with.
  [[nodiscard]] const SchemaTable& schema() const noexcept;
  /// Whether somebody has asked something in the last minute. Thread: any.
  [[nodiscard]] bool is_read() const noexcept;
  /// Somebody asks something. Thread: any.
  void note_reader() noexcept { last_read = clock.steady_now().time_since_epoch(); }
  /// The log's size; 0 where there is none.
  [[nodiscard]] std::int64_t log_bytes() const noexcept;
  /// Asked before anything is stored. @errors  disk_full; overloaded: the log may not grow further while a copy is made.
  Result<void> admit_write();
  /// Before a writer enters the gate: while a checkpoint works beside it, on a disk that takes less than is written, the log
  /// would grow without bound. Waits until the checkpoint is in the gate, or the log is short again. @errors  busy.
  Result<void> let_checkpoint_catch_up(Clock::SteadyPoint deadline);
  /// F of architecture.md: min(max(rows_min, N/8), 512 k) rows.
  [[nodiscard]] std::int64_t compaction_rows() const noexcept;
  /// Opens a connection of the book's file with the book's settings.
  Result<Connection> connect(Role role, Clock::SteadyPoint deadline);
};

}  // namespace commonbook::storage::detail
