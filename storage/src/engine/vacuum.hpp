// SQLite's VACUUM, on a connection whose settings forbid it otherwise.
#pragma once
#include "engine/connection.hpp"

namespace commonbook::storage {

/// Writes all pages anew in one transaction of its own. It needs a second, temporary database, which goes to a file that
/// has no name, not to memory, and which the limits of a connection forbid before and after.
/// @param connection  not in a transaction; its deadline bounds the wait for the writer lock.
/// @errors  busy, disk_full, io, corrupt.
/// @thread  the connection's, inside the gate.
Result<void> vacuum_database(Connection& connection);

}  // namespace commonbook::storage
