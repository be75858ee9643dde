// A layer under SQLite that makes disks slow or full when the board says so, and else hands everything on: the real
// layer keeps the locks, the shared memory and its own version.
#pragma once
#include "board.hpp"

#include <memory>

namespace commonbook::sim::runner {

/// Stands as SQLite's default layer from its making, so before the first file is opened, until the process ends: files
/// that are open still need it.
/// A full disk refuses writes that make a file longer, with SQLITE_FULL; bytes that a file already has can be written.
class FaultVfs {
 public:
  /// @param header  outlives SQLite in this process.
  explicit FaultVfs(const BoardHeader& header);
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();
  [[nodiscard]] bool registered() const noexcept;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::sim::runner
