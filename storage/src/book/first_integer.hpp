// Runs a statement for the one number that it gives: an id that a SELECT finds or an INSERT ... RETURNING makes.
#pragma once
#include "engine/statement.hpp"

#include <optional>

namespace commonbook::storage {

/// The first column of the only row, nothing where there is no row. Steps to the end, so that an INSERT checks its
/// constraints before the caller goes on.
[[nodiscard]] inline Result<std::optional<std::int64_t>> first_integer(Statement& statement) {
  const auto row = statement.step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::int64_t>{};
  const std::int64_t value = statement.integer(0);
  if (auto rest = statement.run(); !rest) return rest.error();
  return std::optional{value};
}

/// The same where a row must come.
[[nodiscard]] inline Result<std::int64_t> only_integer(Statement& statement) {
  const auto value = first_integer(statement);
  if (!value) return value.error();
  if (!*value) return Error{ErrorCode::internal, "a statement gave no row where one was due", 0, {}};
  return **value;
}

}  // namespace commonbook::storage
