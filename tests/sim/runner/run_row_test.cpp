// What the runner counts, on designs of this test that do one thing wrong each.
#include "row_support.hpp"

using namespace commonbook;
using namespace commonbook::testing;
using namespace commonbook::sim;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t operations = 40;

Scenario four_agents() {
  Scenario scenario = small_scenario(4, operations);
  scenario.processes = 4;
  scenario.readers = 2;
  scenario.deadline = 300ms;
  return scenario;
}

std::uint64_t writes_of(const Scenario& scenario) {  // 30 % of the operations are look-ups
  const AgentSpec& agent = scenario.agents.front();
  return agent.count * (agent.operations - (agent.operations * 3 + 9) / 10);
}

}  // namespace

TEST_CASE("a design that does all right shows no failure, in threads and in processes") {
  for (const std::string mode : {"threads", "processes"}) {
    const Scenario scenario = four_agents();
    const Figures figures = run(scenario, *preset("honest"), mode);
    INFO(describe(figures));
    CHECK(failures(figures) == 0);
    CHECK(figures.asked == writes_of(scenario));
    CHECK(figures.acknowledged == figures.asked);
    CHECK(figures.unanswered == 0);
    CHECK(figures.reads > operations * 4 - writes_of(scenario));  // look-ups, and what the readers read
    CHECK(figures.history == "linearizable");
    CHECK(figures.created_answers >= 1);
    CHECK(figures.fallbacks == 3 * (mode == "threads" ? 1u : 4u));
    CHECK(figures.threads == 6);
    CHECK(figures.processes == (mode == "threads" ? 1u : 4u));
    CHECK(figures.acknowledge.count == figures.acknowledged);
    CHECK(figures.unreadable.count == 0);
    CHECK(figures.operations_per_second > 0);
  }
}

TEST_CASE("three of ten operations are look-ups by a process that never created the key") {
  Scenario scenario = four_agents();
  scenario.readers = 0;
  const Figures figures = run(scenario, *preset("honest"), "processes");
  INFO(describe(figures));
  CHECK(figures.history_operations == 4 * operations);
  CHECK(figures.foreign_look_ups * 10 >= figures.history_operations * 3);
}

TEST_CASE("a thread that never comes back is a deadlock, and the run goes on to its figures") {
  const Figures figures = run(four_agents(), *preset("hangs"), "processes");
  INFO(describe(figures));
  CHECK(figures.deadlocks == 1);
  CHECK(figures.crashes == 0);
  CHECK(figures.unanswered + figures.acknowledged == figures.asked);
  CHECK(figures.acknowledged > writes_of(four_agents()) / 2);  // the other three did their work
  CHECK(figures.history == "linearizable");
}

TEST_CASE("a process that crashes is counted, and the others finish") {
  const Figures figures = run(four_agents(), *preset("aborts"), "processes");
  INFO(describe(figures));
  CHECK(figures.crashes == 1);
  CHECK(figures.deadlocks == 0);
  CHECK(figures.acknowledged >= writes_of(four_agents()) / 4 * 3);
  CHECK(figures.failed == 0);
}

TEST_CASE("what is acknowledged and not in the file is lost, and a part of an observation is half-written") {
  Scenario scenario = four_agents();
  scenario.agents.front().synthetic.triples_min = 3;
  scenario.agents.front().look_ups = 0;
  scenario.agents.front().stores = 1;
  const Figures lost = run(scenario, *preset("loses"), "threads");
  CHECK(lost.lost_acknowledged == 4 * operations);
  CHECK(lost.half_written == 0);
  CHECK(lost.history_violations > 0);
  const Figures halved = run(scenario, *preset("halves"), "threads");
  CHECK(halved.lost_acknowledged == 0);
  CHECK(halved.half_written >= 4 * operations - 8);  // but for items of which one line is left
  CHECK(halved.history_violations > 0);
}

