// Shows that an acknowledged write is a promise: processes are killed at random moments and at every named step, the
// power fails at every point of a workload, and what is left must hold all that was acknowledged.
//
//   auto kills = run_kills({.folder = folder, .kills = 1000, .seed = 7});
//   auto power = run_power_loss({.folder = folder, .images = 10'000, .seed = 7});
//   return kills->ok() && power->ok();
#pragma once
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::sim {

/// Called now and then with what is being done and its share of the whole, 0 to 1. May be empty.
using CrashProgress = std::function<void(std::string_view doing, double share)>;

/// What did not hold, by kind ("missing", "half", "order", ...), and the first of them in words.
struct CrashFindings {
  std::map<std::string, std::uint64_t> count_of;
  std::vector<std::string> first;  ///< at most 20
  void add(const std::string& kind, const std::string& detail);
  [[nodiscard]] std::uint64_t count() const noexcept;
};

struct KillOptions {
  std::filesystem::path folder;          ///< empty and ours; a file system in memory makes it faster and loses nothing
  std::vector<std::string> worker;       ///< a program that calls run_crash_worker() with what follows; empty: this
                                         ///< program with `sim crash-worker`
  std::uint64_t kills = 1'000;           ///< for each of `processes`
  std::vector<std::uint32_t> processes{1, 4};  ///< that work at once, 1 to 16
  std::uint64_t seed = 1;                ///< of the plan: who is killed when, and what is stored
  std::string broken;                    ///< a control: the promise that the processes break; empty: none
  CrashProgress progress;
};

struct KillReport {
  std::uint64_t seed = 0;
  std::uint64_t kills = 0;               ///< rounds in which the planned kill happened
  std::uint64_t kills_at_steps = 0;      ///< of these, at a named step
  std::uint64_t stopped_first = 0;       ///< of these, the victim was stopped before it was killed
  std::uint64_t processes_killed = 0;
  std::uint64_t files = 0;
  std::uint64_t reopens = 0;             ///< each followed by all checks
  std::uint64_t asked = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t open = 0;                ///< without an answer when their process died
  std::uint64_t open_found = 0;          ///< of these, found stored, whole
  std::uint64_t replays = 0;             ///< operation ids sent again after a reopen
  std::map<std::string, std::uint64_t> steps;  ///< named steps that were reached, and kills at each
  std::vector<std::string> steps_missed; ///< reached, but no process was killed there
  double freed_ms_median = 0;            ///< from a kill to the next receipt in another process
  double freed_ms_max = 0;
  double seconds = 0;
  CrashFindings findings;
  [[nodiscard]] bool ok() const noexcept { return findings.count() == 0 && kills > 0 && steps_missed.empty(); }
};

/// Starts processes that store, ask, compact, checkpoint and forget on one file, kills them, and checks the file after
/// each round; several rounds on one file, then another file.
/// @errors  io: a process can't be started; invalid_argument: an option is out of range. What does not hold is no error.
/// @thread  any; blocks for the whole run.
[[nodiscard]] Result<KillReport> run_kills(const KillOptions& options);

/// What a started process does. @param arguments  as run_kills() wrote them. @returns the exit status.
[[nodiscard]] int run_crash_worker(const std::vector<std::string>& arguments);

struct PowerOptions {
  std::filesystem::path folder;   ///< empty and ours; a file system in memory makes it faster and loses nothing
  std::uint64_t images = 10'000;
  std::uint64_t seed = 1;
  bool ignore_syncs = false;      ///< a control: a disk that says it has synced, and has not
  CrashProgress progress;
};

/// What power loss took of receipts of one class.
struct PowerLoss {
  std::uint64_t images = 0;          ///< of such workloads
  std::uint64_t images_with_loss = 0;
  std::uint64_t receipts_median = 0; ///< lost in an image
  std::uint64_t receipts_max = 0;
  double work_ms_median = 0;         ///< of what was lost: from its first call to the power failure
  double work_ms_max = 0;
};

struct PowerReport {
  std::uint64_t seed = 0;
  std::uint64_t images = 0;
  std::uint64_t workloads = 0;
  std::uint64_t operations = 0;        ///< writes, truncations, syncs, names: the crash points there were
  std::uint64_t durable_receipts = 0;  ///< given before the power failed, over all images
  std::uint64_t durable_lost = 0;
  std::uint64_t applied_receipts = 0;
  std::uint64_t applied_lost = 0;
  std::uint64_t holes = 0;             ///< images whose state is no prefix of the commits
  std::uint64_t unsound = 0;           ///< images that can't be opened or fail a check
  std::uint64_t written_after = 0;     ///< images that took a further write after recovery
  std::map<std::string, PowerLoss> applied;  ///< by workload: "mixed", "applied only", "durable only"
  double seconds = 0;
  CrashFindings findings;
  [[nodiscard]] bool ok() const noexcept { return findings.count() == 0 && images > 0; }
};

/// Records all that workloads do to their files, makes disks that a power failure could have left, opens each, and
/// compares it with the states that the workload went through.
/// @errors  io; invalid_argument. What does not hold is no error.
/// @thread  any; blocks for the whole run.
[[nodiscard]] Result<PowerReport> run_power_loss(const PowerOptions& options);

}  // namespace commonbook::sim
