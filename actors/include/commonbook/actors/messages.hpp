// Everything that the actors say to each other, a section an actor. What crosses the public seam (the intake's section)
// can go over the wire; the sections behind it carry shared pointers and stay within one process.
//
// Our Error travels as a value inside a Reply, so that code, text, SQLite's code and the retry hint arrive intact; an
// error of CAF's own (receiver down, timeout) only ever means that the runtime is gone.
#pragma once
#include "commonbook/actors/message_inspect.hpp"
#include "commonbook/actors/metrics.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::actors {

/// A value or our Error, as a message can carry it.
template <class T>
struct Reply {
  bool ok = false;
  T value{};
  Error error;

  Reply() = default;
  Reply(Result<T> result) {  // NOLINT: a result becomes the reply that says it
    ok = result.has_value();
    if (ok)
      value = std::move(*result);
    else
      error = result.error();
  }
  [[nodiscard]] Result<T> take() {
    if (ok) return Result<T>{std::move(value)};
    return Result<T>{std::move(error)};
  }
};
template <class I, class T>
typename I::result_type inspect(I& f, Reply<T>& x) {
  return f(caf::meta::type_name("Reply"), x.ok, x.value, x.error);
}

/// What an agent needs to know about its session.
struct SessionOpened {
  std::uint64_t id = 0;                    ///< names the session in `observe` and `ask`
  std::string agent;
  std::string session;                     ///< 32 hex digits
  std::uint64_t window_triples = 0;        ///< outstanding triples that the intake admits for the agent
  std::chrono::milliseconds deadline{0};   ///< every request is answered by it plus one second
};
template <class I>
typename I::result_type inspect(I& f, SessionOpened& x) {
  return f(caf::meta::type_name("SessionOpened"), x.id, x.agent, x.session, x.window_triples, x.deadline);
}

using SessionReply = Reply<SessionOpened>;
using ReceiptReply = Reply<Receipt>;
using AnswerReply = Reply<Answer>;

/// The promise of a caller that is no actor: fulfilled once, and by its destructor where nobody else did it, so that a
/// message which is dropped with a dying actor still answers. Thread: any.
template <class T>
class Ticket {
 public:
  /// @param waiting  counts tickets that the intake has not looked at yet; may be null.
  explicit Ticket(std::shared_ptr<std::atomic<std::size_t>> waiting = {}) : waiting_(std::move(waiting)) {
    if (waiting_) waiting_->fetch_add(1, std::memory_order_relaxed);
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() {
    const bool began = admitted_.load(std::memory_order_acquire);
    admit();
    fulfil(began ? Error{ErrorCode::unknown, "the runtime went away before the outcome was known; send it again with the "
                                             "same operation id", 0, {}}
                 : Error{ErrorCode::cancelled, "the runtime is shut down; nothing was stored", 0, {}});
  }
  [[nodiscard]] std::future<Result<T>> future() { return promise_.get_future(); }
  /// The intake has it: from now on the outcome may be unknown.
  void admit() noexcept {
    if (!admitted_.exchange(true, std::memory_order_acq_rel) && waiting_)
      waiting_->fetch_sub(1, std::memory_order_relaxed);
  }
  void fulfil(Result<T> result) {
    if (!done_.exchange(true, std::memory_order_acq_rel)) promise_.set_value(std::move(result));
  }

 private:
  std::shared_ptr<std::atomic<std::size_t>> waiting_;
  std::promise<Result<T>> promise_;
  std::atomic<bool> admitted_{false};
  std::atomic<bool> done_{false};
};
using ReceiptTicket = std::shared_ptr<Ticket<Receipt>>;
using AnswerTicket = std::shared_ptr<Ticket<Answer>>;

/// An accepted observation on its way through the runtime: one owner at a time, named by the message that carries it.
/// A storage actor moves the observation out while it stores it and, when it dies, back in again.
struct ObservationBox {
  Observation observation;
  int deaths = 0;  ///< storage actors that had it in hand and did not answer it
};
using ObservationPtr = std::shared_ptr<ObservationBox>;

/// Observations of one message at most.
inline constexpr std::size_t observations_in_message_max = 32;

/// Intake to storage actor. `key` counts from 1 in order of acceptance.
struct StoreTask {
  std::uint64_t key = 0;
  std::chrono::steady_clock::time_point deadline;
  ObservationPtr box;
};

/// Those of one message, in order.
struct StoreTasks {
  std::vector<StoreTask> tasks;
};

/// How one batch went.
struct BatchFigures {
  std::size_t observations = 0;
  std::size_t triples = 0;
  std::size_t transactions = 0;
  std::chrono::microseconds wait{0};
  std::chrono::microseconds commit{0};
};

/// Storage actor to intake, after COMMIT.
struct StoredBatch {
  std::vector<std::pair<std::uint64_t, ReceiptReply>> replies;
};

/// Intake to reader actor, and back.
struct AskTask {
  std::uint64_t key = 0;
  std::chrono::steady_clock::time_point deadline;
  std::shared_ptr<const QueryPlan> plan;
};
struct AnsweredTask {
  std::uint64_t key = 0;
  AnswerReply reply;
};

/// The intake's part of a sample: taken in one handler, so it is consistent.
struct IntakeSample {
  IntakeCounters counters;
  TimeFigures acknowledge;
  TimeFigures answer;
  std::uint64_t queue_depth_max = 0;
  std::uint64_t questions = 0;
};
/// What the intake could not finish when it closed.
struct CloseReport {
  std::uint64_t cancelled = 0;
  std::uint64_t unknown = 0;
};

/// Whom the supervisor looks after.
enum class WorkerKind : std::uint8_t { storage = 1, reader, maintenance };
struct WorkerId {
  WorkerKind kind = WorkerKind::storage;
  std::size_t index = 0;
  bool operator==(const WorkerId&) const = default;
};

}  // namespace commonbook::actors

