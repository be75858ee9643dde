// The faults of a scenario as a list of moments: what happens to whom, and when, decided by the seed before anything
// runs.
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/sim/scenario.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace commonbook::sim::runner {

enum class Happening : std::uint8_t {
  kill = 1, pause, go_on, hold_writer, hold_snapshot, slow_sync, normal_sync, disk_full, disk_free,
};

struct Moment {
  std::chrono::milliseconds at{0};     ///< from the start of the run
  Happening what = Happening::kill;
  std::size_t process = 0;             ///< of kill, pause and go_on
  std::chrono::milliseconds lasts{0};  ///< of hold_writer and hold_snapshot
  std::chrono::milliseconds delay{0};  ///< of slow_sync
};

/// In order of time. No process is killed twice.
/// @errors  invalid_argument: a fault that only a deterministic run can have.
[[nodiscard]] Result<std::vector<Moment>> make_timeline(const std::vector<Fault>& faults, std::size_t processes,
                                                        std::uint64_t seed);

/// Whether started processes must act out faults of files.
[[nodiscard]] bool has_file_faults(const std::vector<Fault>& faults) noexcept;

/// The longest time for which a fault may keep everybody from moving.
[[nodiscard]] std::chrono::milliseconds longest(const std::vector<Fault>& faults) noexcept;

}  // namespace commonbook::sim::runner
