#include "engine/disk_room.hpp"

#include "commonbook/model/sometimes.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

constexpr std::uint64_t mark_max = 64u << 20;
constexpr std::chrono::milliseconds between_looks{50};
constexpr std::chrono::milliseconds retry_after{1'000};

std::int64_t nanoseconds(Clock::SteadyPoint time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

std::uint64_t bytes_of(const std::filesystem::path& path) noexcept {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
}

}  // namespace

std::optional<DiskSpace> disk_space(const std::filesystem::path& folder) noexcept {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0 || found.f_blocks == 0) return std::nullopt;
  return DiskSpace{.total = found.f_blocks * found.f_frsize, .free = found.f_bavail * found.f_frsize};
}

std::uint64_t low_mark(const DiskSpace& space) noexcept { return std::min(space.total / 20, mark_max); }

DiskRoom::DiskRoom(std::filesystem::path database, DiskProbe probe, std::uint64_t reserve, const Clock& clock)
    : folder_(database.parent_path()),
      reserve_path_(database.native() + "-reserve"),
      probe_(probe ? std::move(probe) : DiskProbe{[](const auto& folder) { return disk_space(folder); }}),
      reserve_max_(reserve),
      clock_(clock) {}

bool DiskRoom::is_due() const { return nanoseconds(clock_.steady_now()) >= next_look_; }

std::optional<DiskSpace> DiskRoom::look() {
  next_look_ = nanoseconds(clock_.steady_now() + between_looks);
  const auto space = probe_(folder_);
  if (!space) {
    low_ = false;
    return space;
  }
  mark_ = low_mark(*space);
  free_bytes_ = space->free;
  low_ = space->free < mark_;
  return space;
}

Result<void> DiskRoom::admit() {
  if (is_due()) {
    if (const auto space = look()) make_reserve(*space);
  }
  if (!low_) return {};
  sometimes("disk_low");
  return Error{.code = ErrorCode::disk_full,
               .message = "only " + mebibytes(free_bytes_) + " are free on the disk, and below " + mebibytes(mark_) +
                          " nothing new is stored: make room, or forget what is not needed",
               .sqlite_code = 0,
               .retry_after = retry_after};
}

std::uint64_t DiskRoom::reserve_for(const DiskSpace& space) const noexcept {
  return std::min(reserve_max_, low_mark(space) / 2);
}

// The file is only ever made, or made whole again where its making was cut short: it holds nothing.
void DiskRoom::make_reserve(const DiskSpace& space) {
  const std::uint64_t wanted = reserve_for(space);
  if (wanted == 0 || space.free < low_mark(space) + wanted) return;
  const std::lock_guard guard{mutex_};
  if (bytes_of(reserve_path_) >= wanted) return;
  const int file = ::open(reserve_path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return;  // a folder that can't be written: there is no writing that a reserve could help
  struct stat found {};
  const bool is_ours = ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == ::geteuid();
  if (is_ours && ::posix_fallocate(file, 0, static_cast<off_t>(wanted)) != 0) ::unlink(reserve_path_.c_str());
  ::close(file);
}

bool DiskRoom::admit_deletion() {
  if (!low_ && !is_due()) return false;
  const auto space = look();
  if (!space || space->free >= reserve_for(*space)) return false;
  const std::lock_guard guard{mutex_};
  if (bytes_of(reserve_path_) == 0 || ::unlink(reserve_path_.c_str()) != 0) return false;
  sometimes("reserve_given_up");
  return true;
}

void DiskRoom::note_full() noexcept { next_look_ = 0; }

Result<void> DiskRoom::require(std::uint64_t bytes, const char* what_for) {
  const auto space = look();
  if (!space || space->free >= low_mark(*space) + bytes) return {};
  return Error{.code = ErrorCode::disk_full,
               .message = std::string{what_for} + " takes " + mebibytes(bytes) + ", and only " + mebibytes(space->free) +
                          " are free on the disk",
               .sqlite_code = 0,
               .retry_after = retry_after};
}

std::uint64_t DiskRoom::reserve_bytes() const noexcept { return bytes_of(reserve_path_); }

}  // namespace commonbook::storage
