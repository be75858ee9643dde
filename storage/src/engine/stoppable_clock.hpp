// A clock whose time can be made to run out: every wait for a lock ends at its deadline, so a shutdown that must not wait
// moves all deadlines into the past instead of knowing each place that waits.
#pragma once
#include "commonbook/model/clock.hpp"

#include <atomic>

namespace commonbook::storage {

class StoppableClock final : public Clock {
 public:
  /// @param base  outlives this one.
  explicit StoppableClock(const Clock& base) noexcept : base_(base) {}
  [[nodiscard]] SteadyPoint steady_now() const override {
    // Later than any deadline, and far enough from the end of time that one may still add to it.
    return stopped_.load(std::memory_order_relaxed) ? base_.steady_now() + std::chrono::hours{24 * 365}
                                                    : base_.steady_now();
  }
  [[nodiscard]] Timestamp wall_now() const override { return base_.wall_now(); }
  /// Thread: any.
  void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

 private:
  const Clock& base_;
  std::atomic<bool> stopped_{false};
};

}  // namespace commonbook::storage
