#include "time_histogram.hpp"

#include <algorithm>
#include <bit>

namespace commonbook::actors {

std::size_t TimeHistogram::bucket_of(std::uint64_t us) noexcept {
  if (us < steps) return us;
  const auto power = static_cast<std::uint64_t>(std::bit_width(us)) - 6;  // us >> power lies in [32, 64)
  return std::min<std::uint64_t>((power + 1) * steps + (us >> power) - steps, buckets - 1);
}

std::uint64_t TimeHistogram::upper_bound_of(std::size_t bucket) noexcept {
  if (bucket < steps) return bucket;
  const std::uint64_t power = bucket / steps - 1;
  return ((bucket % steps + steps + 1) << power) - 1;
}

void TimeHistogram::add(std::chrono::microseconds time) noexcept {
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  ++counts_[bucket_of(us)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

std::uint64_t TimeHistogram::quantile(std::uint64_t per_mille) const noexcept {
  if (count_ == 0) return 0;
  const std::uint64_t rank = (count_ * per_mille + 999) / 1000;
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return std::min(upper_bound_of(bucket), max_us_);
  }
  return max_us_;
}

TimeFigures TimeHistogram::figures() const noexcept { return {count_, quantile(500), quantile(990), max_us_}; }

}  // namespace commonbook::actors
