// Room on a disk, as storage/ asks for it; tests give figures of their own.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace commonbook::storage {

/// Unit: bytes. Equal to what statvfs() says.
struct DiskSpace {
  std::uint64_t total = 0;
  std::uint64_t free = 0;  ///< for a user who is not root
};

/// @returns  nullopt where the disk does not say; then writes are not refused for want of room.
/// @thread  any; must not block.
using DiskProbe = std::function<std::optional<DiskSpace>(const std::filesystem::path& folder)>;

/// What the file system that holds `folder` says of itself. Thread: any.
[[nodiscard]] std::optional<DiskSpace> disk_space(const std::filesystem::path& folder) noexcept;

}  // namespace commonbook::storage
