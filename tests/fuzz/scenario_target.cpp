// Bytes as a scenario file.
#include "fuzz_support.hpp"

#include "commonbook/sim/scenario.hpp"

using namespace commonbook;
using namespace commonbook::fuzz;

namespace {

void require_limits(const sim::Scenario& scenario) {
  require(scenario.processes >= 1 && scenario.processes <= 200, "1 to 200 processes");
  require(!scenario.designs.empty() && scenario.designs.size() <= 1000, "1 to 1,000 designs");
  require(scenario.faults.size() <= 1000 && scenario.expectations.size() <= 1000, "at most 1,000 tables of a kind");
  std::uint64_t threads = scenario.readers;
  std::uint64_t operations = 0;
  for (const sim::AgentSpec& agent : scenario.agents) {
    threads += agent.count;
    operations += agent.count * agent.operations;
    require(agent.rate >= 0 && agent.look_ups >= 0 && agent.stores >= 0 && agent.look_ups + agent.stores <= 1.0 + 1e-9,
            "shares are shares");
    for (const sim::Rule& rule : agent.rules)
      require(rule.probability >= 0 && rule.probability <= 1, "odds are between 0 and 1");
  }
  require(threads <= 1000, "at most 1,000 threads");
  require(operations <= 1'000'000'000, "at most 10^9 operations");
  require(scenario.deadline.count() >= 1 && scenario.seconds_max.count() >= 1, "times are positive");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  const auto scenario = sim::parse_scenario(text_of(bytes, count), "fuzz.toml");
  if (!scenario) {
    require_good_complaint(scenario.error(), "fuzz.toml");
    return 0;
  }
  require_limits(*scenario);
  return 0;
}
