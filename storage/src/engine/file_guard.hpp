// May this file be opened? Looked at without ever opening the database itself: an open() and close() of it by
// our own process would drop SQLite's locks.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "engine/write_gate.hpp"

#include <filesystem>

namespace commonbook::storage {

inline constexpr std::int64_t application_id = 0x434D424B;  // "CMBK"

struct FileGuardOptions {
  std::filesystem::path path;
  bool create = false;
  bool unknown_file_system_ok = false;
  bool look_only = false;  ///< takes no rights away from anybody; for doctor
};

struct GuardedFile {
  std::filesystem::path path;  ///< absolute
  FileIdentity identity;
  bool created = false;        ///< made by this call, empty, mode 0600
};

/// Checks path ("file:" refused), parent directory (exists, not a link in disguise, writable), the file (regular, our
/// own, one link, not a symlink; modes tightened with chmod by path), and the file system (local list; NFS,
/// SMB, 9p, FUSE refused). A missing file is made by mknod with mode 0600 when `create` is set.
/// @errors  not_found, unsafe_file, network_file_system, read_only, invalid_argument, io.
/// @thread  any.
Result<GuardedFile> guard_file(const FileGuardOptions& options);

/// Looks at application_id and user_version without changing database or -wal (P10), also with a hot WAL.
struct FileHeader {
  bool empty = false;           ///< no page yet
  std::int64_t application = 0;
  std::int64_t schema_version = 0;
};
/// @errors  foreign_file (no database), corrupt, busy, io.
Result<FileHeader> peek_header(const std::filesystem::path& path, const Clock& clock, Clock::SteadyPoint deadline);

}  // namespace commonbook::storage
