#include "engine/wal_reset_probe.hpp"

#include "engine/log_pin.hpp"
#include "engine/settings.hpp"
#include "engine/shim_vfs.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace commonbook::storage {

namespace {

constexpr int first_burst = 40;   // commits in the log's first life
constexpr int second_burst = 60;  // enough to grow past it in the second

enum class Checkpoint { bare, guarded, pinned };

struct Outcome {
  bool whole = false;
  bool window_reached = false;
  bool is_pinned = false;
};

using Handle = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

bool execute(const Handle& handle, const char* sql) {
  return sqlite3_exec(handle.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

void copy(const Handle& handle) {
  sqlite3_wal_checkpoint_v2(handle.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Result<Handle> open(const std::filesystem::path& path, const char* vfs) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs);
  Handle handle{raw, sqlite3_close};
  if (code != SQLITE_OK) return sqlite_error(raw, "opening a scratch database");
  sqlite3_busy_timeout(raw, 0);  // no waiting: in one thread the holder could never let go
  if (!execute(handle, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=NORMAL;")) {
    return sqlite_error(raw, "setting up a scratch database");
  }
  return handle;
}

// The rows that were acknowledged, counted as a caller would.
struct Writer {
  const Handle& handle;
  int acknowledged = 0;

  void commit_one() {
    if (execute(handle, "BEGIN IMMEDIATE; INSERT INTO t(bytes) VALUES(randomblob(3000)); COMMIT;")) {
      ++acknowledged;
    } else {
      execute(handle, "ROLLBACK");
    }
  }
  void commit(int times) {
    for (int at = 0; at < times; ++at) commit_one();
  }
};

// As LogPin does it, with a bare connection. Returns whether that pins the log.
Result<bool> pin_log(const Handle& guard, const Handle& reader) {
  if (!execute(guard, "BEGIN IMMEDIATE")) return sqlite_error(guard.get(), "taking the writer lock");
  if (!execute(reader, "BEGIN; SELECT count(*) FROM t")) return sqlite_error(reader.get(), "pinning the log");
  const auto more = has_frames_to_copy(reader.get());
  execute(guard, "ROLLBACK");
  return more;
}

struct Forced {
  int acknowledged = 0;
  bool is_pinned = false;
};

Result<Forced> force(const std::filesystem::path& path, Checkpoint how, ShimVfs& vfs) {
  const auto writing = open(path, nullptr);
  if (!writing) return writing.error();
  const auto guard = open(path, nullptr);
  if (!guard) return guard.error();
  const auto reader = open(path, nullptr);
  if (!reader) return reader.error();
  const auto copier = open(path, vfs.name());
  if (!copier) return copier.error();
  if (!execute(*writing, "CREATE TABLE t(id INTEGER PRIMARY KEY, bytes BLOB)"))
    return sqlite_error(writing->get(), "making a table");
  const auto seen = query_text(copier->get(), "SELECT count(*) FROM t");  // its own view of the log
  if (!seen) return seen.error();

  Writer writer{.handle = *writing};
  writer.commit(first_burst);
  if (how == Checkpoint::pinned) {
    const auto pinned = pin_log(*guard, *reader);
    if (!pinned) return pinned.error();
    if (!*pinned) how = Checkpoint::guarded;
  }
  copy(*writing);
  vfs.arm([&writer] { writer.commit_one(); });
  if (how == Checkpoint::guarded && !execute(*guard, "BEGIN IMMEDIATE"))
    return sqlite_error(guard->get(), "taking the writer lock");
  copy(*copier);
  if (how == Checkpoint::guarded) execute(*guard, "ROLLBACK");
  execute(*reader, "ROLLBACK");
  vfs.arm(nullptr);
  writer.commit(second_burst);
  copy(*writing);
  writer.commit_one();  // restarts the log: what the copier skipped is gone now
  return Forced{.acknowledged = writer.acknowledged, .is_pinned = how == Checkpoint::pinned};
}

Result<Outcome> run(const std::filesystem::path& path, Checkpoint how) {
  ShimVfs vfs;
  if (!vfs.registered()) {
    return Error{.code = ErrorCode::internal,
                 .message = "SQLite does not take another file layer",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  const auto forced = force(path, how, vfs);
  if (!forced) return forced.error();
  const auto again = open(path, nullptr);
  if (!again) return Outcome{.whole = false, .window_reached = vfs.fired() > 0, .is_pinned = forced->is_pinned};
  const auto integrity = query_text(again->get(), "PRAGMA integrity_check");
  const auto rows = query_text(again->get(), "SELECT count(*) FROM t");
  const bool whole = integrity && *integrity == "ok" && rows && *rows == std::to_string(forced->acknowledged);
  return Outcome{.whole = whole, .window_reached = vfs.fired() > 0, .is_pinned = forced->is_pinned};
}

}  // namespace

Result<WalResetProbe> probe_wal_reset(const std::filesystem::path& folder) {
  const auto bare = run(folder / "bare.db", Checkpoint::bare);
  if (!bare) return bare.error();
  const auto guarded = run(folder / "guarded.db", Checkpoint::guarded);
  if (!guarded) return guarded.error();
  const auto pinned = run(folder / "pinned.db", Checkpoint::pinned);
  if (!pinned) return pinned.error();
  return WalResetProbe{.bug = !bare->whole,
                       .guard_holds = guarded->whole,
                       .pin_holds = pinned->whole,
                       .is_pinned = pinned->is_pinned,
                       .window_reached = bare->window_reached && pinned->window_reached};
}

}  // namespace commonbook::storage
