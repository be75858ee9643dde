// Short pauses of unequal length for loops that try again: equal ones would let the waiters march in step.
#pragma once
#include "commonbook/model/clock.hpp"

#include <chrono>
#include <cstdint>

namespace commonbook::storage {

/// Pauses of 300 to 1,000 microseconds. Not replayed from a seed: it only decides how long a thread sleeps.
/// @thread  its owner's.
class Jitter {
 public:
  Jitter() noexcept;
  [[nodiscard]] std::chrono::microseconds next() noexcept;
  /// Sleeps for next(), or until `deadline` where that is nearer.
  void pause(const Clock& clock, Clock::SteadyPoint deadline) noexcept;

 private:
  std::uint64_t state_;
};

}  // namespace commonbook::storage
