// `sim crash`: kills and power failures, in two tables and a last line that says what was tried and what was found.
#include "sim.hpp"

#include "json_output.hpp"

#include "commonbook/sim/crash.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>

namespace commonbook::apps {

namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string text_of(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

void print_findings(const sim::CrashFindings& findings) {
  for (const auto& [kind, count] : findings.count_of) std::cout << "  " << kind << ": " << count << '\n';
  for (const std::string& line : findings.first) std::cout << "  " << one_line(line, 400) << '\n';
}

void print_kills(const sim::KillReport& report) {
  std::uint64_t killed_at = 0;
  for (const auto& [step, kills] : report.steps) killed_at += kills > 0 ? 1 : 0;
  std::cout << "kills\n";
  print_table({{"kills", std::to_string(report.kills) + ", " + std::to_string(report.kills_at_steps) +
                             " of them at a named step, " + std::to_string(report.stopped_first) + " after a stop"},
               {"processes killed", std::to_string(report.processes_killed)},
               {"named steps", std::to_string(report.steps.size()) + " reached, killed at " + std::to_string(killed_at)},
               {"files, reopens", std::to_string(report.files) + ", " + std::to_string(report.reopens)},
               {"operations", std::to_string(report.asked) + " asked, " + std::to_string(report.acknowledged) +
                                  " acknowledged"},
               {"open when killed", std::to_string(report.open) + ", of which " + std::to_string(report.open_found) +
                                        " had been stored, whole"},
               {"sent again", std::to_string(report.replays)},
               {"others freed", "median " + text_of(report.freed_ms_median) + " ms, longest " +
                                    text_of(report.freed_ms_max) + " ms"},
               {"seconds", text_of(report.seconds)}});
  for (const std::string& step : report.steps_missed) std::cout << "  no process was killed at " << step << '\n';
  print_findings(report.findings);
}

void print_power(const sim::PowerReport& report) {
  std::cout << "power failures\n";
  Rows rows{{"images", std::to_string(report.images) + " of " + std::to_string(report.workloads) + " workloads with " +
                           std::to_string(report.operations) + " calls"},
            {"durable receipts", std::to_string(report.durable_receipts) + ", lost " +
                                     std::to_string(report.durable_lost)},
            {"applied receipts", std::to_string(report.applied_receipts) + ", lost " +
                                     std::to_string(report.applied_lost) + ", always the last ones"},
            {"holes, unsound", std::to_string(report.holes) + ", " + std::to_string(report.unsound)},
            {"written to after", std::to_string(report.written_after)}};
  for (const auto& [name, loss] : report.applied)
    rows.emplace_back(name, std::to_string(loss.images_with_loss) + " of " + std::to_string(loss.images) +
                                " images lost applied receipts: median " + std::to_string(loss.receipts_median) +
                                ", most " + std::to_string(loss.receipts_max) + "; work median " +
                                text_of(loss.work_ms_median) + " ms, most " + text_of(loss.work_ms_max) + " ms");
  rows.emplace_back("seconds", text_of(report.seconds));
  print_table(rows);
  print_findings(report.findings);
}

Json findings_json(const sim::CrashFindings& findings) {
  Json counts = Json::object();
  for (const auto& [kind, count] : findings.count_of) counts[kind] = count;
  return {{"counts", counts}, {"first", findings.first}};
}

Json kills_json(const sim::KillReport& report) {
  Json steps = Json::object();
  for (const auto& [step, kills] : report.steps) steps[step] = kills;
  return {{"ok", report.ok()},
          {"kills", report.kills},
          {"kills_at_steps", report.kills_at_steps},
          {"stopped_first", report.stopped_first},
          {"processes_killed", report.processes_killed},
          {"files", report.files},
          {"reopens", report.reopens},
          {"asked", report.asked},
          {"acknowledged", report.acknowledged},
          {"open", report.open},
          {"open_found", report.open_found},
          {"replays", report.replays},
          {"steps", steps},
          {"steps_missed", report.steps_missed},
          {"freed_ms_median", report.freed_ms_median},
          {"freed_ms_max", report.freed_ms_max},
          {"seconds", report.seconds},
          {"findings", findings_json(report.findings)}};
}

Json power_json(const sim::PowerReport& report) {
  Json applied = Json::object();
  for (const auto& [name, loss] : report.applied)
    applied[name] = {{"images", loss.images},
                     {"images_with_loss", loss.images_with_loss},
                     {"receipts_median", loss.receipts_median},
                     {"receipts_max", loss.receipts_max},
                     {"work_ms_median", loss.work_ms_median},
                     {"work_ms_max", loss.work_ms_max}};
  return {{"ok", report.ok()},
          {"images", report.images},
          {"workloads", report.workloads},
          {"operations", report.operations},
          {"durable_receipts", report.durable_receipts},
          {"durable_lost", report.durable_lost},
          {"applied_receipts", report.applied_receipts},
          {"applied_lost", report.applied_lost},
          {"holes", report.holes},
          {"unsound", report.unsound},
          {"written_after", report.written_after},
          {"applied", applied},
          {"seconds", report.seconds},
          {"findings", findings_json(report.findings)}};
}

Result<void> write_json(const std::string& path, const Json& json) {
  if (path.empty()) return {};
  std::ofstream file{path};
  file << json.dump(2) << '\n';
  file.close();
  if (file) return {};
  return Error{ErrorCode::io, path + " can't be written", 0, {}};
}

sim::CrashProgress progress_line() {
  return progress_to(std::make_shared<ProgressLine>(), "crash");
}

Result<sim::KillReport> run_kills(const SimCrashOptions& options, const RunFolder& folder, std::uint64_t seed) {
  auto below = folder.fresh("kills");
  if (!below) return below.error();
  sim::KillOptions kills;
  kills.folder = *below;
  kills.kills = options.kills;
  if (options.processes > 0) kills.processes = {options.processes};
  kills.seed = seed;
  kills.progress = progress_line();
  return sim::run_kills(kills);
}

Result<sim::PowerReport> run_power(const SimCrashOptions& options, const RunFolder& folder, std::uint64_t seed) {
  auto below = folder.fresh("power");
  if (!below) return below.error();
  sim::PowerOptions power;
  power.folder = *below;
  power.images = options.power;
  power.seed = seed;
  power.progress = progress_line();
  return sim::run_power_loss(power);
}

}  // namespace

ExitCode sim_crash(const SimCrashOptions& options) {
  const std::uint64_t seed = options.seed ? *options.seed : std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  auto folder = RunFolder::make({}, true);
  if (!folder) return fail(folder.error());
  Json json{{"seed", seed}};
  std::string tried;
  std::uint64_t found = 0;
  bool ok = true;
  if (options.kills > 0) {
    const auto report = run_kills(options, *folder, seed);
    if (!report) return fail(report.error());
    print_kills(*report);
    json["kills"] = kills_json(*report);
    tried = std::to_string(report->kills) + " kills";
    found += report->findings.count();
    ok = ok && report->ok();
  }
  if (options.power > 0) {
    const auto report = run_power(options, *folder, seed);
    if (!report) return fail(report.error());
    print_power(*report);
    json["power"] = power_json(*report);
    tried += (tried.empty() ? "" : " and ") + std::to_string(report->images) + " power failures";
    found += report->findings.count();
    ok = ok && report->ok();
  }
  if (auto written = write_json(options.json, json); !written) return fail(written.error());
  std::cout << (ok ? "all held: " : "NOT ALL HELD: ") << tried << " with seed " << seed << ", " << found
            << " findings\n";
  return ok ? ExitCode::ok : ExitCode::not_held;
}

}  // namespace commonbook::apps
