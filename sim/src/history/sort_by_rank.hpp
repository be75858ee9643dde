// Sorting by a whole number in linear time: histories are long, and their times and commits are whole numbers.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace commonbook::sim {

/// Sorts stably, ascending by `rank(value)`, a std::uint64_t. Least significant digits first, 16 bits a round, as many
/// rounds as the span of the ranks needs; few values are sorted by comparison, which is then the cheaper constant.
template <class T, class Rank>
void sort_by_rank(std::vector<T>& values, Rank rank) {
  const auto less = [&](const T& left, const T& right) { return rank(left) < rank(right); };
  if (std::is_sorted(values.begin(), values.end(), less)) return;
  constexpr std::size_t few = 4096;
  if (values.size() <= few) {
    std::stable_sort(values.begin(), values.end(), less);
    return;
  }
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end(), less);
  const std::uint64_t start = rank(*least);
  const std::uint64_t span = rank(*greatest) - start;
  constexpr unsigned digit_bits = 16;
  constexpr std::uint64_t digit_mask = (1u << digit_bits) - 1;
  std::vector<T> sorted(values.size());
  for (unsigned shift = 0; shift < 64 && (span >> shift) != 0; shift += digit_bits) {
    std::vector<std::size_t> places(digit_mask + 2);
    const auto digit = [&](const T& value) { return ((rank(value) - start) >> shift) & digit_mask; };
    for (const T& value : values) ++places[digit(value) + 1];
    for (std::size_t at = 1; at < places.size(); ++at) places[at] += places[at - 1];
    for (const T& value : values) sorted[places[digit(value)]++] = value;
    values.swap(sorted);
  }
}

}  // namespace commonbook::sim
