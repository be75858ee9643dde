// Other processes' snapshots that hold the log. We can't end them; we can say that they are there, for how long, and whose
// they are.
#pragma once
#include "commonbook/model/clock.hpp"

#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

namespace commonbook::storage {

/// Other processes that hold a read lock of the database's log, as the kernel's list of locks shows them; a process outside
/// our namespace is not among them. Opens no file of the database. @thread any.
[[nodiscard]] std::vector<int> processes_reading_log(const std::filesystem::path& database);

/// Since when. Thread-safe.
class ForeignReaders {
 public:
  /// After a checkpoint: the log could not be copied to its end although no snapshot of this process was open, or it could.
  void note(bool held, Clock::SteadyPoint now);
  [[nodiscard]] std::optional<Clock::SteadyPoint> since() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Clock::SteadyPoint> since_;
};

}  // namespace commonbook::storage
