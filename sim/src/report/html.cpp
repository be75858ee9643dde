#include "commonbook/model/civil_time.hpp"
#include "commonbook/sim/report.hpp"
#include "chart_library.hpp"
#include "html_parts.hpp"
#include "markup.hpp"
#include "plain_text.hpp"

#include "embedded/report_script.hpp"
#include "embedded/report_style.hpp"

#include <algorithm>
#include <cmath>

namespace commonbook::sim {

namespace {

struct Total {
  std::size_t failed = 0;
  std::size_t expectations = 0;
};

Total count_outcomes(const std::vector<ScenarioReport>& reports) {
  Total total;
  for (const ScenarioReport& report : reports) {
    total.expectations += report.outcomes.size();
    total.failed += static_cast<std::size_t>(
        std::count_if(report.outcomes.begin(), report.outcomes.end(), [](const Outcome& each) { return !each.held; }));
  }
  return total;
}

std::string verdict(const Total& total) {
  if (total.failed == 0 && total.expectations == 1) return "<p class=\"verdict good\">The expectation holds.</p>\n";
  if (total.failed == 0)
    return "<p class=\"verdict good\">All " + std::to_string(total.expectations) + " expectations hold.</p>\n";
  return "<p class=\"verdict bad\">" + std::to_string(total.failed) + " of " + std::to_string(total.expectations) +
         " expectations failed.</p>\n";
}

std::string facts(const ScenarioReport& report) {
  const auto fact = [](const std::string& name, const std::string& value) {
    return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>\n";
  };
  return "<dl>\n" + fact("Seed", std::to_string(report.seed)) + fact("Started", format_utc(report.started)) +
         fact("Took", number_text(std::round(report.seconds * 10) / 10) + " s") +
         fact("File", escaped(report.scenario.file.filename().string())) +
         fact("Run again", "<code>" + escaped(report.replay) + "</code>") + "</dl>\n";
}

std::string versions_table(const ScenarioReport& report) {
  std::string text =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Versions\"><table class=\"texts\">"
      "<caption>What the run depended on</caption><thead><tr><th scope=\"col\">Part</th><th scope=\"col\">"
      "Version</th></tr></thead><tbody>\n";
  for (const auto& [name, version] : report.versions)
    text += "<tr><th scope=\"row\">" + escaped(name) + "</th><td>" + escaped(version) + "</td></tr>\n";
  return text + "</tbody></table></div>\n";
}

std::string section(const ScenarioReport& report, std::size_t number, bool single) {
  const std::string id = "scenario-" + std::to_string(number);
  return "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" + escaped(report.scenario.name) +
         "</h2>\n<p>" + escaped(report.scenario.shows) + "</p>\n" +
         (single ? std::string{} : verdict(count_outcomes({report}))) + facts(report) + "<h3>Expectations</h3>\n" +
         html_expectations(report) + "<h3>Figures</h3>\n" + html_figures(report) + html_notes(report) +
         "<h3>Charts</h3>\n" + html_charts(report, number) +
         "<h3>Scenario</h3>\n<details><summary>The file as it was run</summary>\n<pre tabindex=\"0\"><code>" +
         escaped(report.scenario.text) + "</code></pre></details>\n<h3>Versions</h3>\n" + versions_table(report) +
         "</section>\n";
}

/// Nothing may be loaded, whatever stands in the page.
constexpr const char* policy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n";

std::string title_of(const std::vector<ScenarioReport>& reports) {
  std::string names;
  for (const ScenarioReport& report : reports) {
    if (names.size() > 100) return names + ", ...";
    names += (names.empty() ? "" : ", ") + report.scenario.name;
  }
  return names;
}

}  // namespace

std::string to_html(const std::vector<ScenarioReport>& reports) {
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" + std::string{policy} +
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Commonbook simulator: " +
                     escaped(title_of(reports)) + "</title>\n<style>\n";
  page += embedded::report_style();
  page += "</style>\n</head>\n<body>\n<main>\n<header>\n<h1>Commonbook simulator report</h1>\n" +
          verdict(count_outcomes(reports)) + "</header>\n";
  for (std::size_t number = 0; number < reports.size(); ++number)
    page += section(reports[number], number, reports.size() == 1);
  page += "</main>\n<script type=\"application/json\" id=\"chart-data\">" + chart_data(reports) + "</script>\n<!--\n";
  page += chart_library_licence();
  page += "\n-->\n<script>\n";
  page += chart_library_script();
  page += "\n</script>\n<script>\n";
  page += embedded::report_script();
  return page + "</script>\n</body>\n</html>\n";
}

}  // namespace commonbook::sim
