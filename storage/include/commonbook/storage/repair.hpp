// Makes anew what a file holds twice: indexes, the search index, the mirror, counts. Facts are never guessed: what is gone
// from where it stood alone is reported, and a backup has it.
#pragma once
#include "commonbook/storage/care.hpp"

#include <string>
#include <vector>

namespace commonbook::storage {

struct RepairOptions {
  std::filesystem::path backup{};  ///< new file for a copy of the file as it is; empty: `FILE.before-repair`, or the next free name
  /// Takes the rows that are there for the rows that should be, and writes their digest. Only for rows that are known to
  /// be lost, when no backup has them: from then on nothing tells that they were.
  bool accept_rows = false;
};

/// One thing that was made anew, or could not be.
struct Mended {
  std::string what;
  std::int64_t rows = 0;       ///< written, deleted or looked at
  std::string left{};          ///< why a person must decide; empty where it is done
};

struct RepairReport {
  std::filesystem::path backup;
  std::vector<Mended> mended;  ///< what needed it, and what was made anew in any case
  VerifyReport verify;         ///< afterwards
};

/// Copies the file as it is, damage and all; then mends it in one transaction, while readers go on and writers wait; then
/// verifies it.
/// @returns  a report, also where something is left: see Mended::left and RepairReport::verify.
/// @errors   corrupt: SQLite can't read the tables at all, restore a backup; already_exists: `backup` does; busy,
///           disk_full, io. Nothing was changed then.
/// @thread   any; blocks; reads and writes most of the file.
Result<RepairReport> repair(const Book& book, const RepairOptions& options, Clock::SteadyPoint deadline,
                            const Progress& progress = {});

}  // namespace commonbook::storage
