#include "command.hpp"

namespace commonbook::apps {

const char* const exit_status_text =
    "Exit status: 0 all held; 1 something did not hold; 2 usage; 3 a configuration or an input can't be read;\n"
    "4 the database file is refused; 5 busy or timeout, try again; 6 input/output failed, disk full or damage;\n"
    "130 interrupted, what was acknowledged is stored.";

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
  verb.footer(exit_status_text);
  return verb;
}

}  // namespace commonbook::apps
