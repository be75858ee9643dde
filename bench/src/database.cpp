#include "database.hpp"

#include <stdexcept>

namespace commonbook::bench {
namespace {

[[noreturn]] void fail(sqlite3* handle, std::string_view doing) {
  throw std::runtime_error(std::string{doing} + ": " + sqlite3_errmsg(handle));
}

}  // namespace

PreparedStatement::PreparedStatement(sqlite3* database, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK)
    fail(database, sql);
  statement_.reset(raw);
}

bool PreparedStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_.get()), sqlite3_sql(statement_.get()));
}

void PreparedStatement::run() {
  static_cast<void>(step());
  reset();
}

std::string_view PreparedStatement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Database::Database(const std::filesystem::path& file, const Options& options) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                   nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) fail(raw, file.native());
  sqlite3_busy_timeout(raw, options.busy_timeout_ms);
  execute(("PRAGMA page_size=" + std::to_string(options.page_bytes)).c_str());  // before the mode, which makes the file
  execute("PRAGMA journal_mode=WAL");
  execute(options.durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  execute(options.foreign_keys ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF");
  execute(("PRAGMA cache_size=-" + std::to_string(options.cache_kib)).c_str());
  execute("PRAGMA wal_autocheckpoint=0");
  sqlite3_wal_hook(
      raw,
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      log_pages_.get());
}

void Database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_.get(), sql);
}

std::int64_t Database::query(const char* sql) {
  PreparedStatement statement = prepare(sql);
  if (!statement.step()) fail(handle_.get(), sql);
  return statement.integer(0);
}

std::int64_t Database::pages_written() const {
  int now = 0;
  int highest = 0;
  sqlite3_db_status(handle_.get(), SQLITE_DBSTATUS_CACHE_WRITE, &now, &highest, 0);
  return now;
}

void Database::checkpoint() {
  sqlite3_wal_checkpoint_v2(handle_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace commonbook::bench
