// What this process has cost so far, as the kernel counts it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace commonbook::bench {

struct ProcessFigures {
  double wall_seconds = 0;          ///< of a steady clock
  double cpu_seconds = 0;           ///< user and system, all threads
  std::int64_t bytes_written = 0;   ///< by write calls, whatever the disk did with them
  std::int64_t resident_bytes = 0;
  std::int64_t resident_bytes_max = 0;  ///< as getrusage tells it: not below that of the process that started this one
  std::int64_t memory_bytes_max = 0;    ///< the highest resident memory of this program alone (VmHWM)
};
/// Thread: any.
[[nodiscard]] ProcessFigures process_figures();

/// Seconds of a steady clock, from any point. Thread: any.
[[nodiscard]] double steady_seconds();

/// The value below which `share` of the values lie; 0 for none. Sorts them.
[[nodiscard]] double quantile(std::vector<double>& values, double share);

/// The median time of an fdatasync after a 4 KiB append, in milliseconds, of `rounds` in a file of `folder`.
[[nodiscard]] double sync_milliseconds(const std::filesystem::path& folder, int rounds);

/// Removes a database file and what SQLite keeps beside it.
void remove_database(const std::filesystem::path& file);

}  // namespace commonbook::bench
