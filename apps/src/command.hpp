// How the verbs hang together: each adds its subcommand and leaves an action that main runs after parsing.
#pragma once
#include "exit_code.hpp"
#include "interrupt.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace commonbook::apps {

/// What every verb takes.
struct CommonOptions {
  std::string database;  ///< empty: the default path
  bool json = false;
  std::string log_level = "warn";
};

/// What the command line asked for.
struct Invocation {
  CommonOptions common;
  std::function<ExitCode(const CommonOptions&, Interrupt&)> action;
};

/// What each help ends with.
extern const char* const exit_status_text;

/// Makes a subcommand with --db, --json, --log-level and the exit codes below its help. `invocation` must outlive
/// `app`.
CLI::App& add_verb(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& description);

void add_run(CLI::App& app, Invocation& invocation);
void add_import(CLI::App& app, Invocation& invocation);
void add_ask(CLI::App& app, Invocation& invocation);
void add_show(CLI::App& app, Invocation& invocation);
void add_stats(CLI::App& app, Invocation& invocation);
void add_verify(CLI::App& app, Invocation& invocation);
void add_doctor(CLI::App& app, Invocation& invocation);
void add_backup(CLI::App& app, Invocation& invocation);
void add_restore(CLI::App& app, Invocation& invocation);
void add_repair(CLI::App& app, Invocation& invocation);
void add_vacuum(CLI::App& app, Invocation& invocation);
void add_migrate(CLI::App& app, Invocation& invocation);
void add_forget(CLI::App& app, Invocation& invocation);
void add_suggestions(CLI::App& app, Invocation& invocation);
void add_merge(CLI::App& app, Invocation& invocation);
void add_unmerge(CLI::App& app, Invocation& invocation);
void add_rename(CLI::App& app, Invocation& invocation);
void add_eval(CLI::App& app, Invocation& invocation);
void add_export(CLI::App& app, Invocation& invocation);
void add_sim(CLI::App& app, Invocation& invocation);

}  // namespace commonbook::apps
