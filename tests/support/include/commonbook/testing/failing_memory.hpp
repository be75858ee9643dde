// Memory of SQLite that runs out on demand. For test programs that link SQLite.
#pragma once
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include <atomic>

namespace commonbook::testing {

/// SQLite's own allocator, whose n-th call can be made to fail. Install it before anything of SQLite has been used in the
/// process; it stays to the end.
class FailingMemory {
 public:
  static FailingMemory& instance() {
    static FailingMemory memory;
    return memory;
  }
  /// The n-th allocation of any thread from now on fails, counted from 1: it alone, or it and all later ones. Thread: any.
  void fail(long nth, bool persistent) noexcept {
    nth_ = 0;
    calls_ = 0;
    failures_ = 0;
    persistent_ = persistent;
    nth_ = nth;
  }
  void heal() noexcept { nth_ = 0; }
  [[nodiscard]] long failures() const noexcept { return failures_; }  ///< since fail(). Thread: any.
  [[nodiscard]] long calls() const noexcept { return calls_; }        ///< since fail(). Thread: any.

 private:
  FailingMemory() {
    REQUIRE(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_) == SQLITE_OK);
    sqlite3_mem_methods ours = real_;
    ours.xMalloc = [](int bytes) -> void* { return instance().fails() ? nullptr : instance().real_.xMalloc(bytes); };
    ours.xRealloc = [](void* old, int bytes) -> void* {
      return instance().fails() ? nullptr : instance().real_.xRealloc(old, bytes);
    };
    REQUIRE(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK);
  }
  bool fails() noexcept {
    const long count = ++calls_;
    const long nth = nth_;
    if (nth == 0 || (persistent_ ? count < nth : count != nth)) return false;
    ++failures_;
    return true;
  }

  sqlite3_mem_methods real_{};
  std::atomic<long> nth_{0};
  std::atomic<bool> persistent_{false};
  std::atomic<long> calls_{0};
  std::atomic<long> failures_{0};
};

}  // namespace commonbook::testing
