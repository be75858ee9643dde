#include "engine/vacuum.hpp"

#include <sqlite3.h>

namespace commonbook::storage {

namespace {

// Back to what apply_settings() gave it, on every path.
class TemporaryDatabase {
 public:
  explicit TemporaryDatabase(sqlite3* handle) : handle_(handle) { sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 1); }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;
  ~TemporaryDatabase() {
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_exec(handle_, "PRAGMA temp_store=MEMORY", nullptr, nullptr, nullptr);
  }

 private:
  sqlite3* handle_;
};

}  // namespace

Result<void> vacuum_database(Connection& connection) {
  const TemporaryDatabase allowed{connection.handle()};
  if (auto done = connection.execute("PRAGMA temp_store=FILE"); !done) return done;
  return connection.execute("VACUUM");
}

}  // namespace commonbook::storage
