#include "commonbook/storage/migrate.hpp"

#include "book/book_shared.hpp"
#include "book/for_each_row.hpp"
#include "book/schema.hpp"
#include "care/checked_copy.hpp"
#include "care/copy_book.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/file_guard.hpp"
#include "engine/out_of_memory.hpp"

#include <string>

namespace commonbook::storage {
namespace {

namespace fs = std::filesystem;

// @returns  the version, where the file may be migrated; refused without a change where it may not.
Result<std::int64_t> look_at(const fs::path& path, const SchemaTable& table, const Clock& clock,
                             Clock::SteadyPoint deadline) {
  const auto header = peek_header(path, clock, deadline);
  if (!header) return header.error();
  if (header->empty) return Error{ErrorCode::not_found, "the file is empty: there is nothing to migrate", 0, {}};
  if (header->application != application_id)
    return Error{ErrorCode::foreign_file, "the file is a database of another program", 0, {}};
  if (header->schema_version > table.version())
    return Error{ErrorCode::newer_schema,
                 "the file has schema version " + std::to_string(header->schema_version) +
                     ", this program knows up to " + std::to_string(table.version()) + "; use a newer program",
                 0,
                 {}};
  return header->schema_version;
}

Result<fs::path> back_up(const GuardedFile& file, std::int64_t version, const BookOptions& options,
                         const fs::path& wanted, const Clock& clock, Clock::SteadyPoint deadline,
                         const Progress& progress) {
  fs::path target = wanted;
  if (target.empty()) {
    auto free = free_name(fs::path{file.path.native() + ".schema-" + std::to_string(version)});
    if (!free) return free.error();
    target = std::move(*free);
  }
  auto source = Connection::open({.path = file.path,
                                  .role = Role::maintenance,
                                  .cache_kib = 8 * 1024,
                                  .clock = &clock,
                                  .on_busy_wait = {},
                                  .file_layer = options.file_layer},
                                 deadline);
  if (!source) return source.error();
  const auto copy = copy_book(*source, {.target = target,
                                        .unknown_file_system_ok = options.unknown_file_system_ok,
                                        .clock = clock,
                                        .deadline = deadline,
                                        .progress = progress});
  if (!copy) return copy.error();
  return copy->path;
}

Result<std::vector<std::string>> recorded_steps(const Book& book, Clock::SteadyPoint deadline) {
  auto connection = book.shared().connect(Role::reader, deadline);
  if (!connection) return connection.error();
  std::vector<std::string> names;
  auto read = for_each_row(*connection, "SELECT name FROM migration ORDER BY step",
                           [&names](const Statement& row) { names.emplace_back(row.text(0)); });
  if (!read) return read.error();
  return names;
}

Result<MigrateReport> migrate_or_throw(const BookOptions& options, const fs::path& backup, const Clock& clock,
                              Clock::SteadyPoint deadline, const Progress& progress) {
  const SchemaTable& table = options.schema != nullptr ? *options.schema : own_schema();
  auto file = guard_file({.path = options.path, .unknown_file_system_ok = options.unknown_file_system_ok});
  if (!file) return file.error();
  const auto version = look_at(file->path, table, clock, deadline);
  if (!version) return version.error();
  MigrateReport report;
  report.version_before = *version;
  report.version_after = table.version();
  if (*version < table.version()) {
    auto copy = back_up(*file, *version, options, backup, clock, deadline, progress);
    if (!copy) return copy.error();
    report.backup = std::move(*copy);
    yield_point("migrate.after_backup");
  }
  if (progress) progress("migrate", 0.5);
  const auto book = Book::open(options, clock, deadline);
  if (!book) return book.error();
  yield_point("migrate.after_steps");
  const auto checks = verify(*book, deadline, progress);
  if (!checks) return checks.error();
  for (const Check& check : checks->checks)
    if (!check.ok)
      return Error{ErrorCode::corrupt,
                   "the file is not sound: " + check.id + ", " + check.what + ": " + check.detail +
                       (report.backup.empty() ? "" : "; the backup is " + report.backup.string()),
                   0,
                   {}};
  report.checks = static_cast<std::int64_t>(checks->checks.size());
  auto steps = recorded_steps(*book, deadline);
  if (!steps) return steps.error();
  report.steps = std::move(*steps);
  return report;
}

}  // namespace

Result<MigrateReport> migrate(const BookOptions& options, const fs::path& backup, const Clock& clock,
                              Clock::SteadyPoint deadline, const Progress& progress) {
  return or_out_of_memory([&] { return migrate_or_throw(options, backup, clock, deadline, progress); });
}

}  // namespace commonbook::storage
