// Brings a file of an older schema up to date, with a verified backup first.
//
// Book::open() does the same without the backup, so that nobody need know. This is for operators who do want to know.
#pragma once
#include "commonbook/storage/care.hpp"

#include <string>
#include <vector>

namespace commonbook::storage {

struct MigrateReport {
  std::int64_t version_before = 0;
  std::int64_t version_after = 0;
  std::filesystem::path backup;          ///< of the file as it was; empty where nothing was to be done
  std::vector<std::string> steps;        ///< recorded in the file by now, those of this call last
  std::int64_t checks = 0;               ///< of verify(), all of which held
};

/// Others may have the file open. Programs that know the new schema go on; older ones get `newer_schema` for their next
/// request, and nothing of theirs that was acknowledged is lost. Killed at any point, the file has the old or the new
/// schema, or a step between, and the next call or open() goes on from there.
/// @param options  of the file; `create` must be false.
/// @param backup   the new file for the copy; empty: `FILE.schema-N` beside it, or the next free name after that.
/// @errors  newer_schema, foreign_file: refused, the file was left as it was. already_exists: `backup` does. corrupt: the
///          copy or the migrated file is not sound. not_found, busy, disk_full, io.
/// @thread  any; blocks.
Result<MigrateReport> migrate(const BookOptions& options, const std::filesystem::path& backup, const Clock& clock,
                              Clock::SteadyPoint deadline, const Progress& progress = {});

}  // namespace commonbook::storage
