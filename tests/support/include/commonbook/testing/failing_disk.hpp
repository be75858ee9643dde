// A disk that fails on demand: SQLite's own file layer, whose writes and syncs can be made to fail. For test programs that
// link storage.
#pragma once
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace commonbook::testing {

/// The default layer of this process from its making to its end. Make it before the first file is opened, and end it
/// after the last one is closed; one at a time.
class FailingDisk {
 public:
  enum class Fault : std::uint8_t {
    none = 1,
    sync_log,   ///< every sync of a write-ahead log
    write_log,  ///< every write to one
    no_space,   ///< every write to one: the disk is full
    one_call,   ///< see fail_call()
  };

  FailingDisk() {
    State& disk = state();
    fail(Fault::none);
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
  void fail(Fault fault) noexcept {
    state().calls_left = 0;
    state().fault = fault;
  }
  /// The n-th write, sync or truncation from now on, of the database or its log, counted from 1; once. Thread: any.
  void fail_call(int nth) noexcept {
    state().calls_left = nth;
    state().fault = Fault::one_call;
  }
  /// Calls that failed so far. Thread: any.
  [[nodiscard]] int failures() const noexcept { return state().failures; }

 private:
  enum Kind : std::size_t { database, log };
  struct Methods {
    const sqlite3_io_methods* real = nullptr;
    sqlite3_io_methods changed{};
  };
  struct State {
    sqlite3_vfs* real = nullptr;
    sqlite3_vfs layer{};
    std::mutex mutex;  // guards the next
    std::array<Methods, 2> methods{};
    std::atomic<Fault> fault{Fault::none};
    std::atomic<int> calls_left{0};
    std::atomic<int> failures{0};
  };
  static State& state() {  // SQLite's call-backs for files have no context of their own
    static State disk;
    return disk;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    State& disk = state();
    const int code = disk.real->xOpen(disk.real, name, file, flags, out_flags);
    if (code != SQLITE_OK || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return code;
    if ((flags & SQLITE_OPEN_WAL) != 0) change<log>(file);
    else change<database>(file);
    return code;
  }
  template <Kind kind>
  static void change(sqlite3_file* file) {
    State& disk = state();
    const std::lock_guard guard{disk.mutex};
    Methods& methods = disk.methods[kind];
    if (methods.real == nullptr) {
      methods.real = file->pMethods;
      methods.changed = *file->pMethods;
      methods.changed.xWrite = write<kind>;
      methods.changed.xSync = sync<kind>;
      methods.changed.xTruncate = truncate<kind>;
    }
    if (file->pMethods == methods.real) file->pMethods = &methods.changed;
  }
  template <Kind kind>
  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    const Fault fault = state().fault;
    if (kind == log && fault == Fault::write_log) return failed(SQLITE_IOERR_WRITE);
    if (kind == log && fault == Fault::no_space) return failed(SQLITE_FULL);
    if (is_the_one(fault)) return failed(SQLITE_IOERR_WRITE);
    return state().methods[kind].real->xWrite(file, bytes, count, at);
  }
  template <Kind kind>
  static int sync(sqlite3_file* file, int flags) {
    const Fault fault = state().fault;
    if ((kind == log && fault == Fault::sync_log) || is_the_one(fault)) return failed(SQLITE_IOERR_FSYNC);
    return state().methods[kind].real->xSync(file, flags);
  }
  template <Kind kind>
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (is_the_one(state().fault)) return failed(SQLITE_IOERR_TRUNCATE);
    return state().methods[kind].real->xTruncate(file, size);
  }
  static bool is_the_one(Fault fault) noexcept { return fault == Fault::one_call && state().calls_left.fetch_sub(1) == 1; }
  static int failed(int code) noexcept {
    ++state().failures;
    return code;
  }
};

}  // namespace commonbook::testing
