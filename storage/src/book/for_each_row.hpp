// One pass over the rows of a statement.
#pragma once
#include "engine/connection.hpp"

#include <utility>

namespace commonbook::storage {

/// Calls `row(statement)` for each row that a bound statement gives.
/// @errors  those of the statement; rows before it were visited. @thread the connection's.
template <class Row>
[[nodiscard]] Result<void> for_each_row(Statement& statement, Row row) {
  for (;;) {
    const auto more = statement.step();
    if (!more) return more.error();
    if (!*more) return {};
    row(static_cast<const Statement&>(statement));
  }
}

/// The same for constant SQL without parameters.
template <class Row>
[[nodiscard]] Result<void> for_each_row(Connection& connection, const char* sql, Row row) {
  auto statement = connection.statement(sql);
  if (!statement) return statement.error();
  return for_each_row(*statement, std::move(row));
}

}  // namespace commonbook::storage
