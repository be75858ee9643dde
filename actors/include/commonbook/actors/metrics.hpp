// What the runtime counts and measures: plain values, taken as one sample by message.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace commonbook::actors {

/// A distribution of times, in microseconds. Quantiles are upper bounds of buckets, 3 % wide.
struct TimeFigures {
  std::uint64_t count = 0;
  std::uint64_t p50_us = 0;
  std::uint64_t p99_us = 0;
  std::uint64_t max_us = 0;
};

/// P6: submitted = acknowledged + failed + rejected + cancelled + unknown + in_flight, at every instant. Changed by
/// the intake alone.
struct IntakeCounters {
  std::uint64_t submitted = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t failed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t unknown = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t replayed = 0;            ///< of the acknowledged
  std::uint64_t created = 0;             ///< entities that receipts call created
  std::uint64_t existed = 0;
  std::uint64_t triples = 0;             ///< in acknowledged observations
  [[nodiscard]] bool balanced() const noexcept {
    return submitted == acknowledged + failed + rejected + cancelled + unknown + in_flight;
  }
};

/// A snapshot of this process that has been open for more than five seconds.
struct OldReader {
  std::string who;                       ///< "question", "verify", "backup", ...
  std::chrono::milliseconds age{0};
};

/// One sample of everything that the runtime measures.
struct RuntimeMetrics {
  IntakeCounters intake;
  TimeFigures acknowledge;               ///< from admission to receipt
  TimeFigures wait;                      ///< gate, turnstile and BEGIN
  TimeFigures commit;
  TimeFigures answer;                    ///< questions
  std::uint64_t commits = 0;
  std::uint64_t batch_observations_max = 0;
  std::uint64_t batch_triples_max = 0;
  double batch_triples_mean = 0;
  std::uint64_t queue_depth_max = 0;     ///< observations waiting for one storage actor
  std::int64_t wal_bytes = 0;
  std::int64_t wal_bytes_max = 0;
  std::int64_t tail_rows = 0;
  std::chrono::milliseconds oldest_reader{0};
  std::uint64_t alias_conflicts_resolved = 0;
  std::uint64_t compaction_passes = 0;
  std::uint64_t compaction_slices = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t checkpoint_barriers = 0;
  std::uint64_t restarts = 0;            ///< of storage, reader and maintenance actors
  std::uint64_t questions = 0;
  std::uint64_t suggestions_written = 0;
  std::string stopped;                   ///< why nothing is stored any more; empty: all is well
  std::vector<OldReader> old_readers;    ///< the oldest first; the log can't restart while they last
  std::chrono::milliseconds foreign_reader{0};  ///< how long a snapshot of another process has held the log
  std::vector<int> foreign_processes;    ///< those of them that can be seen
  std::string gate_holder;               ///< who holds the write gate at this moment
  std::chrono::milliseconds gate_without_a_step{0};
  std::vector<std::string> gate_waiting; ///< who waits for it, in line
  std::uint64_t stalls = 0;              ///< times that the gate was held for two seconds without a step
  std::string last_stall;                ///< who held it then and who waited
  std::uint64_t disk_free_bytes = 0;     ///< as last seen
  bool disk_low = false;                 ///< new knowledge is refused with disk_full
  std::uint64_t disk_reserve_bytes = 0;  ///< 0: none is kept, or it was given up
};

}  // namespace commonbook::actors
