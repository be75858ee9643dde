// The whole runtime on one thread over a real memory file, for tests of hosts and for simulations: every actor, storage
// actors too, on CAF's test coordinator; a clock that moves only when the schedule says so; a seed that decides which
// actor goes next. The same seed and the same calls give the same run and the same rows.
//
//   auto runtime = DeterministicRuntime::start({.runtime = {.path = "memory.db", .create = true}, .seed = 7});
//   auto session = (*runtime)->open_session("notes");
//   (*runtime)->observe(*session, observation, [&](const Result<Receipt>& receipt) { ... });
//   (*runtime)->run_until([&] { return answered; }, 100'000);
#pragma once
#include "commonbook/actors/messages.hpp"
#include "commonbook/actors/metrics.hpp"
#include "commonbook/actors/runtime.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace commonbook::actors {

/// How a storage actor dies in the middle of a batch.
enum class StoreDeath : std::uint8_t { none = 1, before_commit, after_commit };

/// One choice of the schedule, as it is made.
struct ScheduleChoice {
  std::size_t choice = 0;           ///< which of `choices` runnable actors; 0 of 0 where time passes
  std::size_t choices = 0;
  std::string_view actor;           ///< its kind: "intake", "storage", ...; "time" where time passes
  std::uint64_t actor_id = 0;       ///< counted within the run
  std::string_view message;         ///< its first atom, "answer", or "start"; empty where time passes
  std::chrono::milliseconds passed{0};
};

/// Told of everything that a schedule decides. Thread: the one that steps the runtime.
class ScheduleObserver {
 public:
  virtual ~ScheduleObserver() = default;
  virtual void chose(const ScheduleChoice& choice) = 0;  ///< before it runs
  /// A batch stands in the file. @param observations  those that were not stored before.
  virtual void committed(std::uint64_t commit_seq, std::size_t observations) = 0;
};

struct DeterministicRuntimeOptions {
  RuntimeOptions runtime;             ///< scheduler_threads and session_seed are not looked at
  std::uint64_t seed = 1;             ///< of the schedule, the session names and the compactor's name
  Timestamp wall_start{1'767'225'600'000};
  std::chrono::milliseconds elapsed{0};      ///< where the virtual clock starts: a run that goes on sets it
  std::chrono::milliseconds idle_pause{250}; ///< background duties with nothing to do look again after this, not sooner
  bool time_passes_early = true;      ///< now and then some time passes although actors are runnable
  std::function<StoreDeath()> store_death;   ///< asked at each batch; may be empty
  std::string file_layer{};           ///< of storage::BookOptions
  ScheduleObserver* observer = nullptr;      ///< outlives the runtime; may be null
};

/// Thread: one, for all calls; it is the thread of every actor. Actors that a host spawns on system() must have quit
/// before the runtime is destroyed.
class DeterministicRuntime {
 public:
  /// @errors  as Runtime::start().
  static Result<std::unique_ptr<DeterministicRuntime>> start(const DeterministicRuntimeOptions& options);
  DeterministicRuntime(const DeterministicRuntime&) = delete;
  DeterministicRuntime& operator=(const DeterministicRuntime&) = delete;
  ~DeterministicRuntime();  ///< shuts down without a last compaction if nobody did

  /// One message of one actor, or time that passes. @returns  false: nothing is left that could happen.
  bool step();
  /// Steps until `done` says so. @returns  false: it did not within `steps_max`.
  bool run_until(const std::function<bool()>& done, std::uint64_t steps_max);
  /// Runs whatever is runnable without moving the clock.
  void settle();
  /// True while an actor has a message to handle, so that no time needs to pass.
  [[nodiscard]] bool has_runnable() const;

  /// Steps until the session is open. @errors  as Runtime::open_session().
  Result<SessionOpened> open_session(const std::string& agent);
  /// Sends; `then` is called from within a later step.
  void observe(const SessionOpened& session, Observation observation, std::function<void(Result<Receipt>)> then);
  void ask(const SessionOpened& session, QueryPlan plan, std::function<void(Result<Answer>)> then);
  [[nodiscard]] IntakeActor intake() const;
  [[nodiscard]] caf::actor_system& system() noexcept;

  [[nodiscard]] const Clock& clock() const noexcept;  ///< the virtual one
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept;
  /// The wall clock jumps; steady time does not notice.
  void jump_wall(std::chrono::milliseconds by) noexcept;

  /// Steps until the sample is there. @errors  timeout.
  Result<RuntimeMetrics> metrics();
  /// The row digest as the file has it now. @errors  io, corrupt, cancelled (shut down).
  Result<std::uint64_t> row_digest();
  /// Stops all actors and closes the file. @param compaction  how long the last compaction may take, on the virtual
  /// clock; zero leaves the tail as it is. A second call does nothing.
  void shutdown(std::chrono::milliseconds compaction);

 private:
  struct Impl;
  explicit DeterministicRuntime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::actors
