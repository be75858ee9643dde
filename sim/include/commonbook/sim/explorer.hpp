// The schedule explorer: drives real connections one step at a time. Threads stop at every yield point, at the write
// gate and in SQLite's busy handler; one goes on at a time, and the explorer decides which. Depth first over all
// schedules, depth first with at most k preemptions, or PCT (Burckhardt et al., ASPLOS 2010) with depth d.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::sim {

enum class Strategy : std::uint8_t { depth_first = 1, bounded_preemptions, pct };

struct ExploreOptions {
  Strategy strategy = Strategy::depth_first;
  int preemptions_max = 2;             ///< of bounded_preemptions
  int pct_depth = 3;
  std::uint64_t pct_runs = 10'000;
  std::uint64_t seed = 1;              ///< of pct
  std::uint64_t schedules_max = 0;     ///< 0: no limit
  double seconds_max = 0;              ///< 0: no limit
  bool reduce = true;                  ///< skip schedules that only swap independent steps
  std::filesystem::path folder;        ///< for the database files; best on a memory file system. Must exist
  std::function<void(std::uint64_t schedules)> progress;
};

struct ExploreResult {
  std::uint64_t schedules = 0;         ///< run to their end and judged
  std::uint64_t redundant = 0;         ///< given up as equal to a judged one; not in `schedules`
  std::uint64_t bad = 0;               ///< schedules after which a check failed, or that never ended
  std::uint64_t deadlocks = 0;
  bool exhausted = false;              ///< every schedule (within the strategy's bound) was run or proved equal to one
  std::vector<std::uint32_t> first_bad;///< its choices: replays it
  std::string first_bad_reason;
  std::map<std::string, std::uint64_t, std::less<>> points;  ///< yield points reached, with counts
  std::map<std::string, std::uint64_t, std::less<>> outcomes; ///< what schedules ended in, see Variant::outcome
  std::size_t depth_max = 0;           ///< choices in the longest schedule
  double seconds = 0;
};

/// What a step may touch, as bits whose meaning is the variant's own (a lock, the file's committed state, a cache).
/// Steps of two threads are independent when neither writes what the other reads or writes. A step that touches
/// nothing is run at once after the one before it.
struct Touched {
  std::uint64_t reads = ~std::uint64_t{0};
  std::uint64_t writes = ~std::uint64_t{0};
  bool tries = false;  ///< does nothing but try something; where that fails, the thread waits and has done nothing
  bool operator==(const Touched&) const = default;
};

/// What is explored: a fresh set of virtual threads over a fresh file for each schedule.
class Variant {
 public:
  virtual ~Variant() = default;
  /// Makes the file and all connections of one schedule anew. Runs without the explorer's hook.
  virtual Result<void> prepare(const std::filesystem::path& folder) = 0;
  [[nodiscard]] virtual std::size_t threads() const = 0;
  /// The body of one virtual thread. Its steps are scheduled.
  virtual void run(std::size_t thread) = 0;
  /// After all threads ended. @returns an empty text, or what is wrong.
  virtual std::string check() = 0;
  /// What the schedule ended in, in words that are equal for equal ends: shows that a reduction loses nothing.
  [[nodiscard]] virtual std::string outcome() { return {}; }
  /// What `thread` may touch from this step, or this wait, up to its next one. "start" is the begin of run(). Used for
  /// the reduction only. Thread: the one that runs; called often.
  [[nodiscard]] virtual Touched touched(std::size_t /*thread*/, std::string_view /*step*/) const { return {}; }
  /// StepHook::broken for the variant's threads, beside the hook that was there before: switches a mechanism off.
  [[nodiscard]] virtual bool broken(std::string_view /*promise*/) const { return false; }
  /// Called once when a schedule can't end by itself: from now on every wait must give up (its deadline passes), since
  /// the threads run on without being scheduled.
  virtual void give_up() {}
};

struct VariantInfo {
  std::string name;
  std::string shows;
  bool expect_failure = false;   ///< the known failures: finding none is an error of the explorer
};
[[nodiscard]] const std::vector<VariantInfo>& variants();
/// @errors  not_found: no variant of that name (the message lists them). invalid_argument: the variant can't have so
///          many processes or threads.
[[nodiscard]] Result<std::unique_ptr<Variant>> make_variant(const std::string& name, std::size_t processes,
                                                            std::size_t threads_each);
/// @errors  invalid_argument; what prepare() fails with; internal: a schedule did not repeat, so the variant depends on
///          more than the order of its steps.
/// @thread  one exploration at a time in a process: it installs the process's step hook and gives it back.
[[nodiscard]] Result<ExploreResult> explore(Variant& variant, const ExploreOptions& options);
/// Runs one schedule again. @param choices as in ExploreResult::first_bad.
[[nodiscard]] Result<ExploreResult> replay_schedule(Variant& variant, const std::vector<std::uint32_t>& choices,
                                                    const ExploreOptions& options);

}  // namespace commonbook::sim
