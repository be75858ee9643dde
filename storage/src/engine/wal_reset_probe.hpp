// Does this SQLite have the WAL-reset bug (3.7.0 to 3.51.2), and do the guarded checkpoint, which holds the writer lock,
// and the pinned one, beside which a snapshot reads from the log, hold it off?
//
// Found out by doing, since distributions patch without a change of version. The race needs a writer that commits
// after another connection's checkpoint has read the log's header and before it compares how far the last one came:
//
//   copier: read header (all copied) ......... compare, believe the new frames copied .. skip
//   writer:              commit, restarts the log |
//
// Between the two SQLite calls xUnfetch(file, 0, 0) of the file layer, so a layer of our own can let the writer
// in exactly there, on private files, in milliseconds.
#pragma once
#include "commonbook/model/result.hpp"

#include <filesystem>

namespace commonbook::storage {

struct WalResetProbe {
  bool bug = false;             ///< without the guard, acknowledged rows were lost or the file was damaged
  bool guard_holds = false;     ///< with the guard, all rows were there and the file was whole
  /// The same with a pinned log, though another checkpoint came between pin and copy.
  bool pin_holds = false;
  /// False: this version's index of the log is unknown, so that checkpoints pin nothing and are guarded throughout.
  bool is_pinned = false;
  bool window_reached = false;  ///< the writer did get in; false: this version does not call where the probe waits
};

/// @param folder  private and empty; the probe leaves its files there.
/// @errors  io, disk_full, internal: the set-up failed, which says nothing about the bug.
/// @thread  any; blocks for some 100 ms.
Result<WalResetProbe> probe_wal_reset(const std::filesystem::path& folder);

}  // namespace commonbook::storage