// Ids start well above CAF's first, so that a host's own block does not collide.
CAF_BEGIN_TYPE_ID_BLOCK(commonbook, caf::first_custom_type_id + 1000)
  CAF_ADD_TYPE_ID(commonbook, (commonbook::Observation))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::Receipt))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::QueryPlan))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::Answer))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::Error))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::actors::SessionReply))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::actors::ReceiptReply))
  CAF_ADD_TYPE_ID(commonbook, (commonbook::actors::AnswerReply))
  CAF_ADD_TYPE_ID(commonbook, (std::vector<commonbook::Observation>))
  CAF_ADD_TYPE_ID(commonbook, (std::vector<commonbook::actors::ReceiptReply>))
  CAF_ADD_ATOM(commonbook, commonbook::actors, open_atom, "open")
  CAF_ADD_ATOM(commonbook, commonbook::actors, observe_atom, "observe")
  CAF_ADD_ATOM(commonbook, commonbook::actors, ask_atom, "ask")
  CAF_ADD_ATOM(commonbook, commonbook::actors, sample_atom, "sample")
  CAF_ADD_ATOM(commonbook, commonbook::actors, worker_atom, "worker")
  CAF_ADD_ATOM(commonbook, commonbook::actors, store_atom, "store")
  CAF_ADD_ATOM(commonbook, commonbook::actors, stored_atom, "stored")
  CAF_ADD_ATOM(commonbook, commonbook::actors, answered_atom, "answered")
  CAF_ADD_ATOM(commonbook, commonbook::actors, flush_atom, "flush")
  CAF_ADD_ATOM(commonbook, commonbook::actors, tick_atom, "tick")
  CAF_ADD_ATOM(commonbook, commonbook::actors, close_atom, "close")
  CAF_ADD_ATOM(commonbook, commonbook::actors, abandon_atom, "abandon")
  CAF_ADD_ATOM(commonbook, commonbook::actors, settle_atom, "settle")
  CAF_ADD_ATOM(commonbook, commonbook::actors, stop_atom, "stop")
  CAF_ADD_ATOM(commonbook, commonbook::actors, failed_atom, "failed")
  CAF_ADD_ATOM(commonbook, commonbook::actors, opened_atom, "opened")
  CAF_ADD_ATOM(commonbook, commonbook::actors, ready_atom, "ready")
  CAF_ADD_ATOM(commonbook, commonbook::actors, step_atom, "step")
  CAF_ADD_ATOM(commonbook, commonbook::actors, finish_atom, "finish")
  CAF_ADD_ATOM(commonbook, commonbook::actors, batch_atom, "batch")
  CAF_ADD_ATOM(commonbook, commonbook::actors, restart_atom, "restart")
