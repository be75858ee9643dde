// Agents of the benchmarks: actors that send prepared observations to the intake and keep a window of triples under way.
#pragma once
#include "commonbook/actors/messages.hpp"
#include "commonbook/model/observation.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace commonbook::bench {

struct AgentPlan {
  std::vector<Observation> observations;  ///< in order; built before the clock starts
};

struct AgentsReport {
  std::vector<double> latencies_ms;  ///< one an acknowledged observation, from sending it to its receipt
  std::size_t failed = 0;
  std::string first_error;
};

/// Opens a session for each plan and runs one agent a plan until each has all its answers. Thread: not an actor's; blocks.
/// @param window_triples  outstanding triples of each agent, as the intake admits them.
/// @param message_max  observations of a message at most.
/// @throws std::runtime_error where no session can be opened.
[[nodiscard]] AgentsReport run_agents(caf::actor_system& system, const actors::IntakeActor& intake,
                                      std::vector<AgentPlan> plans, std::size_t window_triples,
                                      std::size_t message_max = 1);

}  // namespace commonbook::bench
