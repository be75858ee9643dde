#include "search.hpp"

#include <algorithm>

namespace commonbook::sim::explorer {
namespace {

std::uint64_t bit(std::size_t thread) { return std::uint64_t{1} << thread; }

}  // namespace

DepthFirst::DepthFirst(std::optional<int> preemptions_max, bool sleep_sets)
    : preemptions_max_(preemptions_max), sleep_sets_(sleep_sets && !preemptions_max) {}

std::optional<std::size_t> DepthFirst::choose(const Situation& situation) {
  if (!broken_.empty()) return std::nullopt;
  if (situation.step < nodes_.size()) {
    Node& node = nodes_[situation.step];
    if (!situation.threads[node.candidates.front()].can_go) {
      if (situation.step < fixed_) {
        broken_ = "a thread could not make step " + std::to_string(situation.step) + " again";
        return std::nullopt;
      }
      node.candidates.erase(node.candidates.begin());  // it looked in vain
      if (node.candidates.empty()) return std::nullopt;
    }
    const std::size_t chosen = node.candidates.front();
    if (node.next[chosen].reads != situation.threads[chosen].next.reads ||
        node.next[chosen].writes != situation.threads[chosen].next.writes) {
      broken_ = "step " + std::to_string(situation.step) + " is another one now, at " +
                std::string{situation.threads[chosen].at};
      return std::nullopt;
    }
    return chosen;
  }
  Node node = open_node(situation);
  if (node.candidates.empty()) return std::nullopt;  // whoever can go sleeps
  nodes_.push_back(std::move(node));
  return nodes_.back().candidates.front();
}

// Those that may have to wait come first: whether they can go on shows only when they are chosen, and to find that out
// here costs nothing, while later it would cost a schedule. Then the last one.
DepthFirst::Node DepthFirst::open_node(const Situation& situation) const {
  Node node;
  if (!nodes_.empty()) {
    const Node& parent = nodes_.back();
    const bool preempts = parent.yielding && *parent.yielding != parent.candidates.front();
    node.preemptions = parent.preemptions + (preempts ? 1 : 0);
    node.asleep = asleep_below(parent);
  }
  for (const ThreadView& thread : situation.threads) node.next.push_back(thread.next);
  if (situation.last && situation.threads[*situation.last].can_go) node.yielding = situation.last;
  if (node.yielding && preemptions_max_ && node.preemptions >= *preemptions_max_) {
    node.candidates = {*node.yielding};
    return node;
  }
  const auto add = [&](std::size_t index, bool fits) {
    const ThreadView& thread = situation.threads[index];
    if (fits && thread.can_go && (node.asleep & bit(index)) == 0) node.candidates.push_back(index);
  };
  const std::size_t count = situation.threads.size();
  const auto may_wait = [&](std::size_t index) {
    return situation.threads[index].is_waiting || situation.threads[index].next.tries;
  };
  for (std::size_t index = 0; index < count; ++index) add(index, may_wait(index));
  if (node.yielding) add(*node.yielding, !may_wait(*node.yielding));
  for (std::size_t index = 0; index < count; ++index) add(index, !may_wait(index) && node.yielding != index);
  return node;
}

// A thread sleeps on for as long as only steps are made that are independent of its own.
std::uint64_t DepthFirst::asleep_below(const Node& parent) const {
  if (!sleep_sets_) return 0;
  const Touched& made = parent.next[parent.candidates.front()];
  std::uint64_t asleep = 0;
  for (std::size_t index = 0; index < parent.next.size(); ++index) {
    if ((parent.asleep & bit(index)) != 0 && are_independent(parent.next[index], made)) asleep |= bit(index);
  }
  return asleep;
}

bool DepthFirst::next() {
  if (is_first_) {
    is_first_ = false;
    return true;
  }
  while (!nodes_.empty()) {
    Node& node = nodes_.back();
    if (!node.candidates.empty()) {
      node.asleep |= bit(node.candidates.front());
      node.candidates.erase(node.candidates.begin());
    }
    if (!node.candidates.empty()) {
      fixed_ = nodes_.size() - 1;
      return true;
    }
    nodes_.pop_back();
  }
  return false;
}

}  // namespace commonbook::sim::explorer
