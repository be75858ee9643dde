// What the steps of storage/ may touch: the ground of the reduction. A step is a name given to yield_point() or
// wait_point(); a row says what the code does from there up to its next step.
#pragma once
#include "commonbook/sim/explorer.hpp"

#include <span>
#include <string_view>

namespace commonbook::sim::explorer {

/// Things that steps touch, as bits: first those of the file, then those of one process.
enum class Thing : std::uint16_t {
  committed = 1,    ///< what a new snapshot would see, the log included
  writer_lock = 2,  ///< SQLite's
  turnstile = 4,
  gate = 8,      ///< of the process
  memory = 16,   ///< of the process: alias cache, overlay
  barrier = 32,  ///< of the process
};

struct StorageStep {
  std::string_view name;
  std::uint16_t reads = 0;   ///< things
  std::uint16_t writes = 0;  ///< things; they count as read, too
  bool tries = false;        ///< Touched::tries
};

/// All steps and waits of storage/ that exploration reaches.
[[nodiscard]] std::span<const StorageStep> storage_steps();
/// Of a thread in `process` (0 to 15). A name that is not in the table may touch everything.
[[nodiscard]] Touched touched_by(std::string_view step, std::size_t process);

}  // namespace commonbook::sim::explorer
