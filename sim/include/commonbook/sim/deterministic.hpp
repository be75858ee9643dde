// Deterministic runs (P9): all actors of the runtime, storage actors too, on one thread with a virtual clock; a seed
// decides everything. The same seed gives the same trace and the same row digest; a trace replays; a checkpoint
// resumes.
#pragma once
#include "commonbook/sim/figures.hpp"
#include "commonbook/sim/scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::sim {

/// One choice or event of a run, a line of the trace file.
struct TraceStep {
  std::uint64_t number = 0;
  std::uint64_t virtual_ms = 0;
  std::uint32_t choice = 0;      ///< which of `choices` runnable actors went next
  std::uint32_t choices = 0;
  std::string what;              ///< actor and message, e.g. "storage-0 flush"; "commit 17"; "time +50"
  bool operator==(const TraceStep&) const = default;
};

struct DeterministicOptions {
  std::filesystem::path folder;                     ///< for the file of the run
  std::optional<std::filesystem::path> trace;       ///< written when given
  std::optional<std::filesystem::path> checkpoints; ///< folder for `checkpoint every N`
  std::uint64_t stop_after_steps = 0;               ///< tests: end without a word, as if killed; 0: never
  std::function<void(std::string_view what, double share)> progress;
};

struct DeterministicResult {
  Figures figures;               ///< times are virtual
  std::uint64_t steps = 0;       ///< agent ticks done
  std::uint64_t messages = 0;
  std::uint64_t trace_hash = 0;  ///< of all steps: equal traces, equal hash
  double opening_seconds = 0;    ///< wall-clock, for opening the file alone
  double running_seconds = 0;    ///< wall-clock, without opening
};

/// One run of a deterministic scenario. @errors io, invalid_argument. @thread not an actor's; blocks.
[[nodiscard]] Result<DeterministicResult> run_deterministic(const Scenario& scenario, std::uint64_t seed,
                                                            const DeterministicOptions& options);
/// Goes on from a checkpoint (a folder that a run wrote). The end is that of the uninterrupted run.
[[nodiscard]] Result<DeterministicResult> resume(const std::filesystem::path& checkpoint,
                                                 const DeterministicOptions& options);

struct ReplayReport {
  bool same = true;
  std::optional<TraceStep> expected;  ///< where it first differs
  std::optional<TraceStep> found;
  DeterministicResult result;
};
/// Runs the scenario and seed that a trace names again and compares step by step. @errors io, parse_error.
[[nodiscard]] Result<ReplayReport> replay(const std::filesystem::path& trace, const DeterministicOptions& options);

struct SeedSearch {
  std::uint64_t seeds = 0;                   ///< run
  std::optional<std::uint64_t> failing;      ///< the first that breaks an expectation
  std::vector<std::string> failures;         ///< what it broke
  std::uint64_t digest_of_digests = 0;       ///< over (seed, row digest): equal for equal builds
  double opening_seconds = 0;
  double running_seconds = 0;
};
/// Runs the seeds first..last on `threads` threads and stops at the first that breaks an expectation. Sets two things
/// of the whole process: SQLite's memory statistics are off, and the allocator keeps what is freed.
[[nodiscard]] Result<SeedSearch> search_seeds(const Scenario& scenario, std::uint64_t first, std::uint64_t last,
                                              std::size_t threads, const DeterministicOptions& options);

}  // namespace commonbook::sim
