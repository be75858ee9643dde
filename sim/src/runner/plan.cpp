#include "plan.hpp"

#include <algorithm>

namespace commonbook::sim::runner {

Plan make_plan(const std::vector<AgentSpec>& agents, std::size_t processes, std::size_t readers) {
  Plan plan;
  plan.processes = std::max<std::size_t>(processes, 1);
  std::vector<std::size_t> threads_of(plan.processes, 0);
  const auto deal = [&](std::size_t number, std::size_t specification, std::size_t part, bool reader) {
    const std::size_t process = number % plan.processes;
    plan.threads.push_back({process, threads_of[process]++, reader, specification, part, number});
  };
  std::size_t agent = 0;
  for (std::size_t specification = 0; specification < agents.size(); ++specification) {
    const AgentSpec& spec = agents[specification];
    for (std::size_t i = 0; i < spec.count; ++i) deal(agent++, specification, i, false);
    plan.operations_max = std::max(plan.operations_max, spec.operations);
    plan.operations_total += spec.operations * spec.count;
  }
  for (std::size_t reader = 0; reader < readers && !agents.empty(); ++reader)
    deal(reader, reader % agents.size(), reader, true);
  return plan;
}

std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t whose) noexcept {
  // The finaliser of a well-known 64-bit generator: each bit of the input moves half of the output's.
  std::uint64_t mixed = seed * 0x9E3779B97F4A7C15U + (whose + 1) * 0xD1B54A32D192ED03U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

}  // namespace commonbook::sim::runner
