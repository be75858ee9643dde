#include "commonbook/sim/report.hpp"
#include "plain_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>

namespace commonbook::sim {

namespace {

using Json = nlohmann::ordered_json;

Json durations_json(const DurationFigures& durations) {
  return {{"count", durations.count},
          {"p50_us", durations.p50_us},
          {"p99_us", durations.p99_us},
          {"max_us", durations.max_us}};
}

/// 64-bit numbers as text: JavaScript would round them.
std::string hexadecimal(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

Json row_json(const Figures& row) {
  Json json = {{"design", row.design}, {"mode", row.mode}, {"seed", row.seed}};
  // All numbers come from the list that expectations use, so that none is forgotten here.
  for (const std::string& name : figure_names()) {
    const double value = figure(row, name).value_or(0);
    const bool whole = value >= 0 && value < 9e15 && value == static_cast<double>(static_cast<std::uint64_t>(value));
    json[name] = whole ? Json(static_cast<std::uint64_t>(value)) : Json(value);
  }
  json["acknowledge"] = durations_json(row.acknowledge);
  json["unreadable"] = durations_json(row.unreadable);
  Json codes = Json::object();
  for (const auto& [code, count] : row.failed_by_code) codes[std::to_string(code)] = count;
  json["failed_by_code"] = std::move(codes);
  json["history"] = row.history;
  json["verify"] = row.verify;
  json["row_digest"] = hexadecimal(row.row_digest);
  json["acknowledge_buckets_us"] = row.acknowledge_buckets;
  json["notes"] = row.notes;
  return json;
}

Json outcome_json(const Outcome& outcome) {
  const Expectation& expectation = outcome.expectation;
  return {{"held", outcome.held},         {"figure", expectation.figure},   {"is", comparison_text(expectation)},
          {"design", expectation.design}, {"mode", expectation.mode},       {"any_mode", expectation.any_mode},
          {"found", outcome.found},       {"because", expectation.because}, {"line", expectation.line}};
}

Json report_json(const ScenarioReport& report) {
  Json rows = Json::array();
  for (const Figures& row : report.rows) rows.push_back(row_json(row));
  Json outcomes = Json::array();
  for (const Outcome& outcome : report.outcomes) outcomes.push_back(outcome_json(outcome));
  Json versions = Json::object();
  for (const auto& [name, version] : report.versions) versions[name] = version;
  return {{"scenario", report.scenario.name},
          {"shows", report.scenario.shows},
          {"file", report.scenario.file.string()},
          {"text", report.scenario.text},
          {"seed", report.seed},
          {"seconds", report.seconds},
          {"ok", report.ok()},
          {"expectations", std::move(outcomes)},
          {"rows", std::move(rows)},
          {"replay", report.replay},
          {"versions", std::move(versions)}};
}

}  // namespace

std::string to_json(const std::vector<ScenarioReport>& reports) {
  Json all = Json::array();
  bool ok = true;
  for (const ScenarioReport& report : reports) {
    all.push_back(report_json(report));
    ok = ok && report.ok();
  }
  const Json json = {{"ok", ok}, {"scenarios", std::move(all)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace commonbook::sim
