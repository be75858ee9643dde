// The exit statuses of the command, as README.md and the manual page list them.
#pragma once
#include "commonbook/agents/agents.hpp"
#include "commonbook/model/result.hpp"

#include <vector>

namespace commonbook::apps {

enum class ExitCode : int {
  ok = 0,
  not_held = 1,       ///< something that was checked or asked for did not hold
  usage = 2,          ///< the command line can't be understood
  input = 3,          ///< a configuration or an input can't be read
  refused = 4,        ///< the database file may not be opened
  busy = 5,           ///< somebody else held the file for too long; try again
  damaged = 6,        ///< input/output failed, the disk is full, the file is damaged, or a bug of ours
  interrupted = 130,  ///< Ctrl-C or SIGTERM; what was acknowledged is stored
};

/// What a verb that failed with `error` ends with. Thread: any.
[[nodiscard]] ExitCode exit_code_of(const Error& error) noexcept;

/// What an import that met these errors, or failed without one, ends with: damaged where one of them is, else not_held.
/// Thread: any.
[[nodiscard]] ExitCode exit_code_of(const std::vector<agents::ImportError>& errors) noexcept;

/// Logs the error and gives its exit code. Thread: any.
ExitCode fail(const Error& error);

}  // namespace commonbook::apps
