// Is this machine, and is this file, fit for a book? Nothing is changed: whatever must be tried out is tried in a
// scratch folder, on the file's own file system, which is removed again.
#include "commonbook/storage/care.hpp"

#include "book/schema_sql.hpp"
#include "care/process_list.hpp"
#include "engine/connection.hpp"
#include "engine/file_guard.hpp"
#include "engine/file_system.hpp"
#include "engine/scratch_folder.hpp"
#include "engine/settings.hpp"
#include "engine/sqlite_facts.hpp"
#include "engine/wal_reset_probe.hpp"

#include <sys/stat.h>
#include <sys/vfs.h>

namespace commonbook::storage {

namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

constexpr std::chrono::seconds patience{5};
constexpr int scratch_cache_kib = 512;

Finding finding(std::string id, Level level, std::string detail) {
  return {.id = std::move(id), .level = level, .detail = std::move(detail)};
}

Finding sqlite_version() {
  const SqliteFacts facts = sqlite_facts();
  if (!facts.thread_safe)
    return finding("sqlite_version", Level::problem,
                   "SQLite " + facts.version + " is built without threads: link another one");
  if (facts.fixed_by_version) return finding("sqlite_version", Level::ok, "SQLite " + facts.version);
  return finding(
      "sqlite_version", Level::warning,
      "SQLite " + facts.version + ", by its number without the fix of the WAL-reset bug (see wal_reset_bug)");
}

Finding wal_reset_bug(const fs::path& scratch) {
  const auto probe = probe_wal_reset(scratch);
  if (!probe) return finding("wal_reset_bug", Level::problem, "the probe failed: " + to_string(probe.error()));
  if (!probe->guard_holds || !probe->pin_holds)
    return finding("wal_reset_bug", Level::problem,
                   "rows were lost although nobody could restart the log meanwhile: do not use this SQLite");
  if (probe->bug) {
    return finding(
        "wal_reset_bug", Level::warning,
        "this SQLite has the bug (forced on a scratch file); our checkpoints hold it off. Let no other "
        "program write to the file, or link SQLite 3.51.3 or later");
  }
  if (!probe->window_reached)
    return finding("wal_reset_bug", Level::warning,
                   "the probe did not reach the window in which the bug shows, so it says nothing");
  return finding("wal_reset_bug", Level::ok, "not in this SQLite (forced on a scratch file)");
}

Finding file_system(const fs::path& directory) {
  struct statfs found {};
  if (::statfs(directory.c_str(), &found) != 0)
    return finding("file_system", Level::problem, directory.string() + " can't be looked at");
  const FileSystem system = file_system_of(static_cast<std::uint64_t>(found.f_type) & 0xFFFFFFFFU);
  const std::string name{system.name};
  switch (system.kind) {
    case FileSystemKind::local: return finding("file_system", Level::ok, name);
    case FileSystemKind::layered:
      return finding("file_system", Level::warning, name + ": fine, but it goes away with the container");
    case FileSystemKind::network:
      return finding("file_system", Level::problem, name + ": locks can't be trusted there, use a local disk");
    case FileSystemKind::unknown: break;
  }
  return finding("file_system", Level::problem, "not known to be local: use another, or vouch for it when opening");
}

ConnectionOptions scratch_connection(const fs::path& path, Role role, const Clock& clock) {
  return {.path = path, .role = role, .cache_kib = scratch_cache_kib, .clock = &clock, .on_busy_wait = {}};
}

// Locks and shared memory by doing: a second writer must be refused, and a reader must see what was committed.
Finding locks(const fs::path& scratch, const Clock& clock) {
  const auto deadline = clock.steady_now() + patience;
  const auto file = guard_file({.path = scratch / "locks.db", .create = true, .unknown_file_system_ok = true});
  if (!file) return finding("locks", Level::problem, to_string(file.error()));
  auto one = Connection::open(scratch_connection(file->path, Role::writer, clock), deadline);
  if (!one) return finding("locks", Level::problem, to_string(one.error()));
  auto other = Connection::open(scratch_connection(file->path, Role::writer, clock), deadline);
  if (!other) return finding("locks", Level::problem, to_string(other.error()));
  const bool began = one->execute("BEGIN IMMEDIATE").has_value();
  const auto second = other->execute("BEGIN IMMEDIATE");
  if (!began || second || second.error().code != ErrorCode::busy)
    return finding("locks", Level::problem, "two writers at once: locks do not work here");
  if (!one->execute("CREATE TABLE t(x); INSERT INTO t VALUES(1); COMMIT;"))
    return finding("locks", Level::problem, "a scratch database can't be written");
  const auto seen = other->query_int("SELECT count(*) FROM t");
  if (!seen || *seen != 1)
    return finding("locks", Level::problem,
                   "a commit is not seen by another connection: shared memory does not work here");
  return finding("locks", Level::ok, "a second writer is refused, a commit is seen");
}

Finding settings(const fs::path& scratch, const Clock& clock) {
  const auto file = guard_file({.path = scratch / "settings.db", .create = true, .unknown_file_system_ok = true});
  if (!file) return finding("settings", Level::problem, to_string(file.error()));
  for (const Role role : {Role::writer, Role::reader}) {
    auto connection = Connection::open(scratch_connection(file->path, role, clock), clock.steady_now() + patience);
    if (!connection) return finding("settings", Level::problem, to_string(connection.error()));
    const auto wrong = wrong_settings(connection->handle(), role, scratch_cache_kib, true);
    if (!wrong) return finding("settings", Level::problem, to_string(wrong.error()));
    if (!wrong->empty()) return finding("settings", Level::problem, wrong->front());
  }
  return finding("settings", Level::ok, "all read back as set, for writers and for readers");
}

std::string octal(unsigned mode) {
  std::string text;
  for (unsigned shift : {6U, 3U, 0U}) text += static_cast<char>('0' + ((mode >> shift) & 7U));
  return text;
}

Finding permissions(const GuardedFile& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-reserve", ".turnstile"}) {
    const std::string path = file.path.string() + suffix;
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) continue;
    if ((found.st_mode & 0077U) != 0) {
      return finding("permissions", Level::warning,
                     path + " has mode " + octal(found.st_mode & 0777U) +
                         ", other users may use it; the next open takes that away");
    }
  }
  return finding("permissions", Level::ok, "the file, its log and its lock file are for their owner alone");
}

