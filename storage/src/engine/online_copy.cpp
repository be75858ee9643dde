#include "engine/online_copy.hpp"

#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"
#include "engine/settings.hpp"

#include <sqlite3.h>

#include <memory>

namespace commonbook::storage {

Result<void> copy_database(Connection& source, const std::filesystem::path& target, const Clock& clock,
                           Clock::SteadyPoint deadline) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(
      target.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
      nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle{raw, sqlite3_close};
  if (opened != SQLITE_OK) return sqlite_error(raw, "opening the copy");
  // The copy is thrown away unless it becomes whole, and synced once at the end: no journal, no syncs on the way.
  for (const char* sql : {"PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF"}) {
    const auto set = query_text(raw, sql);
    if (!set) return set.error();
  }
  sqlite3_backup* backup = sqlite3_backup_init(raw, "main", source.handle(), "main");
  if (backup == nullptr) return sqlite_error(raw, "starting the copy");
  Jitter jitter;
  yield_point("copy.before_step");
  int code = sqlite3_backup_step(backup, -1);
  while ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && clock.steady_now() < deadline) {
    jitter.pause(clock, deadline);
    code = sqlite3_backup_step(backup, -1);
  }
  const int finished = sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE && finished == SQLITE_OK) return {};
  const int failed = finished != SQLITE_OK ? finished : code;
  return Error{.code = classify(failed),
               .message = std::string{"copying the pages: "} + sqlite3_errstr(failed),
               .sqlite_code = failed,
               .retry_after = {}};
}

}  // namespace commonbook::storage
