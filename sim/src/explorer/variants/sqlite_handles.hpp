// Raw SQLite handles, owned.
#pragma once
#include <memory>

#include <sqlite3.h>

namespace commonbook::sim::explorer {

struct CloseConnection {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using ConnectionHandle = std::unique_ptr<sqlite3, CloseConnection>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

}  // namespace commonbook::sim::explorer
