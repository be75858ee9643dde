#include "kill_plan.hpp"

#include <cmath>
#include <iterator>

namespace commonbook::sim::crash {

namespace {

constexpr std::uint32_t misses_max = 8;  // then the step is left to chance

// Many small figures, a few large ones: 1 to `most`.
std::uint64_t log_uniform(actors::SeededRandom& random, double most) {
  const double share = static_cast<double>(random.below(1'000'001)) / 1e6;
  return static_cast<std::uint64_t>(std::exp(share * std::log(most)));
}

}  // namespace

const std::string* KillPlan::step_without_kill() const {
  for (const auto& [step, kills] : kills_) {
    const auto missed = misses_.find(step);
    if (kills == 0 && (missed == misses_.end() || missed->second < misses_max)) return &step;
  }
  return nullptr;
}

RoundPlan KillPlan::next(bool& new_file) {
  RoundPlan plan;
  plan.processes = processes_;
  plan.victim = static_cast<std::uint32_t>(random_.below(processes_));
  plan.kill_survivors = random_.chance(0.4);
  // The first round looks which steps there are: a kill at a late moment.
  if (kills_.empty()) {
    plan.receipts = 200 * processes_;
    return plan;
  }
  if (const std::string* step = step_without_kill()) {
    plan.step = *step;
    const auto missed = misses_.find(*step);
    // Making the file is done once; and where a step was missed, a new file may bring it.
    new_file = step->starts_with("schema.") || (missed != misses_.end() && missed->second % 2 == 1);
  } else if (random_.chance(0.5)) {
    const auto at = std::next(kills_.begin(), static_cast<std::ptrdiff_t>(random_.below(kills_.size())));
    plan.step = at->first;
    plan.arrival = at->second == 0 ? 1 : log_uniform(random_, 60);
    new_file = plan.step.starts_with("schema.");
    if (new_file) plan.arrival = 1 + random_.below(processes_);
  }
  if (plan.step.empty()) choose_moment(plan);
  plan.stop_first = random_.chance(processes_ > 1 ? 0.3 : 0.1);
  plan.pause_us = static_cast<std::int64_t>(log_uniform(random_, 40'000));
  plan.kill_all = processes_ > 1 && random_.chance(0.2);
  return plan;
}

// From the first microseconds of opening to some hundred receipts.
void KillPlan::choose_moment(RoundPlan& plan) {
  if (random_.chance(0.5)) plan.receipts = log_uniform(random_, 300);
  plan.delay_us = static_cast<std::int64_t>(log_uniform(random_, plan.receipts > 0 ? 5'000 : 60'000));
}

void KillPlan::learn(const CrashBoard& board, const RoundPlan& planned, bool killed) {
  for (const StepEntry& entry : board.steps)
    if (entry.state.load() == 2) kills_.try_emplace(entry.name.data(), 0);
  if (planned.step.empty()) return;
  if (killed) ++kills_[planned.step];
  else ++misses_[planned.step];
}

}  // namespace commonbook::sim::crash
