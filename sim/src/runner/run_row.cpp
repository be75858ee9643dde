#include "commonbook/sim/runner.hpp"

#include "collect.hpp"
#include "supervisor.hpp"

#include <algorithm>

namespace commonbook::sim {

namespace {

using namespace runner;
using std::chrono::milliseconds;

constexpr milliseconds answer_slack{2'000};  // what may pass between a deadline and the answer that it brings
constexpr std::chrono::seconds audit_deadline{120};

Error invalid(std::string message) {
  return {.code = ErrorCode::invalid_argument, .message = std::move(message), .sqlite_code = 0, .retry_after = {}};
}

Result<void> check(const Scenario& scenario, const std::string& mode, const RunnerOptions& options) {
  if (mode != "threads" && mode != "processes") return invalid("the mode is threads or processes, not '" + mode + "'");
  if (scenario.deterministic) return invalid(scenario.name + " is a deterministic run, which has no rows");
  if (scenario.agents.empty()) return invalid(scenario.name + " has no agents");
  std::error_code problem;
  if (!std::filesystem::is_directory(options.folder, problem))
    return invalid(options.folder.string() + " is no folder");
  return {};
}

Result<RunnerOptions> with_program(RunnerOptions options) {
  if (!options.worker_program.empty()) return options;
  std::error_code problem;
  options.worker_program = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem)
    return Error{.code = ErrorCode::io, .message = "this program can't find itself: " + problem.message(),
                 .sqlite_code = 0, .retry_after = {}};
  return options;
}

Task make_task(const Scenario& scenario, const DesignChoice& design, bool in_processes, std::uint64_t seed,
               const RunnerOptions& options) {
  Task task;
  task.folder = std::filesystem::absolute(options.folder);
  task.design = design;
  task.design.deadline = scenario.deadline;
  if (in_processes) task.design.storage_actors = task.design.reader_actors = 1;  // many processes on few cores
  task.agents = scenario.agents;
  for (AgentSpec& agent : task.agents)
    for (auto& path : agent.paths) path = std::filesystem::absolute(path);
  task.processes = in_processes ? std::max<std::size_t>(scenario.processes, 1) : 1;
  task.readers = scenario.readers;
  task.seed = seed;
  task.deadline = scenario.deadline;
  task.history = scenario.history;
  task.namespaces = in_processes && scenario.namespaces;
  task.file_faults = has_file_faults(scenario.faults);
  return task;
}

RunLimits make_limits(const Scenario& scenario, const DesignChoice& design) {
  const milliseconds patience{design.is_ours ? 0 : design.axes.busy_timeout_ms};
  RunLimits limits;
  limits.longest = scenario.seconds_max;
  // Somebody must have moved once every operation that waits had its time.
  limits.still = std::min(std::max(scenario.deadline, patience) + longest(scenario.faults) + answer_slack,
                          std::max(scenario.seconds_max, scenario.deadline));
  return limits;
}

}  // namespace

Result<Figures> run_row(const Scenario& scenario, const DesignChoice& design, const std::string& mode,
                        std::uint64_t seed, const RunnerOptions& given) {
  if (auto checked = check(scenario, mode, given); !checked) return checked.error();
  const auto options = with_program(given);
  if (!options) return options.error();
  Task task = make_task(scenario, design, mode == "processes", seed, *options);
  const Plan plan = make_plan(task.agents, task.processes, task.readers);
  task.shape = {task.processes, task.processes + plan.threads.size(), static_cast<std::size_t>(plan.operations_max)};
  auto timeline = make_timeline(scenario.faults, task.processes, seed);
  if (!timeline) return timeline.error();
  auto board = Board::create(task.shape);
  if (!board) return board.error();
  if (task.history) std::filesystem::create_directory(history_in(task.folder));

  Supervisor supervisor{task, plan, *board, std::move(*timeline), make_limits(scenario, design), *options};
  const auto outcome = supervisor.run();
  if (!outcome) return outcome.error();

  Figures figures;
  figures.design = design.name;
  figures.mode = mode;
  figures.processes = task.processes;
  figures.threads = plan.threads.size();
  figures.seed = seed;
  collect_counters(*board, plan, figures);
  collect_outcome(*board, *outcome, figures);
  const auto found = audit(task.design, database_in(task.folder), std::chrono::steady_clock::now() + audit_deadline);
  if (!found) return found.error();
  const bool merges = design.is_ours && design.similarity == "merge";
  const bool one_id_a_key =
      !merges && (design.is_ours || design.axes.uniqueness == Uniqueness::normalised_key);
  const auto entities = entities_in_file(*board, *found, one_id_a_key);
  collect_audit(*board, *found, entities, one_id_a_key, figures);
  if (task.history)
    if (auto checked = collect_history(task, plan, *found, entities, figures); !checked) return checked.error();
  return figures;
}

}  // namespace commonbook::sim
