// `commonbook eval`: measures on a user's own data. One file a sub-verb; each adds itself below the verb.
#pragma once
#include "command.hpp"

#include <string>

namespace commonbook::apps {

/// Adds a sub-verb with --json and --log-level.
CLI::App& add_eval_part(CLI::App& eval, Invocation& invocation, const std::string& name,
                        const std::string& description);

void add_eval_identity(CLI::App& eval, Invocation& invocation);
void add_eval_retrieval(CLI::App& eval, Invocation& invocation);

}  // namespace commonbook::apps
