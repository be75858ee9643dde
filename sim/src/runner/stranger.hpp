// A process that is none of ours, on the same file: holds the writer lock, or a snapshot, as a database browser does.
#pragma once
#include "board.hpp"

#include <chrono>
#include <filesystem>

namespace commonbook::sim::runner {

/// Takes the lock or the snapshot as soon as it can be had, holds it for `lasts` or until the run
/// ends, lets go.
/// @param writer  BEGIN IMMEDIATE; else a read transaction with a snapshot of its own.
/// @returns  the exit status: 0, or 1 when it was never had.
[[nodiscard]] int hold_as_stranger(const std::filesystem::path& database, bool writer, std::chrono::milliseconds lasts,
                                   BoardHeader& header);

}  // namespace commonbook::sim::runner
