#include "engine/file_guard.hpp"

#include "engine/file_system.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

namespace fs = std::filesystem;

constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0700;
constexpr mode_t everyone_else = 0077;

Error failure(ErrorCode code, std::string message) {
  return {.code = code, .message = std::move(message), .sqlite_code = 0, .retry_after = {}};
}

Error failed_call(std::string_view doing, const fs::path& path, int number) {
  ErrorCode code = ErrorCode::io;
  if (number == EACCES || number == EPERM || number == EROFS) code = ErrorCode::read_only;
  if (number == ENOSPC || number == EDQUOT) code = ErrorCode::disk_full;
  if (number == ENOENT) code = ErrorCode::not_found;
  if (number == ENAMETOOLONG || number == ENOTDIR || number == ELOOP) code = ErrorCode::invalid_argument;
  return failure(code, std::string{doing} + " " + path.string() + ": " + std::strerror(number));
}

Result<std::optional<struct stat>> look_at(const fs::path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return std::optional{found};
  if (errno == ENOENT) return std::optional<struct stat>{};
  return failed_call("looking at", path, errno);
}

Result<void> check_text(const fs::path& path) {
  const std::string& text = path.native();
  if (text.empty()) return failure(ErrorCode::invalid_argument, "the path of the memory file is empty");
  if (text.find('\0') != std::string::npos) return failure(ErrorCode::invalid_argument, "the path holds a zero byte");
  if (text.starts_with("file:") || text == ":memory:") {
    return failure(ErrorCode::invalid_argument,
                   "'" + text + "' is a name that SQLite reads as an instruction: give a plain path");
  }
  if (!path.has_filename())
    return failure(ErrorCode::invalid_argument, "'" + text + "' names a directory: give a file");
  return {};
}

// A new directory's name survives power loss only once the one above it was synced; SQLite syncs its own alone.
Result<void> sync_directory(const fs::path& directory) {
  const int descriptor = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return {};  // a directory may be made in one that can't be read
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed == 0 || failed == EINVAL) return {};  // EINVAL: a file system that has nothing to sync there
  return failed_call("syncing the directory", directory, failed);
}

Result<void> make_directories(const fs::path& directory) {
  if (directory.empty() || fs::exists(fs::symlink_status(directory))) return {};
  auto above = make_directories(directory.parent_path());
  if (!above) return above;
  if (::mkdir(directory.c_str(), directory_mode) != 0 && errno != EEXIST) {
    return failed_call("making the directory", directory, errno);
  }
  return sync_directory(directory.parent_path());
}

// A directory that others may write could have its files swapped under us; a link of another user leads anywhere.
Result<fs::path> check_directory(const fs::path& directory, bool create) {
  if (create) {
    auto made = make_directories(directory);
    if (!made) return made.error();
  }
  auto itself = look_at(directory);
  if (!itself) return itself.error();
  if (!*itself)
    return failure(ErrorCode::not_found,
                   "there is no directory " + directory.string() + ": check the path, or store something first");
  if (S_ISLNK((*itself)->st_mode) && (*itself)->st_uid != ::geteuid() && (*itself)->st_uid != 0) {
    return failure(ErrorCode::unsafe_file, directory.string() + " is another user's symbolic link");
  }
  std::error_code problem;
  const fs::path real = fs::canonical(directory, problem);
  if (problem) return failed_call("resolving", directory, problem.value());
  struct stat found {};
  if (::stat(real.c_str(), &found) != 0) return failed_call("looking at", real, errno);
  if (!S_ISDIR(found.st_mode)) return failure(ErrorCode::invalid_argument, real.string() + " is not a directory");
  if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0) {
    return failure(ErrorCode::unsafe_file,
                   "every user may write in " + real.string() + ": take that right away, or use another directory");
  }
  return real;
}

Result<void> check_file_system(const fs::path& directory, bool unknown_ok) {
  struct statfs found {};
  if (::statfs(directory.c_str(), &found) != 0) return failed_call("looking at the file system of", directory, errno);
  const FileSystem system = file_system_of(static_cast<std::uint64_t>(found.f_type) & 0xFFFFFFFFU);
  if (system.kind == FileSystemKind::network) {
    return failure(ErrorCode::network_file_system, directory.string() + " is on " + std::string{system.name} +
                                                       ", where file locks can't be trusted: use a local disk");
  }
  if (system.kind == FileSystemKind::unknown && !unknown_ok) {
    return failure(ErrorCode::network_file_system,
                   directory.string() + " is on a file system that is not known to be local: allow it only if it is");
  }
  return {};
}

