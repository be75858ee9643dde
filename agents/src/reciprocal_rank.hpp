// Reciprocal rank fusion: several rankings of the same things become one, whatever units their values have.
#pragma once
#include <cstddef>
#include <vector>

namespace commonbook::agents {

/// @source  G. Cormack, C. Clarke, S. Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
///          Learning Methods", SIGIR 2009.
class ReciprocalRank {
 public:
  /// @param count  of things that are ranked.
  /// @param k      the smaller, the more the first places count.
  ReciprocalRank(std::size_t count, double k) : scores_(count, 0.0), k_(k) {}

  /// Adds weight / (k + rank) to each thing, ranked by its value from 0 on. Equal values share the first's rank; a
  /// value of zero or less gets nothing. @param values one for each thing.
  void add(double weight, const std::vector<double>& values);

  [[nodiscard]] const std::vector<double>& scores() const noexcept { return scores_; }
  /// Places of the things, best first; equal scores keep their order.
  [[nodiscard]] std::vector<std::size_t> order() const;

 private:
  std::vector<double> scores_;
  double k_;
};

/// Places of `values`, the greatest first; equal ones keep their order. Thread: any.
[[nodiscard]] std::vector<std::size_t> descending(const std::vector<double>& values);

}  // namespace commonbook::agents
