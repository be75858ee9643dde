#include "eval.hpp"

namespace commonbook::apps {

CLI::App& add_eval_part(CLI::App& eval, Invocation& invocation, const std::string& name,
                        const std::string& description) {
  CLI::App& part = *eval.add_subcommand(name, description);
  part.add_flag("--json", invocation.common.json, "Print JSON on standard output");
  part.add_option("--log-level", invocation.common.log_level, "What is logged to standard error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  return part;
}

void add_eval(CLI::App& app, Invocation& invocation) {
  CLI::App& eval = *app.add_subcommand("eval", "Measure how well it finds and recognises, on data of your own");
  eval.require_subcommand(1);
  add_eval_identity(eval, invocation);
  add_eval_retrieval(eval, invocation);
}

}  // namespace commonbook::apps
