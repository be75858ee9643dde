#include "timeline.hpp"

#include "plan.hpp"

#include <algorithm>
#include <numeric>
#include <random>

namespace commonbook::sim::runner {

namespace {

using std::chrono::milliseconds;

milliseconds draw_time(const Fault& fault, std::mt19937_64& engine) {
  if (fault.at_random_until <= fault.at) return fault.at;
  const auto spread = static_cast<std::uint64_t>((fault.at_random_until - fault.at).count()) + 1;
  return fault.at + milliseconds{static_cast<std::int64_t>(engine() % spread)};
}

std::vector<std::size_t> shuffled_processes(std::size_t processes, std::mt19937_64& engine) {
  std::vector<std::size_t> all(processes);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[engine() % i]);
  return all;
}

/// Draws victims and times for one fault after the other.
class TimelineMaker {
 public:
  TimelineMaker(std::size_t processes, std::uint64_t seed)
      : engine_(derive_seed(seed, faults_apart)), alive_(shuffled_processes(processes, engine_)), processes_(processes) {}

  Result<void> add(const Fault& fault) {
    switch (fault.kind) {
      case FaultKind::kill: kill(fault); return {};
      case FaultKind::pause: pause(fault); return {};
      case FaultKind::hold_writer: hold(fault, Happening::hold_writer); return {};
      case FaultKind::hold_snapshot: hold(fault, Happening::hold_snapshot); return {};
      case FaultKind::slow_sync: switch_files(fault, Happening::slow_sync, Happening::normal_sync); return {};
      case FaultKind::disk_full: switch_files(fault, Happening::disk_full, Happening::disk_free); return {};
      case FaultKind::clock_jump:
      case FaultKind::agent_fails:
      case FaultKind::agent_hangs:
      case FaultKind::actor_dies: break;
    }
    return Error{.code = ErrorCode::invalid_argument,
                 .message = "clock_jump, agent_fails, agent_hangs and actor_dies need a deterministic run, whose clock "
                            "and actors the simulator owns",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }

  std::vector<Moment> in_order() && {
    std::ranges::stable_sort(moments_, {}, &Moment::at);
    return std::move(moments_);
  }

 private:
  static constexpr std::uint64_t faults_apart = 2'000'000;  // no agent's generator

  void kill(const Fault& fault) {
    for (std::size_t i = 0; i < fault.count && !alive_.empty(); ++i) {
      moments_.push_back({draw_time(fault, engine_), Happening::kill, alive_.back(), {}, {}});
      alive_.pop_back();
    }
  }

  void pause(const Fault& fault) {
    const auto all = shuffled_processes(processes_, engine_);
    for (std::size_t i = 0; i < std::min(fault.count, all.size()); ++i) {
      const milliseconds at = draw_time(fault, engine_);
      moments_.push_back({at, Happening::pause, all[i], {}, {}});
      moments_.push_back({at + fault.lasts, Happening::go_on, all[i], {}, {}});
    }
  }

  void hold(const Fault& fault, Happening what) {
    for (std::size_t i = 0; i < fault.count; ++i)
      moments_.push_back({draw_time(fault, engine_), what, 0, fault.lasts, {}});
  }

  void switch_files(const Fault& fault, Happening on, Happening off) {
    const milliseconds at = draw_time(fault, engine_);
    moments_.push_back({at, on, 0, {}, fault.delay});
    moments_.push_back({at + fault.lasts, off, 0, {}, {}});
  }

  std::mt19937_64 engine_;
  std::vector<std::size_t> alive_;
  std::size_t processes_;
  std::vector<Moment> moments_;
};

}  // namespace

Result<std::vector<Moment>> make_timeline(const std::vector<Fault>& faults, std::size_t processes,
                                          std::uint64_t seed) {
  TimelineMaker maker{processes, seed};
  for (const Fault& fault : faults)
    if (auto added = maker.add(fault); !added) return added.error();
  return std::move(maker).in_order();
}

bool has_file_faults(const std::vector<Fault>& faults) noexcept {
  return std::ranges::any_of(faults, [](const Fault& fault) {
    return fault.kind == FaultKind::slow_sync || fault.kind == FaultKind::disk_full;
  });
}

milliseconds longest(const std::vector<Fault>& faults) noexcept {
  milliseconds most{0};
  for (const Fault& fault : faults) most = std::max(most, fault.lasts + fault.delay);
  return most;
}

}  // namespace commonbook::sim::runner
