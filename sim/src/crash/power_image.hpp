// Opens what a power failure left, as any program would, and says which of the workload's states it is.
#pragma once
#include "disk_log.hpp"
#include "power_workload.hpp"

#include "commonbook/sim/crash.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace commonbook::sim::crash {

/// What stood in an image after recovery.
struct Recovered {
  std::optional<std::uint64_t> digest;  ///< nullopt: it can't be opened
  std::string unsound;                  ///< empty: every check held
  bool written = false;                 ///< it took one more write, and every check held again
};

/// @param folder   gets the files, and is removed afterwards.
/// @param create   whether a missing or empty file is one that may be made.
/// @param write_to also store an observation, and check again.
[[nodiscard]] Result<Recovered> recover_image(const DiskImage& image, const std::filesystem::path& folder, bool create,
                                              bool write_to);

/// How an image compares with the workload.
struct Verdict {
  bool lost_durable = false;  ///< the state is from before a durable receipt that had been given
  bool hole = false;          ///< the state is none that the workload went through
  std::uint64_t durable_before = 0;  ///< receipts given before the power failed
  std::uint64_t applied_before = 0;
  std::uint64_t durable_lost = 0;
  std::uint64_t applied_lost = 0;
  double work_ms = 0;                ///< of what is lost
};

/// @param crash_at  DiskLog::size() when the power failed. @param digest  of the image; nullopt: nothing is left.
[[nodiscard]] Verdict judge(const PowerRecording& recording, std::size_t crash_at, std::optional<std::uint64_t> digest);

}  // namespace commonbook::sim::crash
