// Keeps the log from being restarted while a checkpoint copies it without the writer lock.
//
// The WAL-reset bug (wal_reset_probe.hpp) needs a log that restarts while a checkpoint is at work. A writer restarts
// the log only where all of it is copied and nobody reads from it: it must have the locks of all read marks but the
// first, which is the one of those who read the file alone. So whoever holds another read mark keeps every process from
// it.
#pragma once
#include "engine/connection.hpp"
#include "engine/look_up_snapshot.hpp"

#include <optional>
#include <utility>

struct sqlite3;

namespace commonbook::storage {

/// A snapshot that reads from the log, and ends with the scope.
class [[nodiscard]] LogPin {
 public:
  /// Only while somebody holds the writer lock: then the log does not change, and what it holds now is what the
  /// snapshot found. @param connection  nothing else runs on it until the pin is gone.
  /// @returns  nullopt where all of the log is copied: a snapshot then reads the file alone, and keeps nobody back. Also
  /// where that can't be told, see has_frames_to_copy().
  /// @errors   busy, io, corrupt. @thread the connection's.
  static Result<std::optional<LogPin>> take(Connection& connection);

 private:
  explicit LogPin(LookUpSnapshot snapshot) : snapshot_(std::move(snapshot)) {}
  LookUpSnapshot snapshot_;
};

/// Whether the log has frames that are not in the file yet; false also where its index is of another version, since
/// nothing can be said of that.
/// @param handle  in a transaction that has read something. @errors  io: the index of the log can't be reached.
/// @source  "WAL-mode File Format", section "The WAL-Index File Format": iVersion, mxFrame and nBackfill.
Result<bool> has_frames_to_copy(sqlite3* handle);

}  // namespace commonbook::storage
