// The commonbook command: parses the command line, then runs one verb.
#include "command.hpp"
#include "console.hpp"
#include "sim.hpp"
#include "terminal_log.hpp"
#include "terminal_text.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

namespace commonbook::apps {

namespace {

void log_to_stderr(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("commonbook");
  logger->set_formatter(std::make_unique<TerminalLogFormatter>("commonbook: %^%l%$: %v"));
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

/// What is wrong with the command line, and whose help says what is right.
void explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* verb = &app;
  std::string name = app.get_name();
  while (!verb->get_subcommands().empty()) {
    verb = verb->get_subcommands().front();
    name += ' ' + verb->get_name();
  }
  std::cerr << name << ": ";
  const std::vector<std::string> unknown = app.remaining(true);
  const bool wants_verb = verb->get_require_subcommand_min() > 0;
  if (!wants_verb) {
    std::cerr << error.what();
  } else {
    if (unknown.empty())
      std::cerr << "a verb is missing";
    else
      std::cerr << "there is no verb " << one_line(unknown.front(), 60);
    std::string separator = "; one of ";
    for (const CLI::App* each : verb->get_subcommands([](const CLI::App*) { return true; })) {
      std::cerr << separator << each->get_name();
      separator = ", ";
    }
  }
  std::cerr << "\nsee " << name << " --help\n";
}

int run_command(int argument_count, char** arguments) {
  Interrupt interrupt;
  Invocation invocation;
  CLI::App app{"One local memory that many agents write and read at the same time.", "commonbook"};
  app.set_version_flag("--version", COMMONBOOK_VERSION);
  app.require_subcommand(1);
  app.footer(exit_status_text);
  add_run(app, invocation);
  add_import(app, invocation);
  add_ask(app, invocation);
  add_show(app, invocation);
  add_stats(app, invocation);
  add_verify(app, invocation);
  add_doctor(app, invocation);
  add_backup(app, invocation);
  add_restore(app, invocation);
  add_repair(app, invocation);
  add_vacuum(app, invocation);
  add_migrate(app, invocation);
  add_forget(app, invocation);
  add_suggestions(app, invocation);
  add_merge(app, invocation);
  add_unmerge(app, invocation);
  add_rename(app, invocation);
  add_eval(app, invocation);
  add_export(app, invocation);
  add_sim(app, invocation);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    explain(app, error);
    return static_cast<int>(ExitCode::usage);
  }
  log_to_stderr(invocation.common.log_level);
  // What the simulator prints is its own, and in colours.
  const bool is_own_text = app.got_subcommand("sim");
  const TerminalGuard guard{std::cout, !is_own_text && ::isatty(STDOUT_FILENO) == 1};
  return static_cast<int>(invocation.action(invocation.common, interrupt));
}

}  // namespace

}  // namespace commonbook::apps

int main(int argument_count, char** arguments) {
  try {
    if (const auto status = commonbook::apps::run_sim_worker(argument_count, arguments)) return *status;
    return commonbook::apps::run_command(argument_count, arguments);
  } catch (const std::exception& error) {
    std::cerr << "commonbook: a bug of ours: " << error.what() << '\n';
    return static_cast<int>(commonbook::apps::ExitCode::damaged);
  }
}
