#include "deterministic_stores.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace commonbook::actors {

namespace {

using std::chrono::milliseconds;

/// A duty that found nothing to do asks for at least this pause.
constexpr milliseconds idle_from{25};

class WatchedStore final : public ObservationStore {
 public:
  WatchedStore(std::unique_ptr<ObservationStore> real, std::function<StoreDeath()> death,
               ScheduleObserver* const& observer)
      : real_(std::move(real)), death_(std::move(death)), observer_(&observer) {}

  std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint deadline) override {
    const StoreDeath death = death_ ? death_() : StoreDeath::none;
    if (death == StoreDeath::before_commit) throw std::runtime_error("a simulated death before the commit");
    auto results = real_->store(batch, deadline);
    report(results);
    if (death == StoreDeath::after_commit) throw std::runtime_error("a simulated death after the commit");
    return results;
  }
  [[nodiscard]] BatchFigures figures() const override { return real_->figures(); }
  [[nodiscard]] bool failed() const override { return real_->failed(); }
  [[nodiscard]] bool should_wait() const override { return real_->should_wait(); }

 private:
  void report(const std::vector<Result<Receipt>>& results) const {
    if (*observer_ == nullptr) return;
    std::uint64_t last = 0;
    std::size_t stored = 0;
    for (const auto& result : results) {
      if (!result || (*result).replayed) continue;
      last = std::max(last, (*result).commit_seq);
      ++stored;
    }
    if (stored > 0) (*observer_)->committed(last, stored);
  }

  std::unique_ptr<ObservationStore> real_;
  std::function<StoreDeath()> death_;
  ScheduleObserver* const* observer_;  // the runtime's
};

class PacedTask final : public MaintenanceTask {
 public:
  PacedTask(std::unique_ptr<MaintenanceTask> real, milliseconds idle_pause)
      : real_(std::move(real)), idle_pause_(idle_pause) {}
  Result<milliseconds> step(Clock::SteadyPoint deadline) override {
    auto pause = real_->step(deadline);
    if (pause && *pause >= idle_from) *pause = std::max(*pause, idle_pause_);
    return pause;
  }
  void finish(Clock::SteadyPoint deadline) override { real_->finish(deadline); }

 private:
  std::unique_ptr<MaintenanceTask> real_;
  milliseconds idle_pause_;
};

}  // namespace

StoreFactories deterministic_factories(StoreFactories real, const DeterministicRuntimeOptions& options,
                                       ScheduleObserver* const& observer) {
  StoreFactories made;
  made.reader = std::move(real.reader);
  made.writer = [open = std::move(real.writer), death = options.store_death,
                 &observer](Clock::SteadyPoint deadline) -> Result<std::unique_ptr<ObservationStore>> {
    auto store = open(deadline);
    if (!store) return store;
    return std::unique_ptr<ObservationStore>{std::make_unique<WatchedStore>(std::move(*store), death, observer)};
  };
  made.finishes_last = real.finishes_last;
  for (auto& each : real.maintenance)
    made.maintenance.push_back([open = std::move(each), pause = options.idle_pause](
                                   Clock::SteadyPoint deadline) -> Result<std::unique_ptr<MaintenanceTask>> {
      auto task = open(deadline);
      if (!task) return task;
      return std::unique_ptr<MaintenanceTask>{std::make_unique<PacedTask>(std::move(*task), pause)};
    });
  return made;
}

}  // namespace commonbook::actors
