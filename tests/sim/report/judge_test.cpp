// What an expectation means.
#include "report_testing.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

Figures row(const std::string& design, const std::string& mode, std::uint64_t duplicates) {
  Figures figures;
  figures.design = design;
  figures.mode = mode;
  figures.duplicates = duplicates;
  return figures;
}

Outcome judged(const Expectation& expectation, const std::vector<Figures>& rows) {
  Scenario scenario;
  scenario.expectations = {expectation};
  return judge(scenario, rows).at(0);
}

}  // namespace

TEST_CASE("each comparison holds on its own side and at its border") {
  struct Case {
    Comparison comparison;
    bool below, at, above;
  };
  const auto each =
      GENERATE(Case{Comparison::equal, false, true, false}, Case{Comparison::not_equal, true, false, true},
               Case{Comparison::at_least, false, true, true}, Case{Comparison::at_most, true, true, false},
               Case{Comparison::above, false, false, true}, Case{Comparison::below, true, false, false});
  const Expectation expectation = make_expectation("duplicates", each.comparison, 5);
  CHECK(judged(expectation, {row("a", "threads", 4)}).held == each.below);
  CHECK(judged(expectation, {row("a", "threads", 5)}).held == each.at);
  CHECK(judged(expectation, {row("a", "threads", 6)}).held == each.above);
}

TEST_CASE("an expectation is held against every row that fits, or with any_mode against the best") {
  const std::vector<Figures> rows = {row("a", "threads", 0), row("a", "processes", 3), row("b", "threads", 9)};
  Expectation expectation = make_expectation("duplicates", Comparison::equal, 0);
  CHECK_FALSE(judged(expectation, rows).held);
  expectation.design = "a";
  CHECK(judged(expectation, rows).found == "a/processes: 3 (expected = 0)");
  expectation.any_mode = true;
  CHECK(judged(expectation, rows).held);
  expectation.any_mode = false;
  expectation.mode = "threads";
  CHECK(judged(expectation, rows).held);
  expectation.design = "b";
  CHECK_FALSE(judged(expectation, rows).held);
}

TEST_CASE("an expectation that fits no row does not hold") {
  Expectation expectation = make_expectation("duplicates", Comparison::equal, 0);
  CHECK_FALSE(judged(expectation, {}).held);
  expectation.design = "c";
  CHECK_FALSE(judged(expectation, {row("a", "threads", 0)}).held);
  CHECK(judged(expectation, {row("a", "threads", 0)}).found == "no row of the run fits");
}

TEST_CASE("a ratio compares with the same figure of the other design in the same mode") {
  Expectation expectation = make_expectation("duplicates", Comparison::at_least, 10);
  expectation.design = "a";
  expectation.of_design = "b";
  const auto with = [&](std::uint64_t threads) {
    return judged(expectation, {row("a", "threads", threads), row("b", "processes", 1000), row("b", "threads", 3)});
  };
  CHECK(with(30).held);
  CHECK_FALSE(with(29).held);
  CHECK(with(29).found == "a/threads: 29 (expected >= 10 x b, which has 3)");
  CHECK_FALSE(judged(expectation, {row("a", "threads", 30), row("b", "processes", 3)}).held);
}

TEST_CASE("a report is fine when every outcome is") {
  ScenarioReport report = plain_report();
  CHECK_FALSE(report.ok());
  report.outcomes.erase(report.outcomes.begin() + 1);
  CHECK(report.ok());
}
