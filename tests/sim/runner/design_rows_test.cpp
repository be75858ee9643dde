// Small rows of the real designs: that the naive ones fail as they are known to, and that ours does not.
#include "row_support.hpp"

#include <cstdlib>

using namespace commonbook;
using namespace commonbook::testing;
using namespace commonbook::sim;
using namespace std::chrono_literals;

namespace {

/// Seeds of the longer runs: a few here, more where a nightly asks for them.
std::vector<std::uint64_t> row_seeds(std::uint64_t count) {
  const char* nightly = std::getenv("COMMONBOOK_ROW_SEEDS");
  return seeds_to_run(nightly != nullptr ? std::strtoull(nightly, nullptr, 10) : count);
}

Scenario one_entity(std::size_t threads, std::size_t processes) {
  Scenario scenario = small_scenario(threads, 20);
  scenario.agents.front().one_entity = true;
  scenario.agents.front().stores = 0;
  scenario.processes = processes;
  return scenario;
}

}  // namespace

TEST_CASE("64 threads, and 16 processes of 4, ask for one entity at one moment, and one is told that it made it") {
  for (const std::uint64_t seed : row_seeds(2)) {
    for (const std::string mode : {"threads", "processes"}) {
      const Figures figures = run(one_entity(64, 16), *preset("commonbook"), mode, seed);
      INFO(describe(figures));
      CHECK(figures.entities == 1);
      CHECK(figures.created_answers == 1);
      CHECK(figures.history == "linearizable");
      CHECK(figures.acknowledged == figures.asked);
      CHECK(failures(figures) == 0);
      CHECK(figures.foreign_look_ups * 10 >= (mode == "processes" ? figures.history_operations * 2 : 0));
    }
  }
}

TEST_CASE("our runtime shows no failure, in threads and in processes") {
  for (const std::string mode : {"threads", "processes"}) {
    Scenario scenario = small_scenario(8, 60);
    scenario.readers = 2;
    const Figures figures = run(scenario, *preset("commonbook"), mode);
    INFO(describe(figures));
    CHECK(failures(figures) == 0);
    CHECK(figures.acknowledged == figures.asked);
    CHECK(figures.history == "linearizable");
    CHECK(figures.verify == "ok");
    CHECK(figures.row_digest != 0);
    CHECK(figures.foreign_look_ups >= (mode == "processes" ? 8u * 18u : 0u));
  }
}

TEST_CASE("without a busy timeout and a log, the database is locked for writers and for readers") {
  Scenario scenario = small_scenario(6, 80);
  scenario.readers = 2;
  const Figures figures = run(scenario, *preset("default"), "threads");
  INFO(describe(figures));
  CHECK(figures.locked_writes > 0);
  CHECK(figures.locked_reads > 0);
  CHECK(figures.unreadable.count > 0);
}

TEST_CASE("without its fallback, the article's design hands constraint failures to agents of several processes") {
  Scenario scenario = small_scenario(8, 150);
  scenario.agents.front().stores = 0;
  scenario.agents.front().synthetic.names = 400;
  scenario.agents.front().synthetic.skew = 0;
  scenario.history = false;
  std::uint64_t constraint_failures = 0;
  for (std::uint64_t seed = 1; seed <= 5 && constraint_failures == 0; ++seed)
    constraint_failures = run(scenario, *preset("article-without-fallback"), "processes", seed).constraint_failures;
  CHECK(constraint_failures > 0);
}

TEST_CASE("processes in namespaces of their own share one file, and the killed ones lose nothing") {
  for (const std::uint64_t seed : row_seeds(1)) {
    Scenario scenario = small_scenario(10, 60);
    scenario.processes = 10;
    scenario.namespaces = true;
    scenario.agents.front().rate = 100;
    scenario.faults = {Fault{.kind = FaultKind::kill, .at = 50ms, .at_random_until = 400ms, .count = 2}};
    const Figures figures = run(scenario, *preset("commonbook"), "processes", seed);
    INFO(describe(figures));
    CHECK(std::ranges::count(figures.notes, "2 of 10 processes were killed at work") == 1);
    CHECK(failures(figures) == 0);
    CHECK(figures.acknowledged + figures.unanswered == figures.asked);
    CHECK(figures.history == "linearizable");
    CHECK(figures.verify == "ok");
  }
}