CAF_END_TYPE_ID_BLOCK(commonbook)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::ReceiptTicket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::AnswerTicket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::StoreTask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::StoreTasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::StoredBatch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::BatchFigures)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::AskTask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::AnsweredTask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::IntakeSample)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::RuntimeMetrics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::CloseReport)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::WorkerId)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::actors::Reply<bool>)

namespace commonbook::actors {

/// The intake as agents see it. An agent that keeps several observations open at once sends `observe` with a round: when
/// one is refused as overloaded, the intake refuses all later ones of that session until they carry a higher round, so
/// that what was refused can be sent again without being overtaken by what came after it.
///
/// One message may carry up to 32 observations. Each is admitted, stored, answered and counted as if it had come alone, in
/// their order; the message is answered once all of them are, with a reply for each in that order.
using IntakeActor = caf::typed_actor<
    caf::replies_to<open_atom, std::string>::with<SessionReply>,
    caf::replies_to<observe_atom, std::uint64_t, Observation>::with<ReceiptReply>,
    caf::replies_to<observe_atom, std::uint64_t, std::uint64_t, Observation>::with<ReceiptReply>,  ///< session, round
    caf::replies_to<observe_atom, std::uint64_t, std::uint64_t, std::vector<Observation>>::with<std::vector<ReceiptReply>>,
    caf::replies_to<ask_atom, std::uint64_t, QueryPlan>::with<AnswerReply>>;

/// The intake as the runtime sees it.
using IntakeInside = IntakeActor::extend<
    caf::reacts_to<observe_atom, std::uint64_t, Observation, ReceiptTicket>,  ///< AgentSession
    caf::reacts_to<ask_atom, std::uint64_t, QueryPlan, AnswerTicket>,         ///< AgentSession
    caf::reacts_to<stored_atom, std::size_t, StoredBatch>,                    ///< storage actor, with its index
    caf::reacts_to<answered_atom, std::size_t, AnsweredTask>,                 ///< reader actor, with its index
    caf::reacts_to<worker_atom, WorkerId, caf::actor>,                        ///< supervisor: a new one; sends again
    caf::reacts_to<failed_atom, Error>,                                       ///< supervisor: fail-stop
    caf::replies_to<sample_atom>::with<IntakeSample>,                         ///< metrics
    caf::replies_to<close_atom, std::uint64_t>::with<CloseReport>,            ///< runtime; drain for so many ms
    caf::reacts_to<tick_atom>, caf::reacts_to<abandon_atom>, caf::reacts_to<settle_atom>,  ///< itself, later
    caf::reacts_to<stop_atom>>;                                               ///< runtime

// Storage actor: (store_atom, StoreTask) or (store_atom, StoreTasks) from the intake; (flush_atom) from itself;
// (abandon_atom) from the intake: answer cancelled what has not begun; (stop_atom) from the supervisor.
//
// Reader actor: (ask_atom, AskTask) from the intake; (abandon_atom); (stop_atom).
//
// Maintenance actors: (step_atom) from itself; (finish_atom, milliseconds as uint64) from the supervisor: a last piece
// of work, then quit.
//
// Supervisor: (opened_atom, WorkerId, Reply<bool>) from a worker that tried to open its part of the file; (failed_atom,
// Error) from a worker that met damage; (ready_atom) -> Reply<bool> once all have opened; (stop_atom, milliseconds as
// uint64) -> bool once all are gone.
//
// Metrics: (batch_atom, BatchFigures) from storage actors; (restart_atom) and (failed_atom, Error) from the supervisor;
// (tick_atom) from itself: the watchdog's look at the gate; (sample_atom) -> RuntimeMetrics; (stop_atom).

}  // namespace commonbook::actors
