#include "engine/process_turnstile.hpp"

#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

// An open file description's lock: it ends with the descriptor, also in a killed process, and closing some other
// descriptor of the file does not drop it, as it would a classic POSIX lock.
bool set_lock(int descriptor, short type) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0;
  lock.l_len = 1;
  return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

Error failed(const std::string& path, int number) {
  const bool refused = number == EACCES || number == EROFS || number == EPERM || number == ELOOP;
  return {.code = refused ? ErrorCode::read_only : ErrorCode::io,
          .message = "the lock file " + path + " can't be made: " + std::strerror(number),
          .sqlite_code = 0,
          .retry_after = {}};
}

}  // namespace

TurnstilePass::TurnstilePass(TurnstilePass&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

TurnstilePass& TurnstilePass::operator=(TurnstilePass&& other) noexcept {
  if (this != &other) {
    if (holds()) set_lock(descriptor_, F_UNLCK);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

TurnstilePass::~TurnstilePass() {
  if (holds()) set_lock(descriptor_, F_UNLCK);
}

Result<std::unique_ptr<ProcessTurnstile>> ProcessTurnstile::open(const std::filesystem::path& database) {
  const std::string path = database.string() + ".turnstile";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed(path, errno);
  std::unique_ptr<ProcessTurnstile> turnstile{new ProcessTurnstile{descriptor}};
  struct stat found {};
  if (::fstat(descriptor, &found) != 0) return failed(path, errno);
  if (!S_ISREG(found.st_mode) || found.st_uid != ::geteuid()) return failed(path, EPERM);
  return turnstile;
}

ProcessTurnstile::~ProcessTurnstile() { ::close(descriptor_); }

TurnstilePass ProcessTurnstile::pass(Clock::SteadyPoint deadline, const Clock& clock, TurnstileCounters& counters) {
  const auto start = clock.steady_now();
  // A stopped process keeps its lock for as long as it is stopped. Whoever waited for it once in vain must not pay
  // again at each commit, so the next one only tries.
  const auto until = passed_by_ ? start : start + (deadline - start) / 4;
  Jitter jitter;
  bool waited = false;
  while (true) {
    if (set_lock(descriptor_, F_WRLCK)) {
      passed_by_ = false;
      return TurnstilePass{descriptor_};
    }
    if (!waited) counters.waits.fetch_add(1, std::memory_order_relaxed);
    waited = true;
    if (clock.steady_now() >= until) break;
    if (!wait_point("turnstile")) jitter.pause(clock, until);
  }
  passed_by_ = true;
  counters.passed_by.fetch_add(1, std::memory_order_relaxed);
  return TurnstilePass{};
}

}  // namespace commonbook::storage
