// The actor through which a simulated agent speaks to the runtime, and the one that brings the faults when their time
// has come. Both live as long as one runtime; the agent lives longer.
#pragma once
#include "commonbook/actors/messages.hpp"
#include "simulated_agent.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace commonbook::sim {

/// Ends at `stop`. @param agent  outlives the actor.
[[nodiscard]] caf::actor spawn_agent(caf::actor_system& system, const actors::IntakeActor& intake,
                                     const actors::SessionOpened& session, SimulatedAgent& agent);

/// Calls `happen(index)` after each delay. Ends at `stop`.
[[nodiscard]] caf::actor spawn_timeline(caf::actor_system& system,
                                        std::vector<std::pair<std::size_t, std::chrono::milliseconds>> due,
                                        std::function<void(std::size_t index)> happen);

}  // namespace commonbook::sim
