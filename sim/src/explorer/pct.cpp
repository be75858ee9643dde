#include "search.hpp"

#include <algorithm>

namespace commonbook::sim::explorer {

Pct::Pct(std::uint64_t seed, int depth, std::uint64_t runs)
    : random_(seed), depth_(depth > 0 ? static_cast<std::size_t>(depth) : 1), runs_left_(runs) {}

bool Pct::next() {
  if (runs_left_ == 0) return false;
  --runs_left_;
  length_ = std::max(length_, length_now_);
  length_now_ = 0;
  priorities_.clear();
  changes_.clear();
  changed_at_.reset();
  return true;
}

std::optional<std::size_t> Pct::choose(const Situation& situation) {
  const std::size_t count = situation.threads.size();
  if (priorities_.empty()) {
    // Not std::shuffle: what it draws differs between standard libraries, and a seed must mean one schedule.
    for (std::size_t index = 0; index < count; ++index) priorities_.push_back(depth_ + index);
    for (std::size_t index = count - 1; index > 0; --index) {
      std::swap(priorities_[index], priorities_[random_() % (index + 1)]);
    }
    // Nothing is known of the length in the first run, which therefore changes nothing.
    for (std::size_t at = 1; length_ > 0 && at < depth_; ++at) changes_.push_back(random_() % length_);
  }
  length_now_ = std::max(length_now_, situation.step + 1);
  const auto in_front = [&] {
    std::optional<std::size_t> best;
    for (std::size_t index = 0; index < count; ++index) {
      if (situation.threads[index].can_go && (!best || priorities_[index] > priorities_[*best])) best = index;
    }
    return best;
  };
  auto chosen = in_front();
  if (changed_at_ == situation.step) return chosen;  // asked again, since the one chosen before could not go on
  changed_at_ = situation.step;
  for (std::size_t at = 0; chosen && at < changes_.size(); ++at) {
    if (changes_[at] != situation.step) continue;
    priorities_[*chosen] = at;
    chosen = in_front();
  }
  return chosen;
}

std::optional<std::size_t> GivenChoices::choose(const Situation& situation) {
  if (!broken_.empty()) return std::nullopt;
  if (situation.step < choices_.size()) {
    const std::size_t chosen = choices_[situation.step];
    if (chosen < situation.threads.size() && situation.threads[chosen].can_go) return chosen;
    broken_ = "choice " + std::to_string(situation.step) + " of the schedule, thread " + std::to_string(chosen) +
              ", can't be made";
    return std::nullopt;
  }
  if (situation.last && situation.threads[*situation.last].can_go) return situation.last;
  for (std::size_t index = 0; index < situation.threads.size(); ++index) {
    if (situation.threads[index].can_go) return index;
  }
  return std::nullopt;
}

bool GivenChoices::next() {
  const bool is_first = !was_run_;
  was_run_ = true;
  return is_first;
}

}  // namespace commonbook::sim::explorer
