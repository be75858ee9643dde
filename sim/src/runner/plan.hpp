// Who runs where: the agents and readers of a scenario dealt out to processes and threads, the same in the process that
// starts a run and in those that are started.
#pragma once
#include "commonbook/sim/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace commonbook::sim::runner {

struct PlannedThread {
  std::size_t process = 0;
  std::size_t thread = 0;      ///< in its process, from 0
  bool reader = false;         ///< reads until the run ends, instead of working through operations
  std::size_t specification = 0;  ///< index in the scenario's agents; of a reader: whose names it reads
  std::size_t part = 0;        ///< numbers the agents of one specification from 0
  std::size_t agent = 0;       ///< numbers the agents of the run from 0; of a reader: the readers
};

struct Plan {
  std::size_t processes = 1;
  std::vector<PlannedThread> threads;
  std::uint64_t operations_max = 0;  ///< of the busiest agent
  std::uint64_t operations_total = 0;
};

/// Deals agent k to process k mod `processes`, then the readers likewise.
[[nodiscard]] Plan make_plan(const std::vector<AgentSpec>& agents, std::size_t processes, std::size_t readers);

/// A generator's seed from the run's and whom it is for: neighbours share nothing.
[[nodiscard]] std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t whose) noexcept;

}  // namespace commonbook::sim::runner
