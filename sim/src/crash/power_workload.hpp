// A workload whose every call to the file system is recorded, with what it had been told at each moment.
#pragma once
#include "content.hpp"
#include "disk_log.hpp"

#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::sim::crash {

/// One call of the workload that may have committed something, and the state of the book after it.
struct PowerStep {
  std::size_t begun_at = 0;      ///< DiskLog::size() before the call
  std::size_t ended_at = 0;      ///< and when its receipts were there
  std::int64_t begun_ns = 0;     ///< steady time
  std::int64_t ended_ns = 0;
  bool durable = false;          ///< it was acknowledged as durable
  std::uint64_t applied_receipts = 0;
  std::uint64_t durable_receipts = 0;
  std::uint64_t digest = 0;      ///< row digest after it
};

struct PowerShape {
  std::string name;
  double durable_share = 0;  ///< of observations
  bool only_observations = false;  ///< without other durable calls: flush, find-or-create, retract
};

struct PowerRecording {
  DiskLog log;
  std::vector<PowerStep> steps;
};

/// Runs `steps` calls on a new file in `folder`: stores of both classes, compaction, checkpoints that restart the log,
/// retractions, suggestions, and now and then the last close and another opening. One thread, a clock of its own: the
/// same seed makes the same calls.
/// @errors  those of storage/.
[[nodiscard]] Result<void> record_workload(const std::filesystem::path& folder, const PowerShape& shape,
                                           std::uint64_t seed, std::size_t steps, PowerRecording& recording);

}  // namespace commonbook::sim::crash
