// Time behind an interface, so that tests and simulations run on a virtual clock.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>

namespace commonbook {

/// A point in wall time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Timestamp {
  std::int64_t unix_ms = 0;
  auto operator<=>(const Timestamp&) const = default;
};

/// A half-open span of wall time, [from, to).
struct TimeWindow {
  Timestamp from;
  Timestamp to;
  bool operator==(const TimeWindow&) const = default;
};

/// Steady time decides deadlines; wall time is only ever stored or shown, never used for order.
class Clock {
 public:
  using SteadyPoint = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  [[nodiscard]] virtual SteadyPoint steady_now() const = 0;  ///< Thread: any.
  [[nodiscard]] virtual Timestamp wall_now() const = 0;      ///< Thread: any.
};

/// The machine's own clock. Stateless: one instance serves all threads.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] SteadyPoint steady_now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] Timestamp wall_now() const override {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
};

}  // namespace commonbook
