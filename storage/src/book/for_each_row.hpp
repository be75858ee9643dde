// One pass over a statement without parameters.
#pragma once
#include "engine/connection.hpp"

namespace commonbook::storage {

/// Calls `row(statement)` for each row that constant SQL gives.
/// @errors  those of the statement; rows before it were visited. @thread the connection's.
template <class Row>
[[nodiscard]] Result<void> for_each_row(Connection& connection, const char* sql, Row row) {
  auto statement = connection.statement(sql);
  if (!statement) return statement.error();
  for (;;) {
    const auto more = statement->step();
    if (!more) return more.error();
    if (!*more) return {};
    row(*statement);
  }
}

}  // namespace commonbook::storage
