// The public face: a run, a run that goes on, a run compared with its trace.
#include "run.hpp"

#include "simulation.hpp"

#include <cstdlib>
#include <system_error>
#include <utility>

namespace commonbook::sim {

namespace fs = std::filesystem;

namespace {

Result<void> clear_file(const fs::path& file) {
  std::error_code problem;
  fs::create_directories(file.parent_path(), problem);
  for (const char* suffix : {"", "-wal", "-shm", ".turnstile"}) {
    fs::remove(file.string() + suffix, problem);
    if (problem) return Error{ErrorCode::io, "removing " + file.string() + suffix + ": " + problem.message(), 0, {}};
  }
  return {};
}

SimulationOptions simulation_options(const DeterministicOptions& options, const fs::path& file) {
  return {file, options.checkpoints, options.stop_after_steps, true, options.progress};
}

Result<fs::path> file_in(const DeterministicOptions& options) {
  if (options.folder.empty())
    return Error{ErrorCode::invalid_argument, "a deterministic run needs a folder for its file", 0, {}};
  return options.folder / "run.db";
}

Result<DeterministicResult> run_traced(const Scenario& scenario, std::uint64_t seed,
                                       const DeterministicOptions& options, Trace& trace) {
  const auto file = file_in(options);
  if (!file) return file.error();
  if (auto cleared = clear_file(*file); !cleared) return cleared.error();
  auto simulation = Simulation::make(scenario, seed, simulation_options(options, *file), trace);
  if (!simulation) return simulation.error();
  return (*simulation)->run();
}

}  // namespace

Result<DeterministicResult> run_deterministic(const Scenario& scenario, std::uint64_t seed,
                                              const DeterministicOptions& options) {
  auto trace = Trace::begin({scenario.file, scenario.text, seed}, options.trace, {});
  if (!trace) return trace.error();
  auto result = run_traced(scenario, seed, options, *trace);
  if (!result) return result;
  if (auto ended = trace->end(); !ended) return ended.error();
  return result;
}

Result<DeterministicResult> resume_scenario(const Scenario& scenario, const fs::path& checkpoint,
                                            const DeterministicOptions& options) {
  const auto state = read_checkpoint(checkpoint);
  if (!state) return state.error();
  const auto file = file_in(options);
  if (!file) return file.error();
  if (auto cleared = clear_file(*file); !cleared) return cleared.error();
  std::error_code problem;
  fs::copy_file(book_of(checkpoint), *file, problem);  // nobody has the copy open
  if (problem) return Error{ErrorCode::io, "copying " + book_of(checkpoint).string() + ": " + problem.message(), 0, {}};
  auto trace = Trace::begin({scenario.file, scenario.text, state->seed}, options.trace, {});
  if (!trace) return trace.error();
  auto simulation = Simulation::make(scenario, state->seed, simulation_options(options, *file), *trace);
  if (!simulation) return simulation.error();
  if (auto recalled = (*simulation)->recall(*state); !recalled) return recalled.error();
  auto result = (*simulation)->run();
  if (!result) return result;
  if (auto ended = trace->end(); !ended) return ended.error();
  return result;
}

Result<DeterministicResult> resume(const fs::path& checkpoint, const DeterministicOptions& options) {
  const auto state = read_checkpoint(checkpoint);
  if (!state) return state.error();
  const auto scenario = parse_scenario(state->scenario_text, state->scenario_file);
  if (!scenario) return scenario.error();
  return resume_scenario(*scenario, checkpoint, options);
}

Result<ReplayReport> replay_scenario(const Scenario& scenario, const fs::path& trace_file,
                                     const DeterministicOptions& options) {
  auto reader = TraceReader::open(trace_file);
  if (!reader) return reader.error();
  const std::uint64_t seed = reader->head().seed;
  auto trace = Trace::begin({scenario.file, scenario.text, seed}, options.trace, std::move(*reader));
  if (!trace) return trace.error();
  auto result = run_traced(scenario, seed, options, *trace);
  if (!result) return result.error();
  if (auto ended = trace->end(); !ended) return ended.error();
  return ReplayReport{!trace->differs(), trace->expected(), trace->found(), std::move(*result)};
}

Result<ReplayReport> replay(const fs::path& trace_file, const DeterministicOptions& options) {
  const auto reader = TraceReader::open(trace_file);
  if (!reader) return reader.error();
  const auto scenario = parse_scenario(reader->head().scenario_text, reader->head().scenario_file);
  if (!scenario) return scenario.error();
  return replay_scenario(*scenario, trace_file, options);
}

}  // namespace commonbook::sim
