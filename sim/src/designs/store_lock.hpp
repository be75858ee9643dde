// DELIBERATELY WRONG, and never part of the product: the locks that the naive designs put round find-or-create.
#pragma once
#include "commonbook/model/result.hpp"

#include <filesystem>
#include <memory>

namespace commonbook::sim {

/// Recursive for its thread. Usable with std::unique_lock. Waits without a limit, as such code does.
class StoreLock {
 public:
  virtual ~StoreLock() = default;
  virtual void lock() = 0;
  virtual void unlock() = 0;
};

/// A recursive mutex: a lock of one store object in one process; other processes don't know of it.
[[nodiscard]] std::shared_ptr<StoreLock> make_store_lock();

/// flock() on a file of its own beside the database: holds for every thread and process that has its own object.
/// Thread: one. @errors io: the lock file can't be made.
[[nodiscard]] Result<std::shared_ptr<StoreLock>> make_file_lock(const std::filesystem::path& database);

}  // namespace commonbook::sim
