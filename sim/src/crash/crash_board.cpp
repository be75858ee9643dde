#include "crash_board.hpp"

#include "board.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace commonbook::sim::crash {

namespace {

// Memory of the kernel is zero, and zero bytes are the empty value of every member; what makes them shareable is that no
// operation on them takes a lock.
static_assert(std::is_trivially_destructible_v<CrashBoard>);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<CallState>::is_always_lock_free);

Error failed_call(std::string_view doing) {
  return {.code = ErrorCode::io,
          .message = std::string{doing} + ": " + std::strerror(errno),
          .sqlite_code = 0,
          .retry_after = {}};
}

}  // namespace

Result<SharedBoard> SharedBoard::create() {
  const int descriptor = ::memfd_create("commonbook-crash", MFD_CLOEXEC);
  if (descriptor < 0) return failed_call("making the memory that the processes of a crash run share");
  if (::ftruncate(descriptor, static_cast<off_t>(sizeof(CrashBoard))) != 0) {
    const Error error = failed_call("sizing the memory that the processes of a crash run share");
    ::close(descriptor);
    return error;
  }
  return attach(descriptor);
}

Result<SharedBoard> SharedBoard::attach(int descriptor) {
  void* memory = ::mmap(nullptr, sizeof(CrashBoard), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) {
    const Error error = failed_call("mapping the memory that the processes of a crash run share");
    ::close(descriptor);
    return error;
  }
  return SharedBoard{descriptor, static_cast<CrashBoard*>(memory)};
}

SharedBoard::SharedBoard(SharedBoard&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), board_(std::exchange(other.board_, nullptr)) {}

SharedBoard::~SharedBoard() {
  if (board_ != nullptr) ::munmap(board_, sizeof(CrashBoard));
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool wait_until(std::int64_t patience_ns, const std::function<bool()>& condition) {
  constexpr std::int64_t look_again_ns = 200'000;
  const std::int64_t end = runner::monotonic_ns() + patience_ns;
  while (!condition()) {
    const std::int64_t now = runner::monotonic_ns();
    if (now >= end) return false;
    runner::sleep_until_ns(now + look_again_ns);
  }
  return true;
}

}  // namespace commonbook::sim::crash
