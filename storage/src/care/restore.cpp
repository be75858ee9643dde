#include "commonbook/storage/restore.hpp"

#include "book/schema.hpp"
#include "care/checked_copy.hpp"
#include "care/copy_book.hpp"
#include "engine/file_guard.hpp"
#include "engine/out_of_memory.hpp"

#include <string>

#include <sys/stat.h>

namespace commonbook::storage {
namespace {

namespace fs = std::filesystem;

Error refused(ErrorCode code, std::string message) { return {code, std::move(message), 0, {}}; }

// A file that `backup` made has nothing beside it. A log there is another generation's, or the file is in use.
Result<void> refuse_companions(const fs::path& backup) {
  for (const char* suffix : {"-wal", "-journal"}) {
    const std::string companion = backup.native() + suffix;
    struct stat found {};
    if (::lstat(companion.c_str(), &found) != 0 || found.st_size == 0) continue;
    return refused(ErrorCode::unsafe_file,
                   companion + " lies beside the backup, so it is in use or was copied by hand; make one with `backup`");
  }
  return {};
}

Result<fs::path> check_backup(const fs::path& backup, std::int64_t version_max, const BookOptions& options,
                              const Clock& clock, Clock::SteadyPoint deadline) {
  if (auto alone = refuse_companions(backup); !alone) return alone.error();
  auto file = guard_file(
      {.path = backup, .create = false, .unknown_file_system_ok = options.unknown_file_system_ok, .look_only = true});
  if (!file) return file.error();
  const auto header = peek_header(file->path, clock, deadline);
  if (!header) return header.error();
  if (header->empty) return refused(ErrorCode::corrupt, backup.string() + " is empty: it is no backup");
  if (header->application != application_id)
    return refused(ErrorCode::foreign_file, backup.string() + " is a database of another program");
  if (header->schema_version > version_max)
    return refused(ErrorCode::newer_schema, backup.string() + " has schema version " +
                                                std::to_string(header->schema_version) + "; use a newer program");
  return file->path;
}

Result<RestoreReport> restore_or_throw(const fs::path& backup, const fs::path& target, const Clock& clock,
                              Clock::SteadyPoint deadline, const Progress& progress, const BookOptions& options) {
  const SchemaTable& table = options.schema != nullptr ? *options.schema : own_schema();
  const auto source_path = check_backup(backup, table.version(), options, clock, deadline);
  if (!source_path) return source_path.error();
  // Not a reading one, which would leave an empty log beside the backup.
  auto source = Connection::open(
      {.path = *source_path, .role = Role::maintenance, .cache_kib = 8 * 1024, .clock = &clock, .on_busy_wait = {}},
      deadline);
  if (!source) return source.error();
  RestoreReport report;
  const auto verify_copy = [&](const fs::path& copy) -> Result<void> {
    const auto checks = verify_unnamed(copy, options, clock, deadline, progress);
    if (!checks) return checks.error();
    report.checks = *checks;
    return {};
  };
  const auto copy = copy_book(*source, {.target = target,
                                        .unknown_file_system_ok = options.unknown_file_system_ok,
                                        .verify = verify_copy,
                                        .clock = clock,
                                        .deadline = deadline,
                                        .progress = progress});
  if (!copy) return copy.error();
  report.target = copy->path;
  report.bytes = copy->bytes;
  report.commit_seq = copy->commit_seq;
  return report;
}

}  // namespace

Result<RestoreReport> restore(const fs::path& backup, const fs::path& target, const Clock& clock,
                              Clock::SteadyPoint deadline, const Progress& progress, const BookOptions& options) {
  return or_out_of_memory([&] { return restore_or_throw(backup, target, clock, deadline, progress, options); });
}

}  // namespace commonbook::storage
