// What the public functions do once the scenario is parsed, for tests that make theirs in code.
#pragma once
#include "commonbook/sim/deterministic.hpp"

#include <filesystem>

namespace commonbook::sim {

[[nodiscard]] Result<DeterministicResult> resume_scenario(const Scenario& scenario,
                                                          const std::filesystem::path& checkpoint,
                                                          const DeterministicOptions& options);
[[nodiscard]] Result<ReplayReport> replay_scenario(const Scenario& scenario, const std::filesystem::path& trace_file,
                                                   const DeterministicOptions& options);

}  // namespace commonbook::sim
