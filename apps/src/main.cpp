// The commonbook command: parses the command line, then runs one verb.
#include "command.hpp"
#include "sim.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <memory>

namespace commonbook::apps {

namespace {

constexpr const char* exit_codes =
    "Exit status: 0 all held; 1 something did not hold; 2 usage; 3 a configuration or an input can't be read;\n"
    "4 the database file is refused; 5 busy or timeout, try again; 6 input/output failed, disk full or damage;\n"
    "130 interrupted, what was acknowledged is stored.";

}  // namespace

CLI::App& add_verb(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& description) {
  CLI::App& verb = *app.add_subcommand(name, description);
  CommonOptions& common = invocation.common;
  verb.add_option("--db", common.database, "The database file (default: in the user's state folder)")
      ->envname("COMMONBOOK_DB")
      ->type_name("FILE");
  verb.add_flag("--json", common.json, "Print JSON on standard output");
  verb.add_option("--log-level", common.log_level, "What is logged to standard error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  verb.footer(exit_codes);
  return verb;
}

namespace {

void log_to_stderr(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("commonbook");
  logger->set_pattern("commonbook: %^%l%$: %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

int run_command(int argument_count, char** arguments) {
  Interrupt interrupt;
  Invocation invocation;
  CLI::App app{"One local memory that many agents write and read at the same time.", "commonbook"};
  app.set_version_flag("--version", COMMONBOOK_VERSION);
  app.require_subcommand(1);
  app.footer(exit_codes);
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
  add_export(app, invocation);
  add_sim(app, invocation);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  log_to_stderr(invocation.common.log_level);
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
