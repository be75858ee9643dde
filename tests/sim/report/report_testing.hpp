// Reports for tests: one that looks like a real one, and one full of hostile texts.
#pragma once
#include "commonbook/sim/report.hpp"

#include <string>
#include <vector>

namespace commonbook::testing {

/// What must not break out of a table, an attribute, an element, a script or a comment; with control characters, a
/// lone surrogate, an overlong form, U+FFFE and a byte that starts nothing.
inline const std::string hostile =
    "]]> </script><script>alert(1)</script> --> <!-- & \" ' \x01\x1B[31m\t\n\xED\xA0\x80 \xC0\xAF \xEF\xBF\xBE \xFF "
    "\xC2\x85 \xF4\x90\x80\x80 end";

inline sim::Figures make_row(const std::string& design, const std::string& mode, std::uint64_t seed) {
  sim::Figures row;
  row.design = design;
  row.mode = mode;
  row.processes = mode == "processes" ? 4 : 1;
  row.threads = 8;
  row.seed = seed;
  row.seconds = 2.5;
  row.asked = 12'345;
  row.acknowledged = 12'000;
  row.failed = 345;
  row.reads = 9'000;
  row.locked_writes = 345;
  row.acknowledge = {12'000, 900, 45'000, 1'200'000};
  row.unreadable = {20, 5'000, 70'000, 90'000};
  row.operations_per_second = 4'800.4;
  row.verify = "-";
  row.acknowledge_buckets = {{500, 3'000}, {1'000, 4'000}, {8'000, 4'000}, {60'000, 900}, {1'200'000, 100}};
  return row;
}

inline sim::Expectation make_expectation(const std::string& figure, sim::Comparison comparison, double value) {
  sim::Expectation expectation;
  expectation.figure = figure;
  expectation.comparison = comparison;
  expectation.value = value;
  expectation.because = "a reason";
  expectation.line = 7;
  return expectation;
}

/// Nine designs in two modes; one expectation fails.
inline sim::ScenarioReport plain_report() {
  sim::ScenarioReport report;
  report.scenario.file = "configs/scenarios/article.toml";
  report.scenario.name = "article";
  report.scenario.shows = "Naive designs fail, each in its own way.";
  report.scenario.text = "name = \"article\"\n# a comment\n";
  report.seed = 42;
  for (const char* mode : {"threads", "processes"})
    for (const char* design : {"default", "shared-connection", "wal-only", "wal-deferred", "article-without-lock",
                               "article-without-fallback", "article", "article-store-per-agent", "commonbook"})
      report.rows.push_back(make_row(design, mode, report.seed));
  report.scenario.expectations = {make_expectation("duplicates", sim::Comparison::equal, 0),
                                  make_expectation("failed", sim::Comparison::equal, 0)};
  report.scenario.expectations[1].design = "commonbook";
  report.outcomes = sim::judge(report.scenario, report.rows);
  report.versions = {{"commonbook", "0.1.0"}, {"SQLite", "3.40.1"}};
  report.started = Timestamp{1'767'225'600'000};
  report.seconds = 95.25;
  report.replay = "commonbook sim run configs/scenarios/article.toml --seed 42";
  return report;
}

inline sim::ScenarioReport hostile_report() {
  sim::ScenarioReport report = plain_report();
  report.scenario.name = hostile;
  report.scenario.shows = hostile;
  report.scenario.text = hostile;
  report.scenario.file = hostile;
  report.rows.resize(2);
  for (sim::Figures& row : report.rows) {
    row.design = hostile;
    row.mode = hostile;
    row.notes = {hostile};
    row.history = hostile;
    row.verify = hostile;
  }
  for (sim::Outcome& outcome : report.outcomes) {
    outcome.expectation.design = hostile;
    outcome.expectation.of_design = hostile;
    outcome.expectation.because = hostile;
    outcome.found = hostile;
    outcome.held = false;
  }
  report.versions = {{hostile, hostile}, {"", hostile}};
  report.replay = hostile;
  return report;
}

}  // namespace commonbook::testing
