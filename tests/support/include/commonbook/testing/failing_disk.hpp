// A disk that fails on demand: SQLite's own file layer, but for the write-ahead logs, whose writes and syncs can be made to
// fail. For test programs that link storage.
#pragma once
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace commonbook::testing {

/// The default layer of this process from its making to its end. Make it before the first file is opened, and end it
/// after the last one is closed; one at a time.
class FailingDisk {
 public:
  enum class Fault : std::uint8_t { none = 1, sync_log, write_log, no_space };

  FailingDisk() {
    State& disk = state();
    disk.fault = Fault::none;
    disk.failures = 0;
    disk.real = sqlite3_vfs_find(nullptr);
    disk.layer = *disk.real;  // everything but opening a file is the real one's
    disk.layer.zName = "commonbook-failing-disk";
    disk.layer.pNext = nullptr;
    disk.layer.xOpen = open;
    REQUIRE(sqlite3_vfs_register(&disk.layer, 1) == SQLITE_OK);
  }
  ~FailingDisk() {
    sqlite3_vfs_unregister(&state().layer);
    sqlite3_vfs_register(state().real, 1);
  }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  /// From now on, until the next call. Thread: any.
  void fail(Fault fault) noexcept { state().fault = fault; }
  /// Calls that failed so far. Thread: any.
  [[nodiscard]] int failures() const noexcept { return state().failures; }

 private:
  struct State {
    sqlite3_vfs* real = nullptr;
    sqlite3_vfs layer{};
    std::mutex mutex;  // guards the two below
    const sqlite3_io_methods* real_methods = nullptr;
    sqlite3_io_methods methods{};
    std::atomic<Fault> fault{Fault::none};
    std::atomic<int> failures{0};
  };
  static State& state() {  // SQLite's call-backs for files have no context of their own
    static State disk;
    return disk;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    State& disk = state();
    const int code = disk.real->xOpen(disk.real, name, file, flags, out_flags);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
    const std::lock_guard guard{disk.mutex};
    if (disk.real_methods == nullptr) {
      disk.real_methods = file->pMethods;
      disk.methods = *file->pMethods;
      disk.methods.xWrite = write;
      disk.methods.xSync = sync;
    }
    if (file->pMethods == disk.real_methods) file->pMethods = &disk.methods;
    return code;
  }
  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    State& disk = state();
    const Fault fault = disk.fault;
    if (fault == Fault::write_log) return failed(SQLITE_IOERR_WRITE);
    if (fault == Fault::no_space) return failed(SQLITE_FULL);
    return disk.real_methods->xWrite(file, bytes, count, at);
  }
  static int sync(sqlite3_file* file, int flags) {
    State& disk = state();
    return disk.fault == Fault::sync_log ? failed(SQLITE_IOERR_FSYNC) : disk.real_methods->xSync(file, flags);
  }
  static int failed(int code) noexcept {
    ++state().failures;
    return code;
  }
};

}  // namespace commonbook::testing
