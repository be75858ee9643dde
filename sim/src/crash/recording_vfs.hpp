// A layer under SQLite that notes every write, truncation, removal and sync of a database, its log and its journal, and
// else hands everything on: locks and shared memory are the real layer's.
#pragma once
#include "disk_log.hpp"

#include <memory>
#include <string>

namespace commonbook::sim::crash {

class RecordingVfs {
 public:
  /// Registered under a name of its own, not as the default. @param log  outlives the layer.
  explicit RecordingVfs(DiskLog& log);
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;
  ~RecordingVfs();  ///< all connections that use it must be closed

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] bool registered() const noexcept;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::sim::crash
