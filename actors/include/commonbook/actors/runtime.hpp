// The face that a host program embeds: opens a memory file, runs the actors, hands out agent sessions, drains on
// shutdown and says what it could not finish.
//
//   auto runtime = Runtime::start({.path = "memory.db", .create = true});
//   auto session = (*runtime)->open_session("notes");
//   auto receipt = session->observe(observation).get();      // Result<Receipt>
//   auto report  = (*runtime)->shutdown();
#pragma once
#include "commonbook/actors/messages.hpp"
#include "commonbook/actors/metrics.hpp"
#include "commonbook/model/answer.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/observation.hpp"
#include "commonbook/model/query_plan.hpp"
#include "commonbook/model/result.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace commonbook::actors {

/// All that a host may choose; the defaults are those of architecture.md.
struct RuntimeOptions {
  std::filesystem::path path;
  bool create = false;
  bool unknown_file_system_ok = false;
  std::size_t storage_actors = 2;
  std::size_t reader_actors = 2;
  std::size_t window_triples = 64;       ///< outstanding triples for each agent; at least one observation
  std::size_t queue_observations = 1024; ///< for each storage actor
  std::size_t batch_triples = 512;       ///< or one larger observation alone
  std::size_t cache_mib = 64;            ///< page cache at most, of each storage actor and of each of three duties; what readers
                                         ///< remember of observations is in proportion, some 40 MiB at 64
  std::size_t alias_cache_entries = 1u << 20;  ///< names that are found without a look into the file; some 300 bytes each
  std::chrono::milliseconds deadline{10'000};
  std::chrono::milliseconds drain{5'000};///< of a shutdown: the whole takes 5 s, or a second more than this if that is longer
  std::chrono::milliseconds stall{2'000};///< the watchdog reports a write gate that is held so long without a step
  std::string similarity = "suggest";    ///< off, suggest, merge
  double similarity_threshold = 0.90;    ///< of a name's score: at or above it, a suggestion
  double merge_threshold = 0.99;         ///< with "merge": at or above it, merged silently
  std::string space{};                   ///< predicate whose literals keep homonyms apart, e.g. "type"; empty: none
  bool maintenance = true;               ///< compactor, checkpointer, suggestion pass, scan of names
  bool keep_overlay = true;              ///< false for hosts that only ask
  std::size_t scheduler_threads = 2;     ///< of an own actor_system
  std::uint64_t session_seed = 0;        ///< 0: session names from the system; else from this seed
};

/// What shutdown could not finish. `clean` means that nothing was open.
struct ShutdownReport {
  bool clean = true;
  std::uint64_t cancelled = 0;  ///< certainly not stored
  std::uint64_t unknown = 0;    ///< outcome open: send again with the same operation id
  RuntimeMetrics metrics;       ///< the last sample
};

class Runtime;

/// One agent's way in. Its observations commit in the order in which observe() accepted them (P7).
/// Valid until the runtime's shutdown. Copies share the session. Thread: any; observe() keeps order only for
/// calls from one thread.
class AgentSession {
 public:
  /// Never blocks. The future is always fulfilled, by the deadline plus one second (P5).
  std::future<Result<Receipt>> observe(Observation observation);
  std::future<Result<Answer>> ask(QueryPlan plan);
  [[nodiscard]] const std::string& agent() const noexcept;
  [[nodiscard]] const std::string& session() const noexcept;
  /// For agents that are actors themselves: send them `observe` and `ask` with this session's id.
  [[nodiscard]] std::uint64_t id() const noexcept;

 private:
  friend class Runtime;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class Runtime {
 public:
  /// Registers our message types and limits. A host with an actor_system of its own must call it before
  /// it makes that system; start() on a system without it is invalid_argument.
  static void configure(caf::actor_system_config& config);

  /// Opens the file and starts the actors on a system of its own.
  /// @errors  those of storage::Book::open(); invalid_argument: an option is out of range.
  /// @thread  not an actor's; blocks while the file is opened.
  static Result<std::unique_ptr<Runtime>> start(const RuntimeOptions& options);
  /// The same on the host's system, which must outlive the runtime.
  static Result<std::unique_ptr<Runtime>> start(const RuntimeOptions& options, caf::actor_system& system);
  ~Runtime();  ///< shuts down if nobody did

  /// A new session of an agent. @param agent 1 to 256 bytes. @errors invalid_argument, cancelled (shut down).
  Result<AgentSession> open_session(const std::string& agent);
  /// The actor that takes `observe` and `ask`, for agents that are actors.
  [[nodiscard]] IntakeActor intake() const;
  [[nodiscard]] caf::actor_system& system() noexcept;
  /// A consistent sample, by message. @errors timeout, cancelled.
  Result<RuntimeMetrics> metrics();
  /// Stops admission, drains, answers what is left `cancelled` or `unknown`, stops all actors; within 5 s, or options.drain
  /// and a second where that is longer. A worker that does not stop even when no lock is waited for any more is left behind:
  /// the report is not clean, and the process should end. A second call gives the same report.
  /// @thread not an actor's; blocks.
  ShutdownReport shutdown();

 private:
  struct Impl;
  explicit Runtime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::actors
