// Copies a whole database, page by page, in one snapshot, while others write.
#pragma once
#include "engine/connection.hpp"

#include <filesystem>

namespace commonbook::storage {

/// In one step: a stepwise copy starts anew at each commit of another connection and may never end.
/// @param source  may have an open read transaction; then that snapshot is copied.
/// @param target  an existing empty file that nobody else has open. It is not synced.
/// @errors  busy: not before the deadline. disk_full; io; corrupt.
Result<void> copy_database(Connection& source, const std::filesystem::path& target, const Clock& clock,
                           Clock::SteadyPoint deadline);

}  // namespace commonbook::storage
