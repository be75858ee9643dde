// DELIBERATELY WRONG, and never part of the product.
#include "store_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

namespace commonbook::sim {
namespace {

class MutexLock final : public StoreLock {
 public:
  void lock() override { mutex_.lock(); }
  void unlock() override { mutex_.unlock(); }

 private:
  std::recursive_mutex mutex_;
};

class FileLock final : public StoreLock {
 public:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  ~FileLock() override { close(descriptor_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  void lock() override {
    if (depth_++ > 0) return;
    while (flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  void unlock() override {
    if (--depth_ == 0) flock(descriptor_, LOCK_UN);
  }

 private:
  int descriptor_;
  int depth_ = 0;
};

}  // namespace

std::shared_ptr<StoreLock> make_store_lock() { return std::make_shared<MutexLock>(); }

Result<std::shared_ptr<StoreLock>> make_file_lock(const std::filesystem::path& database) {
  const std::string path = database.string() + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return Error{ErrorCode::io, "opening the lock file: " + std::string{std::strerror(errno)}, 0, {}};
  return std::shared_ptr<StoreLock>{std::make_shared<FileLock>(descriptor)};
}

}  // namespace commonbook::sim
