// One deterministic run: agents, faults and schedule over one memory file, in legs. A leg is the life of one runtime; a
// checkpoint ends it and the next one begins on the same file with a seed of its own. So a run that goes on from a
// checkpoint does exactly what the uninterrupted run does from there on.
#pragma once
#include "checkpoint.hpp"
#include "commonbook/actors/deterministic_runtime.hpp"
#include "commonbook/sim/deterministic.hpp"
#include "simulated_agent.hpp"
#include "tally.hpp"
#include "trace.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace commonbook::sim {

struct SimulationOptions {
  std::filesystem::path file;                       ///< of the memory; made when it is missing
  std::optional<std::filesystem::path> checkpoints;
  std::uint64_t stop_after_steps = 0;               ///< 0: never
  bool audit = true;                                ///< read the whole file at the end
  std::function<void(std::string_view what, double share)> progress;
  std::string file_layer{};                         ///< of storage::BookOptions
};

/// A fault of the scenario with its time drawn.
struct PlannedFault {
  const Fault* fault = nullptr;  ///< the scenario's
  std::chrono::milliseconds at{0};
  bool done = false;
};

class Simulation {
 public:
  /// @param scenario, trace  outlive the simulation.
  /// @errors  invalid_argument: the scenario can't be run this way; io: a source can't be read.
  static Result<std::unique_ptr<Simulation>> make(const Scenario& scenario, std::uint64_t seed,
                                                  const SimulationOptions& options, Trace& trace);
  ~Simulation();
  /// Takes over what a checkpoint kept; the file is the caller's to put in place.
  Result<void> recall(const CheckpointState& state);
  Result<DeterministicResult> run();

 private:
  class Leg;
  enum class LegEnd : std::uint8_t { checkpoint = 1, over, stopped };
  Simulation(const Scenario& scenario, std::uint64_t seed, const SimulationOptions& options, Trace& trace);
  Result<void> add_agents();
  Result<void> plan_faults();
  Result<LegEnd> run_leg();
  Result<void> save();
  void happen(std::size_t fault);
  actors::StoreDeath next_store_death();
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] bool has_limit() const noexcept { return scenario_->steps > 0 || scenario_->until.has_value(); }
  [[nodiscard]] Figures figures() const;

  const Scenario* scenario_;
  std::uint64_t seed_;
  SimulationOptions options_;
  Trace* trace_;
  DesignChoice design_;
  Tally tally_;
  RunState state_;
  std::vector<std::unique_ptr<SimulatedAgent>> agents_;
  std::vector<PlannedFault> faults_;
  actors::SeededRandom fault_random_;
  std::uint64_t deaths_pending_ = 0;
  std::chrono::milliseconds wall_jumps_{0};
  std::uint64_t legs_ = 0;
  std::uint64_t next_checkpoint_ = 0;
  std::uint64_t row_digest_ = 0;
  std::uint64_t messages_ = 0;
  Leg* leg_ = nullptr;  // the one that runs
  double opening_seconds_ = 0;
  double running_seconds_ = 0;
};

}  // namespace commonbook::sim
