// The only place that checkpoints. Every connection runs with wal_autocheckpoint=0, since SQLite before
// 3.51.3 can corrupt a file whose log one connection restarts while another one copies it. Most is copied while others
// write and a snapshot keeps them from restarting the log, the rest while the writer lock is held.
#pragma once
#include "commonbook/storage/book.hpp"

#include <memory>

namespace commonbook::storage {

/// What one checkpoint achieved. Unit: WAL frames; a frame holds one database page.
struct CheckpointReport {
  int frames_total = 0;          ///< in the WAL when the run ended
  int frames_copied = 0;         ///< of these, already in the database file
  int frames_ahead = 0;          ///< copied while others wrote
  bool barrier = false;          ///< new snapshots of this process were paused
  std::chrono::microseconds held{0};  ///< how long the writer lock was held
};

class Checkpointer {
 public:
  /// @thread  the thread that will use it; blocks.
  static Result<Checkpointer> open(const Book& book, Clock::SteadyPoint deadline);
  Checkpointer(Checkpointer&&) noexcept;
  Checkpointer& operator=(Checkpointer&&) noexcept;
  ~Checkpointer();

  /// True when the WAL has grown enough for run() to be worth it (10 MB, or the soft mark).
  [[nodiscard]] bool is_due() const noexcept;
  /// Copies the bulk while others write, then holds the writer lock, copies what came meanwhile, as far as readers
  /// allow, and lets the lock go. Above the soft mark it also
  /// stops new snapshots of this process, waits at most 100 ms for the running ones, and makes one write
  /// restart the log before it lets readers in.
  /// @returns  frames_copied < frames_total while a reader needs older pages: not an error.
  /// @errors  busy: the writer lock was not free before the deadline, or another process was copying. io: the disk failed.
  /// @thread  the one that opened it; blocks for page writes and several fsyncs, which the deadline does not bound.
  /// @source  SQLite C reference, sqlite3_wal_checkpoint_v2, mode PASSIVE.
  Result<CheckpointReport> run(Clock::SteadyPoint deadline);

 private:
  struct Impl;
  explicit Checkpointer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
