#include "board.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace commonbook::sim::runner {

namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t aligned(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

constexpr std::size_t process_at = aligned(sizeof(BoardHeader));
std::size_t slots_at(const BoardShape& shape) { return process_at + shape.processes * aligned(sizeof(ProcessPart)); }
std::size_t writes_at(const BoardShape& shape) { return slots_at(shape) + shape.slots * aligned(sizeof(Slot)); }
std::size_t size_of(const BoardShape& shape) {
  return writes_at(shape) + shape.slots * shape.writes * sizeof(LoggedWrite);
}

// Memory of the kernel is zero, and zero bytes are the empty value of every type here; what makes them shareable is
// that no operation on them takes a lock.
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);
static_assert(std::is_trivially_destructible_v<Slot> && std::is_trivially_destructible_v<LoggedWrite>);

Error failed_call(std::string_view doing) {
  return {.code = ErrorCode::io,
          .message = std::string{doing} + ": " + std::strerror(errno),
          .sqlite_code = 0,
          .retry_after = {}};
}

Result<std::byte*> map(int descriptor, std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) return failed_call("mapping the memory that the processes of a run share");
  return static_cast<std::byte*>(memory);
}

}  // namespace

void SharedHistogram::add(std::uint64_t microseconds) noexcept {
  counts_[DurationHistogram::bucket_of(microseconds)].fetch_add(1, std::memory_order_relaxed);
  if (microseconds > max_us_.load(std::memory_order_relaxed)) max_us_.store(microseconds, std::memory_order_relaxed);
}

DurationHistogram SharedHistogram::copy() const {
  std::map<std::uint32_t, std::uint64_t> raw;
  for (std::uint32_t bucket = 0; bucket < counts_.size(); ++bucket)
    if (const std::uint64_t count = counts_[bucket].load(std::memory_order_relaxed); count > 0) raw[bucket] = count;
  DurationHistogram histogram;
  histogram.restore(raw, max_us_.load(std::memory_order_relaxed));
  return histogram;
}

void Slot::count(Counter counter, std::uint64_t by) noexcept {
  counters[static_cast<std::size_t>(counter)].fetch_add(by, std::memory_order_relaxed);
}

std::uint64_t Slot::value(Counter counter) const noexcept {
  return counters[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
}

void Slot::count_code(int extended_code) noexcept {
  for (CodeCount& entry : codes) {
    const bool unused = entry.count.load(std::memory_order_relaxed) == 0;
    if (!unused && entry.code.load(std::memory_order_relaxed) != extended_code) continue;
    if (unused) entry.code.store(extended_code, std::memory_order_relaxed);
    entry.count.fetch_add(1, std::memory_order_relaxed);
    return;
  }
}

void ProcessPart::say(std::string_view text) noexcept {
  const std::size_t size = std::min(text.size(), message.size() - 1);
  std::copy_n(text.begin(), size, message.begin());
  message[size] = '\0';
}

Result<Board> Board::create(const BoardShape& shape) {
  const int descriptor = ::memfd_create("commonbook-run", MFD_CLOEXEC);
  if (descriptor < 0) return failed_call("making the memory that the processes of a run share");
  if (::ftruncate(descriptor, static_cast<off_t>(size_of(shape))) != 0) {
    const Error error = failed_call("sizing the memory that the processes of a run share");
    ::close(descriptor);
    return error;
  }
  return attach(descriptor, shape);
}

Result<Board> Board::attach(int descriptor, const BoardShape& shape) {
  auto memory = map(descriptor, size_of(shape));
  if (!memory) {
    ::close(descriptor);
    return memory.error();
  }
  return Board{descriptor, *memory, shape};
}

Board::Board(Board&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      memory_(std::exchange(other.memory_, nullptr)),
      shape_(other.shape_) {}

Board::~Board() {
  if (memory_ != nullptr) ::munmap(memory_, size_of(shape_));
  if (descriptor_ >= 0) ::close(descriptor_);
}

BoardHeader& Board::header() const noexcept { return *reinterpret_cast<BoardHeader*>(memory_); }
ProcessPart& Board::process(std::size_t number) const noexcept {
  return *reinterpret_cast<ProcessPart*>(memory_ + process_at + number * aligned(sizeof(ProcessPart)));
}
Slot& Board::slot(std::size_t number) const noexcept {
  return *reinterpret_cast<Slot*>(memory_ + slots_at(shape_) + number * aligned(sizeof(Slot)));
}
LoggedWrite& Board::write(std::size_t slot, std::size_t number) const noexcept {
  return reinterpret_cast<LoggedWrite*>(memory_ + writes_at(shape_))[slot * shape_.writes + number];
}

std::int64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

void sleep_until_ns(std::int64_t monotonic) noexcept {
  const timespec until{.tv_sec = static_cast<time_t>(monotonic / 1'000'000'000),
                       .tv_nsec = static_cast<long>(monotonic % 1'000'000'000)};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace commonbook::sim::runner
