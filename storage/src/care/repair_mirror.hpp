// The mirror repeats every row of `triple`, sorted by object, so each of the two can show what the other has lost.
#pragma once
#include "commonbook/storage/repair.hpp"
#include "engine/connection.hpp"

#include <vector>

namespace commonbook::storage {

/// Inside a write transaction. Rows of `triple` get their mirror. A row of the mirror alone is a lost row of `triple` where
/// its observation lacks exactly as many as stand there alone; where it lacks none, the mirror's row goes; else it is left.
/// @errors  io, corrupt, disk_full: the transaction must be rolled back.
Result<void> mend_mirror(Connection& connection, std::vector<Mended>& mended);

}  // namespace commonbook::storage