Finding header(const GuardedFile& file, const Clock& clock) {
  const auto peeked = peek_header(file.path, clock, clock.steady_now() + patience);
  if (!peeked) return finding("header", Level::problem, to_string(peeked.error()));
  if (peeked->empty) return finding("header", Level::warning, "the file is empty: no book yet");
  if (peeked->application != application_id) return finding("header", Level::problem, "a database of another program");
  const std::string version = "schema version " + std::to_string(peeked->schema_version);
  if (peeked->schema_version > schema_version)
    return finding("header", Level::problem, version + ", newer than this program knows");
  return finding("header", Level::ok, version);
}

Finding other_processes(const GuardedFile& file) {
  const auto processes = processes_that_hold(file.identity);
  if (processes.empty()) return finding("other_processes", Level::ok, "none that this user can see");
  std::string list;
  for (const int process : processes) list += (list.empty() ? "" : ", ") + std::to_string(process);
  return finding("other_processes", Level::warning, "the file is open in process " + list + ": fine if these are ours");
}

}  // namespace

std::vector<Finding> doctor(const fs::path& path, const Clock& clock) {
  std::vector<Finding> findings{sqlite_version()};
  std::error_code problem;
  const fs::path absolute = fs::absolute(path, problem);
  const fs::path directory = absolute.parent_path();
  const bool has_directory = !problem && fs::is_directory(directory, problem);
  // On the file's own file system where that can be written, since locks are a matter of the file system.
  auto scratch = ScratchFolder::make(has_directory ? directory : fs::temp_directory_path(problem));
  if (!scratch) scratch = ScratchFolder::make(fs::temp_directory_path(problem));
  if (scratch) {
    findings.push_back(wal_reset_bug((*scratch)->path()));
    findings.push_back(locks((*scratch)->path(), clock));
    findings.push_back(settings((*scratch)->path(), clock));
  } else {
    findings.push_back(finding("scratch", Level::problem, to_string(scratch.error())));
  }
  if (has_directory) findings.push_back(file_system(directory));
  const auto file = guard_file({.path = path, .create = false, .unknown_file_system_ok = true, .look_only = true});
  if (!file) {
    findings.push_back(finding("file", file.error().code == ErrorCode::not_found ? Level::warning : Level::problem,
                               to_string(file.error())));
    return findings;
  }
  findings.push_back(finding("file", Level::ok, file->path.string()));
  findings.push_back(permissions(*file));
  findings.push_back(header(*file, clock));
  findings.push_back(other_processes(*file));
  return findings;
}

}  // namespace commonbook::storage
