#include "stranger.hpp"

#include <sqlite3.h>

#include <memory>
#include <thread>

namespace commonbook::sim::runner {

namespace {

struct Closer {
  void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
};
using Connection = std::unique_ptr<sqlite3, Closer>;

Connection open(const std::filesystem::path& database) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(database.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  Connection connection{raw};
  if (code != SQLITE_OK) return nullptr;
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);  // a guest moves nothing
  return connection;
}

bool run(sqlite3* connection, const char* sql) {
  return sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

bool begin(sqlite3* connection, bool writer) {
  if (writer) return run(connection, "BEGIN IMMEDIATE");
  // A transaction that only began has no snapshot: the first read takes it.
  if (run(connection, "BEGIN") && run(connection, "SELECT count(*) FROM sqlite_schema")) return true;
  run(connection, "ROLLBACK");
  return false;
}

}  // namespace

int hold_as_stranger(const std::filesystem::path& database, bool writer, std::chrono::milliseconds lasts,
                     BoardHeader& header) {
  const Connection connection = open(database);
  if (!connection) return 1;
  // It asks far more often than a polite waiter would, since it must get in between busy writers.
  while (!begin(connection.get(), writer)) {
    if (header.stop.load() != 0) return 1;
    std::this_thread::sleep_for(std::chrono::microseconds{200});
  }
  const auto since = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < since + lasts && header.stop.load() == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  const bool ended = run(connection.get(), "ROLLBACK");
  const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since);
  header.held_ms += static_cast<std::uint64_t>(held.count());
  return ended ? 0 : 1;
}

}  // namespace commonbook::sim::runner
