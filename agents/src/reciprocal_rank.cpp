#include "reciprocal_rank.hpp"

#include <algorithm>
#include <numeric>

namespace commonbook::agents {

std::vector<std::size_t> descending(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return values[left] > values[right]; });
  return order;
}

void ReciprocalRank::add(double weight, const std::vector<double>& values) {
  const std::vector<std::size_t> order = descending(values);
  std::size_t rank = 0;
  for (std::size_t i = 0; i < order.size() && values[order[i]] > 0; ++i) {
    if (i > 0 && values[order[i]] < values[order[i - 1]]) rank = i;
    scores_[order[i]] += weight / (k_ + static_cast<double>(rank));
  }
}

std::vector<std::size_t> ReciprocalRank::order() const { return descending(scores_); }

}  // namespace commonbook::agents
