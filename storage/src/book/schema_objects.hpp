// Whether the tables, indexes, triggers and views of a file are ours, text for text: a stranger's trigger or generated
// column would run inside our own statements.
#pragma once
#include "commonbook/model/result.hpp"
#include "engine/connection.hpp"

namespace commonbook::storage {

/// Looks at every object of a file of the current schema version. A missing index is left to verify.
/// @errors  foreign_file: an object that is not ours, or not as we made it. corrupt: a table is missing.
/// @thread  the connection's.
[[nodiscard]] Result<void> check_schema_objects(Connection& connection);

}  // namespace commonbook::storage
