// P4 and P6 under load: eight agents, a thousand names in random spellings, four storage actors.
#include "import_support.hpp"

#include <atomic>
#include <thread>

using namespace commonbook;
using namespace commonbook::testing;

TEST_CASE("eight agents with a thousand names leave a thousand entities, and every count adds up", "[P4][P6]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const std::uint64_t seed = seeds_to_run(1).front();
  INFO("replay: COMMONBOOK_SEED=" << seed);
  std::uint64_t samples = 0;
  std::uint64_t unbalanced = 0;
  {
    auto runtime = start_runtime(path, 4);
    std::vector<agents::ImportAgent> running;
    for (std::uint64_t at = 0; at < 8; ++at) {
      agents::SyntheticOptions synthetic;
      synthetic.seed = seed * 100 + at;
      synthetic.observations = 6'250;
      synthetic.triples_max = 6;
      synthetic.names = 1'000;
      synthetic.variants = 0.5;
      agents::ImportOptions options;
      options.agent = "agent-" + std::to_string(at);
      options.ack_class = AckClass::applied;
      auto agent = agents::ImportAgent::start(*runtime, options, agents::open_synthetic(synthetic));
      REQUIRE(agent);
      running.push_back(std::move(*agent));
    }
    const auto sample = [&] {
      const auto metrics = runtime->metrics();
      REQUIRE(metrics);
      ++samples;
      if (!metrics->intake.balanced()) ++unbalanced;
    };
    for (auto& agent : running)
      while (!agent.wait_for(std::chrono::milliseconds{1})) sample();
    while (samples < 1'000) sample();
    for (auto& agent : running) {
      const auto report = agent.wait();
      CHECK(report.acknowledged == 6'250);
      CHECK(report.errors == std::vector<agents::ImportError>{});
    }
    const auto metrics = runtime->metrics();
    REQUIRE(metrics);
    CHECK(metrics->intake.acknowledged == 50'000);
    CHECK(metrics->intake.in_flight == 0);
    CHECK(metrics->intake.created == 1'000);
    CHECK(runtime->shutdown().clean);
  }
  CHECK(samples >= 1'000);
  CHECK(unbalanced == 0);
  const FileState state = read_state(path);
  CHECK(state.stats.entities == 1'000);
  CHECK(state.stats.observations == 50'000);
  require_verified(path);
}
