// One snapshot of a book as a new file: made under a temporary name beside the target, checked there, and given its name
// only when it is complete and on the disk. A reader of the target never sees half a copy.
#pragma once
#include "commonbook/storage/care.hpp"
#include "engine/connection.hpp"

#include <filesystem>
#include <functional>

namespace commonbook::storage {

struct CopyRequest {
  std::filesystem::path target;         ///< must not exist, nor a log or journal beside it
  bool unknown_file_system_ok = false;
  bool check_pages = true;              ///< SQLite's own check, and the commit that was copied
  std::function<Result<void>(const std::filesystem::path&)> verify{};  ///< a further check of the unnamed copy, or empty
  const Clock& clock;
  Clock::SteadyPoint deadline;
  const Progress& progress;
};

struct CopyOfBook {
  std::filesystem::path path;
  std::int64_t bytes = 0;
  std::uint64_t commit_seq = 0;
};

/// @param source  a connection without an open transaction.
/// @errors  already_exists: the target or something beside it; disk_full; read_only; io; corrupt; busy.
/// @thread  the connection's; blocks.
Result<CopyOfBook> copy_book(Connection& source, const CopyRequest& request);

}  // namespace commonbook::storage
