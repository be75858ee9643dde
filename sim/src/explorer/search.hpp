// Which schedules are run, in which order: the strategies behind explore().
#pragma once
#include "virtual_threads.hpp"

#include <random>

namespace commonbook::sim::explorer {

/// A strategy. One schedule after another: choose() is asked during each, next() between two.
class Search : public Chooser {
 public:
  /// @returns  false when there is no further schedule.
  virtual bool next() = 0;
  /// Not empty: a schedule took another way than the one it repeats.
  [[nodiscard]] virtual const std::string& broken() const = 0;
};

/// Depth first over all schedules, or over those with at most so many preemptions: a change of thread although the last
/// one could have gone on.
class DepthFirst final : public Search {
 public:
  /// @param preemptions_max  nothing: no bound.
  /// @param sleep_sets       leave out schedules that only swap independent steps. Only without a bound: the schedule
  ///                         that is kept may need more preemptions than the one that is left out.
  /// @source  Godefroid, Partial-Order Methods for the Verification of Concurrent Systems (LNCS 1032), chapter 5.
  DepthFirst(std::optional<int> preemptions_max, bool sleep_sets);
  std::optional<std::size_t> choose(const Situation& situation) override;
  bool next() override;
  [[nodiscard]] const std::string& broken() const override { return broken_; }

 private:
  /// A place where somebody was chosen, and who is still to be tried there.
  struct Node {
    std::vector<std::size_t> candidates;  // the first is chosen
    std::vector<Touched> next;            // of each thread
    std::uint64_t asleep = 0;             // threads whose next step has been tried where it makes no difference
    std::optional<std::size_t> yielding;  // the last thread, where it could have gone on
    int preemptions = 0;                  // before this choice
  };
  [[nodiscard]] Node open_node(const Situation& situation) const;
  [[nodiscard]] std::uint64_t asleep_below(const Node& parent) const;

  std::optional<int> preemptions_max_;
  bool sleep_sets_;
  std::vector<Node> nodes_;
  std::size_t fixed_ = 0;  // nodes below are repeated as they were
  bool is_first_ = true;
  std::string broken_;
};

/// Random priorities, lowered at d-1 random steps: finds a bug that needs d ordered steps with probability at least
/// 1 / (n k^(d-1)) in each run, for n threads and k steps.
/// @source  Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of
///          Finding Bugs. ASPLOS 2010.
class Pct final : public Search {
 public:
  Pct(std::uint64_t seed, int depth, std::uint64_t runs);
  std::optional<std::size_t> choose(const Situation& situation) override;
  bool next() override;
  [[nodiscard]] const std::string& broken() const override { return broken_; }

 private:
  std::mt19937_64 random_;
  std::size_t depth_;
  std::uint64_t runs_left_;
  std::size_t length_ = 0;  // of the longest schedule so far
  std::size_t length_now_ = 0;
  std::vector<std::size_t> priorities_;  // of each thread; empty: to be drawn
  std::vector<std::size_t> changes_;     // steps at which the one in front falls back; the i-th to priority i
  std::optional<std::size_t> changed_at_;
  std::string broken_;
};

/// One schedule, given beforehand; after its end the last thread goes on while it can.
class GivenChoices final : public Search {
 public:
  explicit GivenChoices(std::span<const std::uint32_t> choices) : choices_(choices) {}
  std::optional<std::size_t> choose(const Situation& situation) override;
  bool next() override;
  [[nodiscard]] const std::string& broken() const override { return broken_; }

 private:
  std::span<const std::uint32_t> choices_;
  bool was_run_ = false;
  std::string broken_;
};

}  // namespace commonbook::sim::explorer
