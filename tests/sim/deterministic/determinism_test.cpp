#include "runs.hpp"

#include <set>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

TEST_CASE("the same seed gives the same trace, rows and figures", "[deterministic]") {
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office());
  std::set<std::uint64_t> traces;
  for (const std::uint64_t seed : seeds_to_run(60)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    const auto once = run_or_fail(scenario, seed, in_folder(folder.path() / "once"));
    const auto again = run_or_fail(scenario, seed, in_folder(folder.path() / "again"));
    CHECK(once.figures.row_digest == again.figures.row_digest);
    CHECK(once.trace_hash == again.trace_hash);
    CHECK(once.messages == again.messages);
    CHECK(once.figures.asked == again.figures.asked);
    CHECK(once.figures.acknowledge_buckets == again.figures.acknowledge_buckets);
    CHECK(once.figures.verify == "ok");
    CHECK(failures(once.figures) == 0);
    CHECK(once.figures.acknowledged == once.figures.asked);
    CHECK(once.figures.created_answers == once.figures.entities);  // P4: each entity has one creator
    traces.insert(once.trace_hash);
  }
  CHECK(traces.size() == seeds_to_run(60).size());  // and another seed, another schedule
}

TEST_CASE("a run takes virtual time, and waits for none of it", "[deterministic]") {
  const RunFolder folder;
  Scenario scenario = scenario_of(small_office());
  scenario.agents.front().tick = std::chrono::hours{24};
  scenario.steps = 40;
  const auto result = run_or_fail(scenario, 1, in_folder(folder.path()));
  CHECK(result.steps == 40);
  CHECK(result.figures.seconds >= 9 * 24 * 3600);
  CHECK(result.running_seconds < 60);
}

TEST_CASE("rows carry the virtual time at which agents ask", "[deterministic]") {
  const RunFolder folder;
  Scenario scenario = scenario_of(small_office());
  scenario.start = Timestamp{0};
  scenario.until = Timestamp{10'000};
  scenario.steps = 0;
  const auto result = run_or_fail(scenario, 1, in_folder(folder.path()));
  CHECK(result.figures.seconds >= 10);
  CHECK(result.figures.seconds < 15);
  CHECK(result.figures.acknowledged > 0);
}

TEST_CASE("a scenario without steps ends when its agents have nothing left to do", "[deterministic]") {
  const RunFolder folder;
  Scenario scenario = scenario_of(small_office());
  scenario.steps = 0;
  scenario.agents.front().synthetic.observations = 5;
  const auto result = run_or_fail(scenario, 1, in_folder(folder.path()));
  CHECK(result.figures.acknowledged == 20);
}

TEST_CASE("the desk's calendar, mail and questions run deterministically", "[deterministic]") {
  const RunFolder folder;
  auto scenario = read_scenario(source_folder() / "configs" / "scenarios" / "desk.toml");
  INFO((scenario ? std::string{} : to_string(scenario.error())));
  REQUIRE(scenario);
  const auto once = run_or_fail(*scenario, 1, in_folder(folder.path() / "once"));
  const auto again = run_or_fail(*scenario, 1, in_folder(folder.path() / "again"));
  CHECK(once.figures.row_digest == again.figures.row_digest);
  CHECK(once.trace_hash == again.trace_hash);
  CHECK(once.figures.verify == "ok");
  CHECK(failures(once.figures) == 0);
  CHECK(once.figures.acknowledged >= 100);
  CHECK(once.figures.reads > 0);
}
