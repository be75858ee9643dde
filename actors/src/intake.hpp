// The intake: admission, deadlines and P6's counters. Every observation and every question passes through it, both ways.
#pragma once
#include "asker.hpp"
#include "commonbook/actors/messages.hpp"
#include "credit.hpp"
#include "time_histogram.hpp"

#include <caf/local_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace commonbook::actors {

struct IntakeOptions {
  CreditLimits limits;
  std::size_t reader_actors = 2;
  std::chrono::milliseconds deadline{10'000};
  std::uint64_t session_seed = 0;  ///< 0: session names from the system
};

/// Past a request's deadline its storage actor or reader should have answered by itself; this much later the intake
/// answers in its place. P5 allows a second.
inline constexpr std::chrono::milliseconds answer_grace{500};
/// How often deadlines are looked at while anything is open.
inline constexpr std::chrono::milliseconds tick_period{100};
/// After the drain, how long a storage actor has to hand back what it did not begin.
inline constexpr std::chrono::milliseconds settle_time{500};
/// Open questions for each reader actor.
inline constexpr std::size_t questions_per_reader_max = 1024;

/// The state of the intake. All methods run in its handlers; none blocks, none throws.
///
/// An accepted observation is open until it is answered. It has been sent to its storage actor, perhaps to one that died:
/// then the next one gets all that is open for it again, in order of acceptance. What is answered for lack of time stays
/// in the storage actor's queue count until that actor answers or is replaced.
class IntakeState {
 public:
  static inline const char* const name = "intake";
  explicit IntakeState(caf::local_actor* self) : self_(self) {}
  ~IntakeState();
  void start(const IntakeOptions& options);

  SessionReply open_session(const std::string& agent);
  /// @param round  given by agents that keep several requests open; see IntakeActor.
  void observe(std::uint64_t session, std::optional<std::uint64_t> round, Observation&& observation,
               Asker<Receipt> asker);
  /// Those of one message; more than observations_in_message_max are refused, all of them.
  void observe_all(std::uint64_t session, std::uint64_t round, std::vector<Observation>&& observations,
                   AskerGroup<Receipt>::Promise promise);
  void ask(std::uint64_t session, QueryPlan&& plan, Asker<Answer> asker);
  void stored(std::size_t storage, StoredBatch& batch);
  void answered(std::size_t reader, AnsweredTask& task);
  void new_worker(const WorkerId& id, const caf::actor& worker);
  void fail(const Error& cause);
  [[nodiscard]] IntakeSample sample() const;
  void close(std::chrono::milliseconds drain, caf::typed_response_promise<CloseReport> promise);
  void tick();
  void abandon();
  void settle();

 private:
  struct Session {
    std::string agent;
    std::string name;
    std::size_t agent_index = 0;
    std::uint64_t sequence = 0;
    std::uint64_t round = 0;  // requests of earlier rounds are refused
  };
  struct OpenObservation {
    Asker<Receipt> asker;
    Credit credit;
    std::size_t triples = 0;
    std::chrono::steady_clock::time_point accepted;
    std::chrono::steady_clock::time_point deadline;
    ObservationPtr box;
  };
  struct OpenQuestion {
    Asker<Answer> asker;
    std::size_t reader = 0;
    std::chrono::steady_clock::time_point accepted;
    std::chrono::steady_clock::time_point deadline;
    std::shared_ptr<const QueryPlan> plan;
  };
  using OpenObservations = std::map<std::uint64_t, OpenObservation>;
  using OpenQuestions = std::map<std::uint64_t, OpenQuestion>;

  /// Null where it is refused: the asker is answered then.
  const OpenObservations::value_type* admit(std::uint64_t session, std::optional<std::uint64_t> round,
                                            Observation&& observation, Asker<Receipt> asker);
  [[nodiscard]] std::optional<Error> refusal(Session* session, std::optional<std::uint64_t> round) const;
  Session* find_session(std::uint64_t id);
  void send_store(std::uint64_t key, const OpenObservation& open) const;
  void send_ask(std::uint64_t key, const OpenQuestion& open) const;
  OpenObservations::iterator finish(OpenObservations::iterator open, Result<Receipt> result);
  OpenQuestions::iterator finish(OpenQuestions::iterator open, Result<Answer> result);
  void count(const Result<Receipt>& result, std::size_t triples);
  void expire();
  void arm_tick();
  void report_if_closed();
  [[nodiscard]] std::string new_session_name();
  template <class Atom>
  void send_later(std::chrono::milliseconds delay, Atom message) const;

  caf::local_actor* self_;  // owns this state
  IntakeOptions options_;
  std::optional<CreditBook> credits_;
  std::vector<Session> sessions_;      // id is index + 1
  std::vector<caf::actor> storages_;
  std::vector<caf::actor> readers_;
  std::vector<std::size_t> reader_load_;
  OpenObservations open_;              // by key: in order of acceptance, and so of deadlines
  OpenQuestions questions_;
  std::uint64_t last_key_ = 0;
  IntakeCounters counters_;
  TimeHistogram acknowledge_;
  TimeHistogram answer_;
  std::uint64_t questions_total_ = 0;
  std::uint64_t queue_depth_max_ = 0;
  bool tick_armed_ = false;
  std::optional<Error> closed_;        // why nothing is admitted any more
  std::optional<caf::typed_response_promise<CloseReport>> closing_;
  CloseReport before_close_;
  std::mt19937_64 session_names_;
};

/// @thread  any.
[[nodiscard]] IntakeInside spawn_intake(caf::actor_system& system, const IntakeOptions& options);

}  // namespace commonbook::actors
