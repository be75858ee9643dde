#include "commonbook/model/civil_time.hpp"
#include "commonbook/sim/report.hpp"
#include "markup.hpp"
#include "plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

namespace commonbook::sim {

namespace {

std::string seconds_text(double seconds) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::clamp(seconds, 0.0, 1e12));
  return text.data();
}

std::string attribute(const char* name, std::string_view value) {
  return " " + std::string{name} + "=\"" + escaped(value) + "\"";
}

/// "duplicates = 0 of commonbook in processes".
std::string case_name(const Expectation& expectation) {
  std::string name = expectation.figure + " " + comparison_text(expectation);
  if (!expectation.design.empty()) name += " of " + expectation.design;
  if (!expectation.mode.empty()) name += " in " + expectation.mode;
  if (expectation.any_mode) name += " in any mode";
  return name + " (line " + std::to_string(expectation.line) + ")";
}

std::string case_text(const ScenarioReport& report, const Outcome& outcome, double seconds) {
  const Expectation& expectation = outcome.expectation;
  const std::string open = "    <testcase" + attribute("name", case_name(expectation)) +
                           attribute("classname", report.scenario.name) + attribute("time", seconds_text(seconds));
  if (outcome.held) return open + "/>\n";
  return open + ">\n      <failure" + attribute("message", outcome.found) + attribute("type", "expectation") + ">" +
         escaped(expectation.figure + ": " + outcome.found + "\nseed " + std::to_string(report.seed) + "\nbecause " +
                 expectation.because + "\nrun again: " + report.replay) +
         "</failure>\n    </testcase>\n";
}

std::string properties_text(const ScenarioReport& report) {
  std::string text = "    <properties>\n";
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += "      <property" + attribute("name", name.empty() ? "-" : name) + attribute("value", value) + "/>\n";
  };
  add("seed", std::to_string(report.seed));
  add("scenario file", report.scenario.file.string());
  add("replay", report.replay);
  for (const auto& [name, version] : report.versions) add(name, version);
  return text + "    </properties>\n";
}

std::string suite_text(const ScenarioReport& report, std::size_t number) {
  const auto failed = std::count_if(report.outcomes.begin(), report.outcomes.end(),
                                    [](const Outcome& outcome) { return !outcome.held; });
  // Readers of this format take a time without its zone for UTC.
  const std::string started = format_time(utc_time(report.started));
  std::string text = "  <testsuite" + attribute("name", report.scenario.name.empty() ? "-" : report.scenario.name) +
                     attribute("package", "commonbook.sim") + attribute("id", std::to_string(number)) +
                     attribute("timestamp", started) + attribute("hostname", "localhost") +
                     attribute("tests", std::to_string(report.outcomes.size())) +
                     attribute("failures", std::to_string(failed)) + attribute("errors", "0") +
                     attribute("time", seconds_text(report.seconds)) + ">\n";
  text += properties_text(report);
  // All expectations are judged over one run, whose time is told once.
  for (std::size_t at = 0; at < report.outcomes.size(); ++at)
    text += case_text(report, report.outcomes[at], at == 0 ? report.seconds : 0);
  std::ostringstream table;
  write_table(report, table, false);
  return text + "    <system-out>" + escaped(table.str()) + "</system-out>\n    <system-err/>\n  </testsuite>\n";
}

}  // namespace

std::string to_junit(const std::vector<ScenarioReport>& reports) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t number = 0; number < reports.size(); ++number) text += suite_text(reports[number], number);
  return text + "</testsuites>\n";
}

}  // namespace commonbook::sim
