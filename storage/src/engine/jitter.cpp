#include "engine/jitter.hpp"

#include <algorithm>
#include <thread>

#include <unistd.h>

namespace commonbook::storage {

namespace {
constexpr std::uint64_t pause_us_min = 300;
constexpr std::uint64_t pause_us_span = 700;
}  // namespace

Jitter::Jitter() noexcept {
  const auto ticks = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  // Process and object differ between any two waiters, even where the clock does not.
  state_ = ticks ^ (static_cast<std::uint64_t>(::getpid()) << 32U) ^ reinterpret_cast<std::uintptr_t>(this);
  if (state_ == 0) state_ = 1;
}

std::chrono::microseconds Jitter::next() noexcept {
  state_ ^= state_ << 13U;
  state_ ^= state_ >> 7U;
  state_ ^= state_ << 17U;
  return std::chrono::microseconds{pause_us_min + state_ % (pause_us_span + 1)};
}

void Jitter::pause(const Clock& clock, Clock::SteadyPoint deadline) noexcept {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - clock.steady_now());
  const auto length = std::min(next(), left);
  if (length.count() > 0) std::this_thread::sleep_for(length);
}

}  // namespace commonbook::storage
