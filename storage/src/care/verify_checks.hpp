// The single checks of verify, each over one snapshot.
#pragma once
#include "book/triple_reader.hpp"
#include "commonbook/storage/care.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace commonbook::storage {

/// One check: fills `ok`, `detail` and `examined` of the Check that it is given.
/// @errors  the file can't be read at this place.
struct NamedCheck {
  const char* id;
  const char* what;
  Result<void> (*run)(Snapshot&, Check&);
};

/// Checks of single tables, by SQL. In the order in which they run.
[[nodiscard]] const std::vector<NamedCheck>& table_checks();
/// Checks over the rows of tail and sorted part: S7, S8, S11, S17, S23.
[[nodiscard]] const std::vector<NamedCheck>& row_checks();

struct RowSum {
  std::uint64_t digest = 0;
  std::int64_t rows = 0;
};

/// The row digest as it comes out of all rows, computed in the connection's own transaction, where a Snapshot can't be.
/// @errors  io, corrupt. @thread the connection's.
Result<RowSum> sum_of_rows(Connection& connection);

/// Marks a check as failed; the first finding's text stands, later ones are counted in it.
void fail(Check& check, const std::string& finding);

}  // namespace commonbook::storage
