// Gives free space back to the disk.
#pragma once
#include "commonbook/storage/care.hpp"

namespace commonbook::storage {

struct VacuumReport {
  std::int64_t bytes_before = 0;      ///< of the database file, by its pages
  std::int64_t bytes_after = 0;
  std::int64_t free_bytes_before = 0; ///< in pages that held nothing
  std::int64_t search_merges = 0;     ///< slices in which the search index was put together
  bool given_back = false;            ///< false: somebody's snapshot needs the log still; a later checkpoint gives it back
};

/// Puts the search index together, in slices, so that no word of a purged document is left in it; then writes the whole
/// file anew through the log, in one transaction: readers go on, writers wait, and the log becomes as long as the file.
/// @errors  disk_full: less than twice the file's size is free beside it, nothing was changed; busy, io, corrupt.
/// @thread  any; blocks.
Result<VacuumReport> vacuum(const Book& book, Clock::SteadyPoint deadline, const Progress& progress = {});

}  // namespace commonbook::storage
