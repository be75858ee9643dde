// The commonbook command: parses the command line, then runs one verb.
#include "command.hpp"
#include "sim.hpp"
#include "terminal_log.hpp"
#include "terminal_text.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace commonbook::apps {

namespace {

void log_to_stderr(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("commonbook");
  logger->set_formatter(std::make_unique<TerminalLogFormatter>("commonbook: %^%l%$: %v"));
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
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
    const int status = app.exit(error);
    return status == 0 ? 0 : static_cast<int>(ExitCode::usage);
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
