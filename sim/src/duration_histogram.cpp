#include "commonbook/sim/figures.hpp"

#include <algorithm>
#include <bit>

namespace commonbook::sim {

namespace {

constexpr std::uint32_t parts_bits = 5;  // each power of two is cut in 32
constexpr std::uint64_t parts = 1u << parts_bits;

std::uint64_t upper_bound_of(std::uint32_t bucket) noexcept {
  if (bucket < parts) return bucket;
  const std::uint32_t power = bucket / static_cast<std::uint32_t>(parts) - 1 + parts_bits;
  const std::uint64_t part = bucket % parts;
  return ((parts + part + 1) << (power - parts_bits)) - 1;
}

static_assert(DurationHistogram::bucket_count == (64 - parts_bits + 1) * parts);

}  // namespace

std::uint32_t DurationHistogram::bucket_of(std::uint64_t microseconds) noexcept {
  if (microseconds < parts) return static_cast<std::uint32_t>(microseconds);
  const auto power = static_cast<std::uint32_t>(std::bit_width(microseconds)) - 1;
  const auto part = static_cast<std::uint32_t>((microseconds >> (power - parts_bits)) & (parts - 1));
  return (power - parts_bits + 1) * static_cast<std::uint32_t>(parts) + part;
}

void DurationHistogram::add(std::uint64_t microseconds) noexcept {
  ++counts_[bucket_of(microseconds)];
  max_us_ = std::max(max_us_, microseconds);
}

void DurationHistogram::merge(const DurationHistogram& other) noexcept {
  for (const auto& [bucket, count] : other.counts_) counts_[bucket] += count;
  max_us_ = std::max(max_us_, other.max_us_);
}

void DurationHistogram::restore(const std::map<std::uint32_t, std::uint64_t>& raw, std::uint64_t max_us) {
  counts_ = raw;
  max_us_ = max_us;
}

DurationFigures DurationHistogram::figures() const noexcept {
  DurationFigures figures;
  for (const auto& entry : counts_) figures.count += entry.second;
  if (figures.count == 0) return figures;
  // The smallest value that at least so many of a thousand do not exceed.
  const auto quantile = [&](std::uint64_t per_mille) {
    const std::uint64_t rank = (figures.count * per_mille + 999) / 1000;
    std::uint64_t seen = 0;
    for (const auto& [bucket, count] : counts_)
      if ((seen += count) >= rank) return std::min(upper_bound_of(bucket), max_us_);
    return max_us_;
  };
  figures.p50_us = quantile(500);
  figures.p99_us = quantile(990);
  figures.max_us = max_us_;
  return figures;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> DurationHistogram::buckets() const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  for (const auto& [bucket, count] : counts_) all.emplace_back(upper_bound_of(bucket), count);
  return all;
}

}  // namespace commonbook::sim