TEST_CASE("errors are counted by what they are, and a reader measures how long it could not read") {
  const Figures figures = run(four_agents(), *preset("refuses"), "threads");
  INFO(describe(figures));
  CHECK(figures.failed > 0);
  CHECK(figures.failed + figures.acknowledged == figures.asked);
  CHECK(figures.reads_failed > 0);
  CHECK(figures.locked_writes > 0);
  CHECK(figures.locked_reads > 0);
  CHECK(figures.constraint_failures > 0);
  CHECK(figures.failed_by_code.at(5) == figures.locked_writes + figures.locked_reads);
  CHECK(figures.failed_by_code.at(2067) == figures.constraint_failures);
  CHECK(figures.unreadable.count > 0);
  CHECK(figures.unreadable.p99_us >= 200);  // it pauses that long before it tries again
}

TEST_CASE("a file that can't be opened at once is opened later, and that is told") {
  const Figures figures = run(four_agents(), *preset("opens late"), "threads");
  INFO(describe(figures));
  CHECK(figures.locked_writes == 2);
  CHECK(figures.failed == 2);
  CHECK(figures.acknowledged == writes_of(four_agents()));
  CHECK(figures.notes.front() == "2 of the failures came while the file was opened");
}

TEST_CASE("killed processes leave open operations, no crash and no failure; stopped ones go on") {
  Scenario scenario = four_agents();
  scenario.agents.front().rate = 200;  // so that a kill comes in the middle
  scenario.faults = {Fault{.kind = FaultKind::kill, .at = 50ms, .at_random_until = 120ms, .count = 2},
                     Fault{.kind = FaultKind::pause, .at = 30ms, .lasts = 60ms}};
  const Figures figures = run(scenario, *preset("honest"), "processes");
  INFO(describe(figures));
  CHECK(std::ranges::count(figures.notes, "2 of 4 processes were killed at work") == 1);
  CHECK(failures(figures) == 0);
  CHECK(figures.acknowledged < writes_of(scenario));
  CHECK(figures.acknowledged >= writes_of(scenario) / 2);
  CHECK(figures.history == "linearizable");
}

TEST_CASE("a run that takes too long asks nothing more, and says how much was left") {
  Scenario scenario = four_agents();
  scenario.agents.front().rate = 5;
  scenario.seconds_max = 1'500ms;
  const Figures figures = run(scenario, *preset("honest"), "threads");
  INFO(describe(figures));
  CHECK(figures.acknowledged < writes_of(scenario));
  CHECK(figures.notes.back().ends_with(" operations were not asked: the run took too long"));
  CHECK(failures(figures) == 0);
}

TEST_CASE("what can't be run is refused before anything starts") {
  const TemporaryFolder folder;
  RunnerOptions options;
  options.folder = folder.path();
  options.worker_program = COMMONBOOK_RUNNER_WORKER;
  const auto code = [&](const Scenario& scenario, const std::string& mode) {
    const auto figures = run_row(scenario, *preset("honest"), mode, 1, options);
    return figures ? std::optional<ErrorCode>{} : figures.error().code;
  };
  CHECK(code(four_agents(), "fibres") == ErrorCode::invalid_argument);
  CHECK(code(Scenario{}, "threads") == ErrorCode::invalid_argument);
  for (const FaultKind kind :
       {FaultKind::clock_jump, FaultKind::agent_fails, FaultKind::agent_hangs, FaultKind::actor_dies}) {
    Scenario scenario = four_agents();
    scenario.faults = {Fault{.kind = kind}};
    CHECK(code(scenario, "threads") == ErrorCode::invalid_argument);
  }
  Scenario deterministic = four_agents();
  deterministic.deterministic = true;
  CHECK(code(deterministic, "threads") == ErrorCode::invalid_argument);
  options.worker_program = folder.path() / "nothing";
  CHECK(code(four_agents(), "threads") == ErrorCode::io);
}
