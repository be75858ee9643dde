// How much room the disk has, and a reserve for when it has none. A full disk is noticed before SQLite fails: below the mark
// new knowledge is refused with a typed error, reads go on, and deletions may use what is left. Where another program
// has taken that too, the reserve file beside the database is given up, since deleting writes to the log first. It is
// made again when there is room.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "commonbook/storage/disk_space.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>

namespace commonbook::storage {

/// Below this much free space new knowledge is refused: a twentieth of the disk, or 64 MiB where that is less.
[[nodiscard]] std::uint64_t low_mark(const DiskSpace& space) noexcept;

class DiskRoom {
 public:
  /// @param probe    asked for the folder of `database`; empty: statvfs().
  /// @param reserve  bytes of the reserve file, at most half of the mark; 0: none is kept.
  DiskRoom(std::filesystem::path database, DiskProbe probe, std::uint64_t reserve, const Clock& clock);
  DiskRoom(const DiskRoom&) = delete;
  DiskRoom& operator=(const DiskRoom&) = delete;

  /// For whatever adds knowledge. Asks the disk at most once in 50 ms. Makes the reserve when there is room for it.
  /// @errors  disk_full: less is free than the mark; retry_after says when to look again.
  /// @thread  any; the call that asks may allocate the reserve.
  Result<void> admit();
  /// For whatever makes room in the end: gives the reserve up where less is free than it holds.
  /// @returns  true when it was given up by this call. @thread  any.
  bool admit_deletion();
  /// SQLite met the end of the disk before we did: the next admit() asks at once. Thread: any.
  void note_full() noexcept;
  /// @errors  disk_full: less than `bytes` above the mark is free right now. @thread any.
  Result<void> require(std::uint64_t bytes, const char* what_for);

  [[nodiscard]] bool is_low() const noexcept { return low_; }                      ///< As last seen. Thread: any.
  [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_bytes_; }  ///< As last seen. Thread: any.
  [[nodiscard]] std::uint64_t reserve_bytes() const noexcept;                      ///< Of the file as it is. Thread: any.

 private:
  [[nodiscard]] bool is_due() const;
  [[nodiscard]] std::optional<DiskSpace> look();
  [[nodiscard]] std::uint64_t reserve_for(const DiskSpace& space) const noexcept;
  void make_reserve(const DiskSpace& space);

  const std::filesystem::path folder_;
  const std::filesystem::path reserve_path_;
  const DiskProbe probe_;
  const std::uint64_t reserve_max_;
  const Clock& clock_;
  std::mutex mutex_;  // guards the reserve file
  std::atomic<std::int64_t> next_look_{0};  // nanoseconds of the clock's steady time
  std::atomic<bool> low_{false};
  std::atomic<std::uint64_t> mark_{0};
  std::atomic<std::uint64_t> free_bytes_{0};
};

}  // namespace commonbook::storage
