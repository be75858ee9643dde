#include "runs.hpp"

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

TEST_CASE("a storage actor that dies before or after its commit loses nothing and keeps the order",
          "[deterministic]") {
  const QuietLog quiet;
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office(R"(
[[fault]]
kind = "actor-dies"
between = ["0 s", "8 s"]
[[fault]]
kind = "actor-dies"
between = ["5 s", "14 s"]
)"));
  std::uint64_t restarts = 0;
  std::uint64_t replayed = 0;
  for (const std::uint64_t seed : seeds_to_run(100)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    const auto result = run_or_fail(scenario, seed, in_folder(folder.path()));
    CHECK(result.figures.acknowledged == result.figures.asked);
    CHECK(result.figures.lost_acknowledged == 0);
    CHECK(failures(result.figures) == 0);
    CHECK(result.figures.verify == "ok");
    CHECK(result.figures.created_answers == result.figures.entities);
    const auto file = folder.path() / "run.db";
    CHECK(number_in(file, "SELECT count(*) FROM observation") ==
          static_cast<std::int64_t>(result.figures.acknowledged));  // each once
    CHECK(number_in(file, order_breaks) == 0);
    for (const std::string& note : result.figures.notes) {
      restarts += note.find("were restarted") != std::string::npos ? 1 : 0;
      replayed += note.find("replayed") != std::string::npos ? 1 : 0;
    }
  }
  CHECK(restarts > 0);
  CHECK(replayed > 0);  // some died after the commit
}

TEST_CASE("the order of commits is checked by a query that can fail", "[deterministic]") {
  const RunFolder folder;
  const Broken broken{"P7"};
  bool caught = false;
  Scenario scenario = scenario_of(small_office());
  scenario.agents.front().rules = {{Trigger::tick, Action::observe, 6, 1, std::chrono::milliseconds{0}}};
  for (const std::uint64_t seed : seeds_to_run(20)) {
    const auto result = sim::run_deterministic(scenario, seed, in_folder(folder.path()));
    caught = caught || !result || number_in(folder.path() / "run.db", order_breaks) > 0;
  }
  CHECK(caught);
}

TEST_CASE("an agent that throws costs its turn, not the run", "[deterministic]") {
  const RunFolder folder;
  const Scenario calm = scenario_of(small_office());
  const Scenario scenario = scenario_of(small_office(R"(
[[agent.rule]]
on = "tick"
do = "fail"
probability = 0.3
[[agent.rule]]
on = "receipt"
do = "fail"
probability = 0.1
[[fault]]
kind = "agent-fails"
at = "3 s"
count = 4
)"));
  for (const std::uint64_t seed : seeds_to_run(10)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    const auto result = run_or_fail(scenario, seed, in_folder(folder.path()));
    CHECK(result.steps == 64);
    CHECK(result.figures.acknowledged == result.figures.asked);
    CHECK(result.figures.verify == "ok");
    REQUIRE_FALSE(result.figures.notes.empty());
    CHECK(result.figures.notes.front().find("turns ended by an agent's exception") != std::string::npos);
    // The four turns that failed at once observed nothing; the others went on.
    CHECK(result.figures.asked >= 20);
  }
}

TEST_CASE("an agent that hangs costs its turns while it hangs, and sees its receipts after", "[deterministic]") {
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office(R"(
[[fault]]
kind = "agent-hangs"
at = "2500 ms"
lasts = "5 s"
count = 2
)"));
  for (const std::uint64_t seed : seeds_to_run(10)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    const auto result = run_or_fail(scenario, seed, in_folder(folder.path()));
    CHECK(result.steps == 64);
    CHECK(result.figures.acknowledged == result.figures.asked);
    CHECK(failures(result.figures) == 0);
    REQUIRE_FALSE(result.figures.notes.empty());
    CHECK(result.figures.notes.front() == "10 turns lost while an agent hung");
  }
}

TEST_CASE("a jump of the wall clock changes no order and loses nothing", "[deterministic]") {
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office(R"(
[[fault]]
kind = "clock-jump"
at = "3 s"
delay = "-1 h"
)"));
  const auto result = run_or_fail(scenario, 1, in_folder(folder.path()));
  CHECK(failures(result.figures) == 0);
  CHECK(result.figures.verify == "ok");
  CHECK(number_in(folder.path() / "run.db", order_breaks) == 0);
}

TEST_CASE("a rule that answers each receipt with an observation does not stop the clock", "[deterministic]") {
  const RunFolder folder;
  Scenario scenario = scenario_of(small_office());
  scenario.steps = 12;
  scenario.agents.front().rules.push_back({Trigger::receipt, Action::observe, 1, 1, std::chrono::milliseconds{0}});
  const auto result = run_or_fail(scenario, 1, in_folder(folder.path()));
  CHECK(result.steps == 12);
  CHECK(result.figures.acknowledged == result.figures.asked);
  CHECK(result.figures.asked > 100);
}

TEST_CASE("a fault that a deterministic run does not know is refused", "[deterministic]") {
  const RunFolder folder;
  Scenario scenario = scenario_of(small_office());
  scenario.faults.push_back({FaultKind::kill, {}, {}, {}, {}, 1});
  const auto result = run_deterministic(scenario, 1, in_folder(folder.path()));
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::invalid_argument);
}
