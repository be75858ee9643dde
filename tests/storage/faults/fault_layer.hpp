// A file layer whose n-th call of one kind fails: SQLite's own layer underneath, so that everything else is real. It is the
// default layer of its process while it lives, so that no way of opening a file goes past it.
#pragma once
#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace commonbook::testing {

/// What SQLite asks of a file layer. One kind may fail in several ways; each way is a kind of its own here.
enum class Call : std::uint8_t {
  open = 0,        ///< xOpen: can't be opened
  full_path,       ///< xFullPathname
  access,          ///< xAccess
  remove,          ///< xDelete
  read,            ///< xRead
  write,           ///< xWrite: fails before anything is written
  short_write,     ///< xWrite: fails when half is written
  no_space,        ///< xWrite: half is written, then the disk is full
  truncate,        ///< xTruncate
  sync,            ///< xSync
  file_size,       ///< xFileSize
  lock,            ///< xLock
  unlock,          ///< xUnlock: the lock is gone all the same, as a kernel has it
  check_reserved,  ///< xCheckReservedLock
  shm_map,         ///< xShmMap
  shm_no_space,    ///< xShmMap: the file can't grow
  shm_lock,        ///< xShmLock; letting go fails as `unlock` does
};
inline constexpr std::size_t call_kinds = 17;
[[nodiscard]] const char* to_string(Call call) noexcept;

class FaultLayer {
 public:
  /// Make it before the first file is opened; end it after the last one is closed; one at a time.
  FaultLayer();
  ~FaultLayer();
  FaultLayer(const FaultLayer&) = delete;
  FaultLayer& operator=(const FaultLayer&) = delete;

  /// The n-th call of that kind from now on fails, counted from 1: it alone, or it and all later ones. Thread: any.
  void fail(Call call, int nth, bool persistent) noexcept;
  void heal() noexcept;
  /// Calls that failed since fail(). Thread: any.
  [[nodiscard]] int failures() const noexcept;
  /// Calls of a kind since fail(), failed or not. Thread: any.
  [[nodiscard]] int calls(Call call) const noexcept;
  /// True when the kind's turn to fail has come: counts the call. For the layer's own functions. Thread: any.
  [[nodiscard]] bool fails(Call call) noexcept;

 private:
  sqlite3_vfs layer_{};
  std::array<std::atomic<int>, call_kinds> calls_{};
  std::atomic<int> failing_{-1};  // a Call, or -1
  std::atomic<int> nth_{0};
  std::atomic<bool> persistent_{false};
  std::atomic<int> failures_{0};
};

}  // namespace commonbook::testing
