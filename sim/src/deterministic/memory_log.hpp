// A layer under SQLite that keeps write-ahead log and wal-index of a database in this process's memory, for runs whose file
// nobody else opens and nobody keeps: a third of the time of a short run was system calls on those two. The database
// itself stays where it is; the last connection copies the log into it, as ever.
#pragma once
#include <memory>
#include <string>

namespace commonbook::sim {

/// Registered under name() while it lives, never as the default. Connections are closed before it goes.
/// Thread: any; the connections of one database share a thread, as those of a deterministic run do.
class MemoryLog {
 public:
  MemoryLog();
  MemoryLog(const MemoryLog&) = delete;
  MemoryLog& operator=(const MemoryLog&) = delete;
  ~MemoryLog();
  /// Empty where it could not be registered: SQLite's default then serves as well, only slower.
  [[nodiscard]] const std::string& name() const noexcept;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::sim
