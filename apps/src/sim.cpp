// `commonbook sim`: the subcommands and their options.
#include "sim.hpp"

#include "command.hpp"

#include "commonbook/sim/crash.hpp"
#include "commonbook/sim/runner.hpp"

#include <memory>

#include <csignal>

namespace commonbook::apps {

namespace {

CLI::App& add_part(CLI::App& sim, Invocation& invocation, const std::string& name, const std::string& description) {
  CLI::App& part = *sim.add_subcommand(name, description);
  part.add_option("--log-level", invocation.common.log_level, "What is logged to standard error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  return part;
}

/// Runs `work` with the parsed options once all is parsed.
template <class Options>
void run_with(CLI::App& part, Invocation& invocation, std::shared_ptr<Options> options,
              ExitCode (*work)(const Options&)) {
  part.callback([&invocation, options = std::move(options), work] {
    invocation.action = [options, work](const CommonOptions&, Interrupt&) { return work(*options); };
  });
}

void add_sim_run(CLI::App& sim, Invocation& invocation) {
  CLI::App& part = add_part(sim, invocation, "run", "Run scenarios and check what they expect");
  auto options = std::make_shared<SimRunOptions>();
  part.add_option("FILE", options->files, "Scenario files, or names that `sim list` shows")->required();
  part.add_option("--design", options->designs, "Only this design; may be given several times");
  CLI::Option* seed = part.add_option("--seed", options->seed, "Instead of the scenario's own seed");
  part.add_option("--seeds", options->seeds, "Try these seeds, up to the first that breaks an expectation")
      ->type_name("A..B")
      ->excludes(seed);
  part.add_option("--processes", options->processes, "Run in so many processes")->check(CLI::Range(1, 200));
  part.add_option("--threads", options->threads,
                  "So many agents in all; of a search over simulations: searching threads")
      ->check(CLI::Range(1, 1000));
  part.add_option("--json", options->json, "Write all figures to this file")->type_name("FILE");
  part.add_option("--junit", options->junit, "Write the expectations as JUnit XML to this file")->type_name("FILE");
  part.add_option("--report", options->html, "Write an HTML report with charts to this file")->type_name("FILE");
  part.add_option("--keep", options->keep, "Keep the databases in this folder")->type_name("FOLDER");
  part.add_option("--trace", options->trace, "Of simulations: write each step to this file")->type_name("FILE");
  part.add_option("--checkpoints", options->checkpoints, "Of simulations: write checkpoints to this folder")
      ->type_name("FOLDER");
  run_with(part, invocation, options, &sim_run);
}

void add_sim_explore(CLI::App& sim, Invocation& invocation) {
  CLI::App& part = add_part(sim, invocation, "explore", "Drive real connections through every order of their steps");
  auto options = std::make_shared<SimExploreOptions>();
  part.add_option("VARIANT", options->variant, "What is explored; without it: every variant, in one table");
  part.add_option("--strategy", options->strategy, "depth-first (all), bounded (few preemptions) or pct (random)")
      ->check(CLI::IsMember({"depth-first", "bounded", "pct"}))
      ->capture_default_str();
  part.add_option("--preemptions", options->explore.preemptions_max, "Of bounded")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  part.add_option("--pct", options->explore.pct_depth, "Depth of pct")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  part.add_option("--runs", options->explore.pct_runs, "Of pct")->capture_default_str();
  part.add_option("--seed", options->explore.seed, "Of pct")->capture_default_str();
  part.add_option("--processes", options->processes, "Virtual processes (default: 2)")->check(CLI::Range(1, 16));
  part.add_option("--threads", options->threads, "Threads of each (default: 1)")->check(CLI::Range(1, 16));
  part.add_option("--seconds", options->seconds, "Stop each variant after so long; 0: never")
      ->check(CLI::Range(0.0, 1e6));
  part.add_flag("!--no-reduction", options->reduce, "Run orders too that only swap independent steps");
  run_with(part, invocation, options, &sim_explore);
}

void add_sim_crash(CLI::App& sim, Invocation& invocation) {
  CLI::App& part = add_part(sim, invocation, "crash", "Kill processes and fail the power, and check what is left");
  auto options = std::make_shared<SimCrashOptions>();
  CLI::Option* kills = part.add_option("--kills", options->kills, "Kills for each number of processes; 0: none")
                           ->check(CLI::Range(0, 10'000'000))
                           ->capture_default_str();
  CLI::Option* power = part.add_option("--power", options->power, "Disks that a power failure could leave; 0: none")
                           ->check(CLI::Range(0, 100'000'000))
                           ->capture_default_str();
  part.add_option("--processes", options->processes, "That work at once (default: once 1, once 4)")
      ->check(CLI::Range(1, 16));
  part.add_option("--seed", options->seed, "Makes the plan of an earlier run again");
  part.add_option("--json", options->json, "Write all figures to this file")->type_name("FILE");
  part.footer("With only one of --kills and --power the other is left out.");
  part.callback([&invocation, options, kills, power] {
    if (kills->count() > 0 && power->count() == 0) options->power = 0;
    if (power->count() > 0 && kills->count() == 0) options->kills = 0;
    invocation.action = [options](const CommonOptions&, Interrupt&) { return sim_crash(*options); };
  });
}

void add_sim_file(CLI::App& sim, Invocation& invocation, const std::string& name, const std::string& description,
                  const std::string& argument, bool required, ExitCode (*work)(const std::string&)) {
  CLI::App& part = add_part(sim, invocation, name, description);
  auto path = std::make_shared<std::string>();
  part.add_option(argument, *path, "See the manual page")->required(required);
  run_with(part, invocation, path, work);
}

}  // namespace

void add_sim(CLI::App& app, Invocation& invocation) {
  CLI::App& sim = *app.add_subcommand("sim", "Reproduce how naive designs fail, and check that this one does not");
  sim.require_subcommand(1);
  add_sim_run(sim, invocation);
  add_sim_file(sim, invocation, "list", "List the scenarios of a folder and what each shows", "FOLDER", false,
               &sim_list);
  add_sim_explore(sim, invocation);
  add_sim_crash(sim, invocation);
  add_sim_file(sim, invocation, "replay", "Run a trace again and say where it first differs", "TRACE", true,
               &sim_replay);
  add_sim_file(sim, invocation, "resume", "Go on from a checkpoint of a simulation", "CHECKPOINT", true, &sim_resume);
}

std::optional<int> run_sim_worker(int argument_count, char** arguments) {
  const std::vector<std::string> all{arguments, arguments + argument_count};
  if (all.size() < 3 || all[1] != "sim" || (all[2] != "worker" && all[2] != "crash-worker")) return std::nullopt;
  // The command that started us holds these back for a thread of its own; here nobody would take them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  const std::vector<std::string> own{all.begin() + 3, all.end()};
  return all[2] == "worker" ? sim::run_worker(own) : sim::run_crash_worker(own);
}

}  // namespace commonbook::apps
