// A distribution of times in buckets that are 3 % wide: constant memory, constant work a value.
#pragma once
#include "commonbook/actors/metrics.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace commonbook::actors {

/// @thread  one.
class TimeHistogram {
 public:
  /// Negative times count as 0; what is over an hour lands in the last bucket.
  void add(std::chrono::microseconds time) noexcept;
  /// Quantiles are the upper bound of the bucket in which they lie, at most the largest value seen.
  [[nodiscard]] TimeFigures figures() const noexcept;

 private:
  // 32 buckets for each power of two: 1/32 is the width. Below 32 µs each microsecond has its own.
  static constexpr std::uint64_t steps = 32;
  static constexpr std::size_t buckets = 32 * 29;
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t us) noexcept;
  [[nodiscard]] static std::uint64_t upper_bound_of(std::size_t bucket) noexcept;
  [[nodiscard]] std::uint64_t quantile(std::uint64_t per_mille) const noexcept;
  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace commonbook::actors
