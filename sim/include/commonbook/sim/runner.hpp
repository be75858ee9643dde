// Runs a scenario's workload over one design in threads or in processes of this machine, with the timeline of faults,
// and counts what happened. Nothing here is deterministic but the workload itself: the kernel decides the order.
#pragma once
#include "commonbook/sim/figures.hpp"
#include "commonbook/sim/scenario.hpp"

#include <functional>
#include <string>

namespace commonbook::sim {

struct RunnerOptions {
  std::filesystem::path folder;          ///< for the files of the run; made and emptied by the caller
  std::filesystem::path worker_program;  ///< started as `PROGRAM sim worker ...`; empty: this program
  std::function<void(std::string_view what, double share)> progress;  ///< may be empty
};

/// Runs one row of the table. A design that may take the process with it runs in a child even in threads.
/// @param mode  "threads" or "processes".
/// @errors  io, invalid_argument: the run itself could not be done. What the design does wrong is in the figures.
/// @thread  not an actor's; blocks for the whole run.
[[nodiscard]] Result<Figures> run_row(const Scenario& scenario, const DesignChoice& design, const std::string& mode,
                                      std::uint64_t seed, const RunnerOptions& options);

/// What `sim worker` does in a child process. @param arguments as run_row() wrote them. @returns the exit status.
[[nodiscard]] int run_worker(const std::vector<std::string>& arguments);

}  // namespace commonbook::sim
