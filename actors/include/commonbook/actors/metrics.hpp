// What the runtime counts and measures: plain values, taken as one sample by message.
#pragma once
#include <chrono>
#include <cstdint>

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
};

}  // namespace commonbook::actors
