// Looking after a file: verify, backup, doctor.
#pragma once
#include "commonbook/storage/book.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace commonbook::storage {

/// One thing that was checked. `id` names the invariant ("S1", "P3", "digest"), `detail` what was found.
struct Check {
  std::string id;
  std::string what;
  bool ok = true;
  std::string detail;       ///< empty when ok
  std::int64_t examined = 0;///< rows or pages looked at
};

struct VerifyReport {
  bool ok = true;           ///< every check is
  std::vector<Check> checks;
};

/// Called now and then with a step's name and its share of the whole, 0 to 1. May be empty.
using Progress = std::function<void(std::string_view step, double share)>;

/// Checks everything that can be read off a file, in one snapshot, on a connection of its own: S1, S7-S11,
/// S16, S17, S23, redirects, mirror, watermark, search index, rows found = rows that each observation says.
/// @returns  a report also when checks fail; an error only when the file can't be read at all.
/// @thread  any; blocks; reads the whole file.
Result<VerifyReport> verify(const Book& book, Clock::SteadyPoint deadline, const Progress& progress = {});

struct BackupReport {
  std::filesystem::path target;
  std::int64_t bytes = 0;
  std::uint64_t commit_seq = 0;
};

/// Copies the book into a new file in one step, one snapshot, while others write, and verifies the copy.
/// The copy appears under its name only when it is complete.
/// @errors  already_exists: `target` does; disk_full; io; corrupt.
/// @thread  any; blocks.
Result<BackupReport> backup(const Book& book, const std::filesystem::path& target, Clock::SteadyPoint deadline,
                            const Progress& progress = {});

/// One line of doctor's report.
struct Finding {
  enum class Level : std::uint8_t { ok = 1, warning, problem };
  std::string id;      ///< "sqlite_version", "wal_reset_bug", "file_system", "permissions", "settings", ...
  Level level = Level::ok;
  std::string detail;  ///< what was found, and what to do about it
};

/// Looks at the machine and the file without changing either: SQLite's version, the WAL-reset bug (by forcing it
/// on a temporary file), file system, permissions, settings read back, other processes that hold the file.
/// @thread  any; blocks; takes up to some seconds.
std::vector<Finding> doctor(const std::filesystem::path& path, const Clock& clock);

}  // namespace commonbook::storage
