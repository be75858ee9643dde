#include "care/copy_book.hpp"

#include "engine/file_guard.hpp"
#include "engine/online_copy.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path& path, const char* suffix) { return fs::path{path.native() + suffix}; }

bool is_taken(const fs::path& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0;
}

Error failed(std::string_view doing, const fs::path& path, int number) {
  ErrorCode code = ErrorCode::io;
  if (number == ENOSPC || number == EDQUOT) code = ErrorCode::disk_full;
  if (number == EACCES || number == EPERM || number == EROFS) code = ErrorCode::read_only;
  if (number == EEXIST) code = ErrorCode::already_exists;
  return {.code = code,
          .message = std::string{doing} + " " + path.string() + ": " + std::strerror(number),
          .sqlite_code = 0,
          .retry_after = {}};
}

// The unfinished copy; gone at the end of the scope unless it got its name.
class UnfinishedCopy {
 public:
  explicit UnfinishedCopy(fs::path path) : path_(std::move(path)) {}
  UnfinishedCopy(const UnfinishedCopy&) = delete;
  UnfinishedCopy& operator=(const UnfinishedCopy&) = delete;
  ~UnfinishedCopy() {
    for (const char* suffix : {"", "-wal", "-shm", "-journal", "-reserve", ".turnstile"}) ::unlink(beside(path_, suffix).c_str());
  }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
};

// Every connection to the copy is closed by now, and no other process knows its name, so opening it drops no lock.
Result<void> sync_path(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return failed("opening", path, errno);
  const int number = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (number != 0) return failed("syncing", path, number);
  return {};
}

Result<void> give_name(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return failed("naming the copy", to, errno);
  // A file system without that flag: a link fails where the name is taken; the other name goes with the scope.
  if (::link(from.c_str(), to.c_str()) != 0) return failed("naming the copy", to, errno);
  return {};
}

Result<void> check_copy(const fs::path& path, std::uint64_t commit_seq, const Clock& clock,
                        Clock::SteadyPoint deadline) {
  auto copy = Connection::open(
      {.path = path, .role = Role::maintenance, .cache_kib = 8 * 1024, .clock = &clock, .on_busy_wait = {}}, deadline);
  if (!copy) return copy.error();
  {
    auto check = copy->statement("PRAGMA integrity_check");
    if (!check) return check.error();
    const auto row = check->step();
    if (!row) return row.error();
    if (!*row || check->text(0) != "ok") {
      return Error{.code = ErrorCode::corrupt,
                   .message = "the copy is damaged: " + std::string{check->text(0)},
                   .sqlite_code = 0,
                   .retry_after = {}};
    }
  }
  const auto found = copy->query_int("SELECT commit_seq FROM meta WHERE id = 1");
  if (!found) return found.error();
  if (static_cast<std::uint64_t>(*found) != commit_seq) {
    return Error{.code = ErrorCode::corrupt,
                 .message = "the copy does not hold the snapshot that was copied",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  return {};
}

Result<fs::path> check_target(const fs::path& target) {
  const std::string& text = target.native();
  if (text.empty() || text.starts_with("file:") || text.find('\0') != std::string::npos || !target.has_filename()) {
    return Error{.code = ErrorCode::invalid_argument,
                 .message = "the target must be a plain path of a file",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  std::error_code problem;
  fs::path absolute = fs::absolute(target, problem);
  if (problem) return failed("resolving", target, problem.value());
  // A log that was left there would be taken for the copy's own.
  for (const char* suffix : {"", "-wal", "-journal"}) {
    const fs::path taken = beside(absolute, suffix);
    if (is_taken(taken)) {
      return Error{.code = ErrorCode::already_exists,
                   .message = taken.string() + " is there already: choose another name",
                   .sqlite_code = 0,
                   .retry_after = {}};
    }
  }
  return absolute;
}

// The snapshot ends on every path, so that the log can restart.
struct ReadEnd {
  Connection& connection;
  ~ReadEnd() { connection.rollback_if_open(); }
};

Result<void> check(const CopyRequest& request, const fs::path& path, std::uint64_t commit_seq) {
  if (request.check_pages) {
    if (auto sound = check_copy(path, commit_seq, request.clock, request.deadline); !sound) return sound;
  }
  return request.verify ? request.verify(path) : Result<void>{};
}

}  // namespace

Result<CopyOfBook> copy_book(Connection& source, const CopyRequest& request) {
  const auto tell = [&request](std::string_view step, double share) {
    if (request.progress) request.progress(step, share);
  };
  const auto absolute = check_target(request.target);
  if (!absolute) return absolute.error();
  const fs::path partial = beside(*absolute, (".partial-" + std::to_string(::getpid())).c_str());
  const auto guarded =
      guard_file({.path = partial, .create = true, .unknown_file_system_ok = request.unknown_file_system_ok});
  if (!guarded) return guarded.error();
  if (!guarded->created) {
    return Error{.code = ErrorCode::already_exists,
                 .message = partial.string() + " is left from a copy that was stopped, or another one runs: remove it",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  const UnfinishedCopy copy{guarded->path};
  const fs::path named = guarded->path.parent_path() / absolute->filename();

  tell("copy", 0.0);
  source.set_deadline(request.deadline);
  if (auto begun = source.begin_read(); !begun) return begun.error();
  const ReadEnd end{source};
  const auto commit_seq = source.query_int("SELECT commit_seq FROM meta WHERE id = 1");
  if (!commit_seq) return commit_seq.error();
  if (auto copied = copy_database(source, copy.path(), request.clock, request.deadline); !copied) return copied.error();
  source.rollback_if_open();
  tell("check", 0.5);
  const auto seq = static_cast<std::uint64_t>(*commit_seq);
  if (auto checked = check(request, copy.path(), seq); !checked) return checked.error();
  tell("sync", 0.9);
  if (auto synced = sync_path(copy.path(), O_RDONLY); !synced) return synced.error();
  if (auto renamed = give_name(copy.path(), named); !renamed) return renamed.error();
  if (auto synced = sync_path(named.parent_path(), O_RDONLY | O_DIRECTORY); !synced) return synced.error();
  struct stat found {};
  if (::stat(named.c_str(), &found) != 0) return failed("looking at", named, errno);
  tell("done", 1.0);
  return CopyOfBook{.path = named, .bytes = found.st_size, .commit_seq = seq};
}

}  // namespace commonbook::storage
