// `sim run`: scenarios one after the other, each once or over a range of seeds, and what came out of them.
#include "sim.hpp"

#include "commonbook/sim/deterministic.hpp"
#include "commonbook/sim/report.hpp"
#include "commonbook/sim/runner.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace commonbook::apps {

namespace {

using sim::ScenarioReport;

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// One scenario as the command line wants it, and what its runs share.
struct SimJob {
  const SimRunOptions& options;
  std::string file;
  sim::Scenario scenario;
  const RunFolder& folder;
};

ScenarioReport empty_report(const SimJob& job, std::uint64_t seed) {
  ScenarioReport report;
  report.scenario = job.scenario;
  report.seed = seed;
  report.started = SystemClock{}.wall_now();
  report.versions = sim::versions();
  report.replay = replay_command(job.file, job.options, seed);
  return report;
}

Result<sim::Figures> compare_row(const SimJob& job, const sim::DesignChoice& design, const std::string& mode,
                                 std::uint64_t seed) {
  const std::string name = design.name + "-" + mode + "-" + std::to_string(seed);
  auto folder = job.folder.fresh(name);
  if (!folder) return folder.error();
  const auto line = std::make_shared<ProgressLine>();
  sim::RunnerOptions runner;
  runner.folder = *folder;
  runner.progress = progress_to(line, job.scenario.name + ", " + design.name + " in " + mode);
  auto figures = sim::run_row(job.scenario, design, mode, seed, runner);
  job.folder.done(*folder);
  return figures;
}

/// Every design, in threads and in processes.
Result<ScenarioReport> compare(const SimJob& job, std::uint64_t seed) {
  ScenarioReport report = empty_report(job, seed);
  const Stopwatch watch;
  for (const char* mode : {"threads", "processes"}) {
    const bool runs = std::string_view{mode} == "threads" ? job.scenario.in_threads : job.scenario.in_processes;
    if (!runs) continue;
    for (const sim::DesignChoice& design : job.scenario.designs) {
      auto row = compare_row(job, design, mode, seed);
      if (!row) return row.error();
      report.rows.push_back(std::move(*row));
    }
  }
  report.seconds = watch.seconds();
  report.outcomes = sim::judge(job.scenario, report.rows);
  return report;
}

Result<ScenarioReport> simulate(const SimJob& job, std::uint64_t seed) {
  ScenarioReport report = empty_report(job, seed);
  auto folder = job.folder.fresh("simulation-" + std::to_string(seed));
  if (!folder) return folder.error();
  const auto line = std::make_shared<ProgressLine>();
  sim::DeterministicOptions options;
  options.folder = *folder;
  if (!job.options.trace.empty()) options.trace = job.options.trace;
  if (!job.options.checkpoints.empty()) options.checkpoints = job.options.checkpoints;
  options.progress = progress_to(line, job.scenario.name + ", seed " + std::to_string(seed));
  auto result = sim::run_deterministic(job.scenario, seed, options);
  job.folder.done(*folder);
  if (!result) return result.error();
  report.seconds = result->running_seconds + result->opening_seconds;
  result->figures.notes.push_back(std::to_string(result->steps) + " steps, " + std::to_string(result->messages) +
                                  " messages, row digest " + hex_text(result->figures.row_digest) + ", trace " +
                                  hex_text(result->trace_hash) + ", opened in " +
                                  std::to_string(static_cast<int>(result->opening_seconds * 1000)) + " ms");
  report.rows.push_back(std::move(result->figures));
  report.outcomes = sim::judge(job.scenario, report.rows);
  return report;
}

Result<ScenarioReport> run_seed(const SimJob& job, std::uint64_t seed) {
  return job.scenario.deterministic ? simulate(job, seed) : compare(job, seed);
}

/// Searches schedules, and tells the first seed that breaks something, or else the last one, as a run of its own.
Result<ScenarioReport> search(const SimJob& job, const SeedRange& seeds) {
  auto folder = job.folder.fresh("search");
  if (!folder) return folder.error();
  const auto line = std::make_shared<ProgressLine>();
  sim::DeterministicOptions options;
  options.folder = *folder;
  options.progress = progress_to(line, job.scenario.name + ", seeds");
  const std::size_t threads =
      job.options.threads > 0 ? job.options.threads : std::max(1U, std::thread::hardware_concurrency());
  auto found = sim::search_seeds(job.scenario, seeds.first, seeds.second, threads, options);
  line->clear();
  job.folder.done(*folder);
  if (!found) return found.error();
  const double rate = found->running_seconds > 0 ? static_cast<double>(found->seeds) / found->running_seconds : 0;
  std::printf("%s: %llu schedules, %.0f a second (opening apart: %.1f s), digest of digests %s\n",
              one_line(job.scenario.name, 60).c_str(), static_cast<unsigned long long>(found->seeds), rate,
              found->opening_seconds, hex_text(found->digest_of_digests).c_str());
  std::fflush(stdout);
  return simulate(job, found->failing.value_or(seeds.second));
}

bool to_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

/// Runs one seed after the other until an expectation fails.
Result<void> run_range(const SimJob& job, const SeedRange& seeds, std::vector<ScenarioReport>& reports) {
  for (std::uint64_t seed = seeds.first;; ++seed) {
    auto report = run_seed(job, seed);
    if (!report) return report.error();
    reports.push_back(std::move(*report));
    const bool is_end = seed == seeds.second || !reports.back().ok();
    if (is_end) {
      sim::write_table(reports.back(), std::cout, to_terminal());
      return {};
    }
    std::cout << one_line(job.scenario.name, 60) << ", seed " << seed << ": all expectations hold" << std::endl;
  }
}

Result<void> run_file(const std::string& file, const SimRunOptions& options, std::vector<ScenarioReport>& reports) {
  auto read = find_scenario(file);
  if (!read) return read.error();
  auto scenario = adjusted(std::move(*read), options);
  if (!scenario) return scenario.error();
  auto folder = RunFolder::make(options.keep.empty() ? "" : options.keep + "/" + scenario->file.stem().string(),
                                scenario->deterministic);
  if (!folder) return folder.error();
  const SimJob job{options, file, std::move(*scenario), *folder};
  const std::uint64_t seed = options.seed.value_or(job.scenario.seed);
  SeedRange seeds{seed, seed};
  if (!options.seeds.empty()) {
    auto range = parse_seeds(options.seeds);
    if (!range) return range.error();
    seeds = *range;
  }
  if (!job.scenario.deterministic || options.seeds.empty()) return run_range(job, seeds, reports);
  auto report = search(job, seeds);
  if (!report) return report.error();
  reports.push_back(std::move(*report));
  sim::write_table(reports.back(), std::cout, to_terminal());
  return {};
}

Result<void> write_output(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  std::ofstream out{path, std::ios::binary};
  out << text << std::flush;
  if (!out) return Error{ErrorCode::io, path + ": the file can't be written", 0, {}};
  return {};
}

/// Also of the seeds that held before one failed.
Result<void> write_outputs(const SimRunOptions& options, const std::vector<ScenarioReport>& reports) {
  if (!options.json.empty())
    if (auto written = write_output(options.json, sim::to_json(reports)); !written) return written;
  if (!options.junit.empty())
    if (auto written = write_output(options.junit, sim::to_junit(reports)); !written) return written;
  if (!options.html.empty())
    if (auto written = write_output(options.html, sim::to_html(reports)); !written) return written;
  return {};
}

}  // namespace

ExitCode sim_run(const SimRunOptions& options) {
  std::vector<ScenarioReport> reports;
  ExitCode code = ExitCode::ok;
  for (const std::string& file : options.files)
    if (auto ran = run_file(file, options, reports); !ran) code = fail(ran.error());
  if (auto written = write_outputs(options, reports); !written) return fail(written.error());
  if (code != ExitCode::ok) return code;
  const bool all =
      std::all_of(reports.begin(), reports.end(), [](const ScenarioReport& report) { return report.ok(); });
  return all ? ExitCode::ok : ExitCode::not_held;
}

}  // namespace commonbook::apps
