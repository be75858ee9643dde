// Faults of a timeline, on the real designs: they must be felt, and end.
#include "row_support.hpp"

using namespace commonbook;
using namespace commonbook::testing;
using namespace commonbook::sim;
using namespace std::chrono_literals;

namespace {

/// Two agents that write for about a second, so that a fault falls into their work, and with pauses even where
/// everything is slow, so that a stranger gets in between.
Scenario a_second(Fault fault) {
  Scenario scenario = small_scenario(2, 20);
  scenario.agents.front().rate = 20;
  scenario.agents.front().look_ups = 0;
  scenario.agents.front().stores = 1;
  scenario.faults = {fault};
  return scenario;
}

bool noted(const Figures& figures, const std::string& end) {
  return std::ranges::any_of(figures.notes, [&](const std::string& note) { return note.ends_with(end); });
}

}  // namespace

TEST_CASE("while a stranger holds the writer lock our agents wait, and get their receipts") {
  const Figures figures =
      run(a_second({.kind = FaultKind::hold_writer, .at = 100ms, .lasts = 200ms}), *preset("commonbook"), "threads");
  INFO(describe(figures));
  CHECK(noted(figures, " ms long strangers held what they were to hold"));
  CHECK(figures.acknowledge.max_us > 100'000);
  CHECK(figures.acknowledged == figures.asked);
  CHECK(failures(figures) == 0);
}

TEST_CASE("an operation that a stranger keeps from its deadline is told so, and is not stored") {
  Scenario scenario = a_second({.kind = FaultKind::hold_writer, .at = 50ms, .lasts = 1'500ms});
  scenario.deadline = 200ms;
  const Figures figures = run(scenario, *preset("commonbook"), "threads");
  INFO(describe(figures));
  CHECK(figures.failed > 0);
  CHECK(figures.failed + figures.acknowledged == figures.asked);
  CHECK(figures.lost_acknowledged == 0);
  CHECK(figures.history == "linearizable");
}

TEST_CASE("a full disk fails writes, loses nothing that was acknowledged, and is over when there is room again") {
  const Figures figures =
      run(a_second({.kind = FaultKind::disk_full, .at = 100ms, .lasts = 150ms}), *preset("commonbook"), "threads");
  INFO(describe(figures));
  REQUIRE(figures.failed_by_code.count(13) == 1);
  CHECK(figures.failed > 0);
  CHECK(figures.acknowledged > 0);
  CHECK(figures.acknowledged + figures.failed == figures.asked);
  CHECK(figures.lost_acknowledged == 0);
  CHECK(figures.half_written == 0);
  CHECK(figures.history == "linearizable");
  CHECK(figures.verify == "ok");
}

TEST_CASE("a slow disk delays receipts that wait for it") {
  Scenario scenario =
      a_second({.kind = FaultKind::slow_sync, .at = 50ms, .lasts = 300ms, .delay = 60ms});
  DesignChoice durable = *preset("commonbook");
  durable.ack_class = AckClass::durable;
  const Figures figures = run(scenario, durable, "threads");
  INFO(describe(figures));
  CHECK(figures.acknowledge.max_us > 60'000);
  CHECK(failures(figures) == 0);
}

TEST_CASE("a stranger's snapshot keeps our log from starting again, and nothing fails") {
  const Figures figures = run(a_second({.kind = FaultKind::hold_snapshot, .at = 50ms, .lasts = 300ms}),
                              *preset("commonbook"), "processes");
  INFO(describe(figures));
  CHECK(noted(figures, " ms long strangers held what they were to hold"));
  CHECK(failures(figures) == 0);
}
