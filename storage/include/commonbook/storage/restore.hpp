// A backup becomes a file that can be opened.
#pragma once
#include "commonbook/storage/care.hpp"

namespace commonbook::storage {

struct RestoreReport {
  std::filesystem::path target;
  std::int64_t bytes = 0;
  std::uint64_t commit_seq = 0;      ///< of the last commit in it
  std::int64_t checks = 0;           ///< of verify(), all of which held
};

/// Copies a backup into a new file, brings an older schema up to date there, verifies it, and only then gives it its name.
/// The backup is left as it is, byte for byte.
/// @param target  must not exist, nor a log or journal beside it, which SQLite would replay into the new file.
/// @param options  `unknown_file_system_ok` and `schema` count, the rest does not.
/// @errors  already_exists: the target, or what lies beside it. unsafe_file: a log or journal lies beside the backup, so
///          that it is no finished backup. not_found, foreign_file, newer_schema, corrupt (a check failed), disk_full, io.
/// @thread  any; blocks; reads the whole file twice.
Result<RestoreReport> restore(const std::filesystem::path& backup, const std::filesystem::path& target,
                              const Clock& clock, Clock::SteadyPoint deadline, const Progress& progress = {},
                              const BookOptions& options = {});

}  // namespace commonbook::storage
