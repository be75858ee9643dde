// Whether SQLite's locks and its shared memory can be trusted on a file system, by the type that statfs() gives.
#pragma once
#include <cstdint>
#include <string_view>

namespace commonbook::storage {

enum class FileSystemKind : std::uint8_t { local = 1, layered, network, unknown };

struct FileSystem {
  FileSystemKind kind = FileSystemKind::unknown;
  std::string_view name = "unknown";
};

/// @param type  statfs::f_type. layered: an overlay, fine in a container, gone with it.
[[nodiscard]] FileSystem file_system_of(std::uint64_t type) noexcept;

}  // namespace commonbook::storage
