// Starts the processes of one run, fires the starting guns, lets the faults happen, watches that somebody moves, and
// waits until all have ended.
#pragma once
#include "board.hpp"
#include "child.hpp"
#include "commonbook/sim/runner.hpp"
#include "plan.hpp"
#include "task.hpp"
#include "timeline.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace commonbook::sim::runner {

/// What only the supervisor sees.
struct RunOutcome {
  std::uint64_t crashes = 0;      ///< ended by a signal that nobody sent
  std::uint64_t deadlocks = 0;    ///< 1: nobody moved, and the run was ended
  std::uint64_t killed = 0;       ///< by faults
  std::uint64_t killed_late = 0;  ///< the victim had done its work already
  std::uint64_t wal_bytes_max = 0;
  bool ended_early = false;       ///< Scenario::seconds_max passed
  std::vector<std::string> notes;
};

struct RunLimits {
  std::chrono::milliseconds still{30'000};   ///< nobody moves for so long: a deadlock
  std::chrono::milliseconds longest{60'000}; ///< then agents ask nothing more
};

class Supervisor {
 public:
  /// @param task  for process 0; the others differ in `process` only. All arguments outlive it.
  Supervisor(const Task& task, const Plan& plan, const Board& board, std::vector<Moment> timeline,
             const RunLimits& limits, const RunnerOptions& options);

  /// @errors  io: a process could not be started. @thread  blocks until all processes have ended.
  Result<RunOutcome> run();

 private:
  struct Process {
    Child child;
    bool killed = false;
  };
  using Now = std::chrono::steady_clock::time_point;

  Result<void> start_all();
  Result<Child> start(const Task& task, const std::string& name) const;
  bool all_reached(ProcessState state) const;
  bool all_done() const;
  void await(ProcessState state);
  void run_until_done();
  void await_ends();
  /// What is done again and again while anything is awaited. @returns  false once nobody moved for too long.
  bool look_round();
  void reap();
  void count_moves();
  void let_happen(const Moment& moment);
  void signal(std::size_t process, int signal);
  void end_by_force();

  const Task& task_;
  const Plan& plan_;
  const Board& board_;
  std::vector<Moment> timeline_;  // what is still to come, the next one last
  RunLimits limits_;
  const RunnerOptions& options_;
  std::vector<Process> processes_;
  std::vector<Child> strangers_;
  RunOutcome outcome_;
  std::uint64_t moves_ = 0;
  Now moved_at_;
};

}  // namespace commonbook::sim::runner
