// How a run is told: one table of at most 100 columns, JSON, JUnit, and one HTML file that needs nothing else.
#pragma once
#include "commonbook/sim/figures.hpp"
#include "commonbook/sim/scenario.hpp"

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::sim {

/// How one expectation came out.
struct Outcome {
  Expectation expectation;
  bool held = false;
  std::string found;             ///< "default/threads: 17 (expected at least 1)"
};

struct ScenarioReport {
  Scenario scenario;
  std::uint64_t seed = 1;
  std::vector<Figures> rows;
  std::vector<Outcome> outcomes;
  std::vector<std::pair<std::string, std::string>> versions;  ///< name, version: ours, SQLite, CAF, compiler, kernel
  Timestamp started;             ///< wall time, for JUnit
  double seconds = 0;
  std::string replay;            ///< the one command that runs it again
  [[nodiscard]] bool ok() const noexcept;
};

/// Of everything that a run depends on: this program, SQLite, CAF, the compiler, the chart library, the system.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> versions();

/// Evaluates the scenario's expectations over the rows. An expectation that fits no row does not hold.
[[nodiscard]] std::vector<Outcome> judge(const Scenario& scenario, const std::vector<Figures>& rows);

/// At most 100 columns wide; then the expectations that failed. @param colour  for terminals.
void write_table(const ScenarioReport& report, std::ostream& out, bool colour);
[[nodiscard]] std::string to_json(const std::vector<ScenarioReport>& reports);
/// xUnit as Jenkins and others read it: a test suite a scenario, a test case an expectation. Control characters
/// that XML cannot carry become U+FFFD.
[[nodiscard]] std::string to_junit(const std::vector<ScenarioReport>& reports);
/// One offline file: table, a chart for throughput, one for the latency distributions, scenario, seed, versions.
[[nodiscard]] std::string to_html(const std::vector<ScenarioReport>& reports);

}  // namespace commonbook::sim
