// Which other processes have a file open, as far as /proc lets this user see.
#pragma once
#include "engine/write_gate.hpp"

#include <vector>

namespace commonbook::storage {

/// Looks at descriptors by stat() only: opening the file to look would drop SQLite's locks.
/// @returns  process ids, ascending, without our own. Other users' processes can't be seen, but by root.
std::vector<int> processes_that_hold(FileIdentity identity);

}  // namespace commonbook::storage