Result<void> check_entry(const fs::path& path, const struct stat& found) {
  const std::string name = path.string();
  if (S_ISLNK(found.st_mode))
    return failure(ErrorCode::unsafe_file, name + " is a symbolic link: give the file itself");
  if (!S_ISREG(found.st_mode)) return failure(ErrorCode::unsafe_file, name + " is not a regular file");
  if (found.st_uid != ::geteuid()) return failure(ErrorCode::unsafe_file, name + " belongs to another user");
  if (found.st_nlink != 1)
    return failure(ErrorCode::unsafe_file,
                   name + " has a second name (hard link), so another path leads to it with another log");
  return {};
}

// By path: an open() and close() of the database by this process would drop SQLite's locks on it.
Result<void> tighten(const fs::path& path, const struct stat& found) {
  if ((found.st_mode & everyone_else) == 0) return {};
  if (::chmod(path.c_str(), found.st_mode & 0700U) != 0)
    return failed_call("taking other users' rights from", path, errno);
  return {};
}

fs::path beside(const fs::path& path, const char* suffix) { return fs::path{path.native() + suffix}; }

// The log is looked at first: in a file that is being made the database has its first page before the log exists.
Result<void> check_pair(const fs::path& path) {
  const auto log = look_at(beside(path, "-wal"));
  if (!log) return log.error();
  if (!*log || (*log)->st_size == 0) return {};
  const auto main = look_at(path);
  if (!main) return main.error();
  if (*main && (*main)->st_size > 0) return {};
  return failure(ErrorCode::corrupt,
                 path.string() + " is empty or missing, but its log " + path.string() +
                     "-wal is not: the two were torn apart. Bring the database back, or move the log away");
}

Result<void> check_companions(const fs::path& path, bool look_only) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    const fs::path companion = beside(path, suffix);
    const auto found = look_at(companion);
    if (!found) return found.error();
    if (!*found) continue;
    // One that goes away meanwhile, as another process closes the file, is no risk.
    if ((*found)->st_nlink == 0) continue;
    auto checked = check_entry(companion, **found);
    if (!checked) return checked;
    if (look_only) continue;
    auto tightened = tighten(companion, **found);
    if (!tightened && tightened.error().code != ErrorCode::not_found) return tightened;
  }
  return {};
}

// Exclusive, and without a descriptor that would have to be closed again.
Result<bool> make_file(const fs::path& path) {
  if (::mknod(path.c_str(), S_IFREG | file_mode, 0) == 0) return true;
  if (errno == EEXIST) return false;  // another process was first
  return failed_call("making", path, errno);
}

}  // namespace

Result<GuardedFile> guard_file(const FileGuardOptions& options) {
  if (auto text = check_text(options.path); !text) return text.error();
  std::error_code problem;
  const fs::path absolute = fs::absolute(options.path, problem);
  if (problem) return failed_call("resolving", options.path, problem.value());
  const auto directory = check_directory(absolute.parent_path(), options.create);
  if (!directory) return directory.error();
  GuardedFile guarded{.path = *directory / absolute.filename(), .identity = {}, .created = false};
  if (auto system = check_file_system(*directory, options.unknown_file_system_ok); !system) return system.error();
  if (auto pair = check_pair(guarded.path); !pair) return pair.error();

  auto found = look_at(guarded.path);
  if (!found) return found.error();
  if (!*found) {
    if (!options.create)
      return failure(ErrorCode::not_found,
                     "there is no file " + guarded.path.string() + ": check the path, or store something first");
    const auto made = make_file(guarded.path);
    if (!made) return made.error();
    guarded.created = *made;
    found = look_at(guarded.path);
    if (!found) return found.error();
    if (!*found) return failure(ErrorCode::not_found, guarded.path.string() + " went away while it was opened");
  }
  if (auto entry = check_entry(guarded.path, **found); !entry) return entry.error();
  if (auto companions = check_companions(guarded.path, options.look_only); !companions) return companions.error();
  if (::access(directory->c_str(), W_OK | X_OK) != 0 || ::access(guarded.path.c_str(), R_OK | W_OK) != 0) {
    return failure(ErrorCode::read_only, guarded.path.string() + " or its directory can't be written");
  }
  if (!options.look_only) {
    if (auto tightened = tighten(guarded.path, **found); !tightened) return tightened.error();
  }
  guarded.identity = {.device = (*found)->st_dev, .inode = (*found)->st_ino};
  return guarded;
}

}  // namespace commonbook::storage
