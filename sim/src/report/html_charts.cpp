#include "html_parts.hpp"
#include "markup.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace commonbook::sim {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> modes_of(const ScenarioReport& report) {
  std::vector<std::string> modes;
  for (const Figures& row : report.rows)
    if (std::find(modes.begin(), modes.end(), row.mode) == modes.end()) modes.push_back(row.mode);
  return modes;
}

std::vector<std::string> designs_of(const ScenarioReport& report) {
  std::vector<std::string> designs;
  for (const Figures& row : report.rows)
    if (std::find(designs.begin(), designs.end(), row.design) == designs.end()) designs.push_back(row.design);
  return designs;
}

Json throughput_json(const ScenarioReport& report) {
  const auto designs = designs_of(report);
  Json series = Json::array();
  for (const std::string& mode : modes_of(report)) {
    Json values = Json::array();
    for (const std::string& design : designs) {
      const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                    [&](const Figures& each) { return each.design == design && each.mode == mode; });
      values.push_back(row == report.rows.end() ? Json(nullptr) : Json(std::round(row->operations_per_second)));
    }
    series.push_back({{"mode", mode}, {"values", std::move(values)}});
  }
  return {{"designs", designs}, {"series", std::move(series)}};
}

/// The share of operations that were acknowledged within a time, in percent over milliseconds.
Json distribution_json(const Figures& row) {
  std::uint64_t total = 0;
  for (const auto& [bound, count] : row.acknowledge_buckets) total += count;
  Json points = Json::array();
  std::uint64_t below = 0;
  for (const auto& [bound, count] : row.acknowledge_buckets) {
    below += count;
    // A logarithmic axis has no zero.
    const double ms = std::max(static_cast<double>(bound), 1.0) / 1000;
    points.push_back({{"x", ms}, {"y", 100.0 * static_cast<double>(below) / static_cast<double>(total)}});
  }
  return points;
}

Json distributions_json(const ScenarioReport& report) {
  Json all = Json::array();
  for (const std::string& mode : modes_of(report)) {
    Json series = Json::array();
    for (const Figures& row : report.rows)
      if (row.mode == mode) series.push_back({{"design", row.design}, {"points", distribution_json(row)}});
    all.push_back({{"mode", mode}, {"series", std::move(series)}});
  }
  return all;
}

/// A chart, and below it the same figures as a table.
std::string figure_element(const std::string& id, const std::string& title, const std::string& description,
                           const std::string& table) {
  return "<figure>\n<figcaption>" + escaped(title) + "</figcaption>\n<div class=\"chart\"><canvas id=\"" + id +
         "\" role=\"img\" aria-label=\"" + escaped(title + ". " + description) + "\">" + escaped(description) +
         "</canvas></div>\n<details><summary>The same as a table</summary>\n<div class=\"scroll\" tabindex=\"0\" "
         "role=\"region\" aria-label=\"" +
         escaped(title) + "\">" + table + "</div></details>\n</figure>\n";
}

std::string throughput_table(const ScenarioReport& report) {
  std::string text =
      "<table><caption>Acknowledged writes a second</caption><thead><tr><th scope=\"col\" class=\"name\">"
      "Design</th><th scope=\"col\" class=\"name\">Mode</th><th scope=\"col\">Writes/s</th></tr></thead><tbody>\n";
  for (const Figures& row : report.rows)
    text += "<tr><th scope=\"row\" class=\"name\">" + escaped(row.design) + "</th><td class=\"name\">" +
            escaped(row.mode) + "</td><td>" + std::to_string(std::llround(row.operations_per_second)) + "</td></tr>\n";
  return text + "</tbody></table>";
}

std::string latency_table(const ScenarioReport& report, const std::string& mode) {
  std::string text =
      "<table><caption>Time to acknowledge, in milliseconds</caption><thead><tr><th scope=\"col\" "
      "class=\"name\">Design</th><th scope=\"col\">Writes</th><th scope=\"col\">p50</th><th "
      "scope=\"col\">p99</th><th scope=\"col\">Max</th></tr></thead><tbody>\n";
  for (const Figures& row : report.rows)
    if (row.mode == mode)
      text += "<tr><th scope=\"row\" class=\"name\">" + escaped(row.design) + "</th><td>" +
              std::to_string(row.acknowledge.count) + "</td><td>" + milliseconds(row.acknowledge.p50_us) + "</td><td>" +
              milliseconds(row.acknowledge.p99_us) + "</td><td>" + milliseconds(row.acknowledge.max_us) +
              "</td></tr>\n";
  return text + "</tbody></table>";
}

}  // namespace

std::string html_charts(const ScenarioReport& report, std::size_t number) {
  const std::string id = std::to_string(number);
  std::string text = figure_element("throughput-" + id, "Throughput: acknowledged writes a second",
                                    "Bars: one for each design and mode. Longer is faster.", throughput_table(report));
  const auto modes = modes_of(report);
  for (std::size_t at = 0; at < modes.size(); ++at)
    text += figure_element("latency-" + id + "-" + std::to_string(at), "Time to acknowledge, in " + modes[at],
                           "Lines: for each design the share of writes that were acknowledged within a time. Further "
                           "left is faster.",
                           latency_table(report, modes[at]));
  return "<div class=\"charts\">\n" + text + "</div>\n";
}

std::string chart_data(const std::vector<ScenarioReport>& reports) {
  Json all = Json::array();
  for (const ScenarioReport& report : reports)
    all.push_back({{"throughput", throughput_json(report)}, {"distributions", distributions_json(report)}});
  // Only ASCII, and no "<": nothing in a text can end the element that this stands in.
  std::string safe;
  for (const char c : all.dump(-1, ' ', true, Json::error_handler_t::replace)) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

}  // namespace commonbook::sim
