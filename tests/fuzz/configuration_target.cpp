// Bytes as a configuration file.
#include "fuzz_support.hpp"

#include "config.hpp"

using namespace commonbook;
using namespace commonbook::fuzz;

namespace {

void require_limits(const apps::RunConfig& config) {
  const actors::RuntimeOptions& runtime = config.runtime;
  require(runtime.storage_actors >= 1 && runtime.storage_actors <= 64, "1 to 64 storage actors");
  require(runtime.reader_actors >= 1 && runtime.reader_actors <= 64, "1 to 64 readers");
  require(runtime.queue_observations >= 1 && runtime.queue_observations <= 1'000'000, "a bounded queue");
  require(runtime.window_triples >= 1 && runtime.window_triples <= 4096, "a bounded window");
  require(runtime.deadline.count() >= 1 && runtime.deadline.count() <= 3'600'000, "a deadline of at most an hour");
  require(runtime.similarity_threshold >= 0 && runtime.similarity_threshold <= 1, "a threshold between 0 and 1");
  require(!config.agents.empty(), "at least one agent");
  for (const apps::AgentConfig& agent : config.agents) {
    require(agent.name.size() <= 256, "an agent's name has at most 256 bytes");
    require(agent.outstanding_max >= 1 && agent.outstanding_max <= 4096, "1 to 4,096 open requests");
    require(agent.observations_per_second >= 0 && agent.observations_per_second <= 1e6, "a finite rate");
    require(agent.synthetic.observations >= 0, "a count is no negative number");
    require(agent.synthetic.triples_min <= agent.synthetic.triples_max, "a range has its ends in order");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  const auto config = apps::parse_config(text_of(bytes, count), "fuzz.toml");
  if (!config) {
    require_good_complaint(config.error(), "fuzz.toml");
    return 0;
  }
  require_limits(*config);
  return 0;
}
