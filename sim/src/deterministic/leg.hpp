// The life of one runtime within a simulation.
#pragma once
#include "commonbook/actors/deterministic_runtime.hpp"
#include "simulation.hpp"

#include <caf/actor.hpp>

#include <memory>
#include <vector>

namespace commonbook::sim {

class Simulation::Leg final : public actors::ScheduleObserver {
 public:
  explicit Leg(Simulation& run) : run_(&run) {}
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;
  ~Leg() override;  ///< stops agents and runtime without a last compaction

  /// Everything before the first message of work: file, connections, actors, sessions.
  Result<void> open();
  /// Steps until the leg is over.
  Result<LegEnd> drive();
  /// Takes the figures, stops the agents and the runtime. @param compaction  of the runtime's clean close.
  Result<void> close(std::chrono::milliseconds compaction);

  void chose(const actors::ScheduleChoice& choice) override;
  void committed(std::uint64_t commit_seq, std::size_t observations) override;
  void jump_wall(std::chrono::milliseconds by) { runtime_->jump_wall(by); }

 private:
  Result<void> open_agents();
  void note_time();
  void stop_agents();
  [[nodiscard]] std::optional<LegEnd> end_of_leg();

  Simulation* run_;  // owns this leg
  std::unique_ptr<actors::DeterministicRuntime> runtime_;
  std::vector<caf::actor> actors_;
};

}  // namespace commonbook::sim
