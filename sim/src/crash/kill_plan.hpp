// Which kill comes next: every named step that was reached first, then moments and steps by chance.
#pragma once
#include "kill_round.hpp"

#include "commonbook/actors/seeded_random.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace commonbook::sim::crash {

class KillPlan {
 public:
  KillPlan(std::uint64_t seed, std::uint32_t processes) : random_(seed), processes_(processes) {}

  /// The next round, without its place in a file's life. @param new_file  set where the step is on the way to a new one.
  RoundPlan next(bool& new_file);
  /// What a round came to: new steps are there to be tried. @param planned  the round's plan. @param killed  as planned.
  void learn(const CrashBoard& board, const RoundPlan& planned, bool killed);

  /// Kills at each step that was reached.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& steps() const noexcept { return kills_; }

 private:
  [[nodiscard]] const std::string* step_without_kill() const;
  void choose_moment(RoundPlan& plan);

  actors::SeededRandom random_;
  const std::uint32_t processes_;
  std::map<std::string, std::uint64_t> kills_;
  std::map<std::string, std::uint32_t> misses_;  ///< of steps without a kill
};

}  // namespace commonbook::sim::crash
