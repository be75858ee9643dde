#include "intake.hpp"

#include "caf_support.hpp"

namespace commonbook::actors {

namespace {

using IntakePointer = IntakeInside::stateful_pointer<IntakeState>;

IntakeInside::behavior_type intake_behavior(IntakePointer self, const IntakeOptions& options) {
  set_quiet_handlers(self);
  self->state.start(options);
  return {
      [self](open_atom, const std::string& agent) { return self->state.open_session(agent); },
      [self](observe_atom, std::uint64_t session, Observation& observation) -> caf::result<ReceiptReply> {
        self->state.observe(session, std::nullopt, std::move(observation),
                            Asker<Receipt>{self->make_response_promise<ReceiptReply>()});
        return caf::delegated<ReceiptReply>{};
      },
      [self](observe_atom, std::uint64_t session, std::uint64_t round,
             Observation& observation) -> caf::result<ReceiptReply> {
        self->state.observe(session, round, std::move(observation),
                            Asker<Receipt>{self->make_response_promise<ReceiptReply>()});
        return caf::delegated<ReceiptReply>{};
      },
      [self](observe_atom, std::uint64_t session, std::uint64_t round,
             std::vector<Observation>& observations) -> caf::result<std::vector<ReceiptReply>> {
        self->state.observe_all(session, round, std::move(observations),
                                self->make_response_promise<std::vector<ReceiptReply>>());
        return caf::delegated<std::vector<ReceiptReply>>{};
      },
      [self](ask_atom, std::uint64_t session, QueryPlan& plan) -> caf::result<AnswerReply> {
        self->state.ask(session, std::move(plan), Asker<Answer>{self->make_response_promise<AnswerReply>()});
        return caf::delegated<AnswerReply>{};
      },
      [self](observe_atom, std::uint64_t session, Observation& observation, const ReceiptTicket& ticket) {
        self->state.observe(session, std::nullopt, std::move(observation), Asker<Receipt>{ticket});
      },
      [self](ask_atom, std::uint64_t session, QueryPlan& plan, const AnswerTicket& ticket) {
        self->state.ask(session, std::move(plan), Asker<Answer>{ticket});
      },
      [self](stored_atom, std::size_t storage, StoredBatch& batch) { self->state.stored(storage, batch); },
      [self](answered_atom, std::size_t reader, AnsweredTask& task) { self->state.answered(reader, task); },
      [self](worker_atom, const WorkerId& id, const caf::actor& worker) { self->state.new_worker(id, worker); },
      [self](failed_atom, const Error& cause) { self->state.fail(cause); },
      [self](sample_atom) { return self->state.sample(); },
      [self](close_atom, std::uint64_t drain_ms) -> caf::result<CloseReport> {
        self->state.close(std::chrono::milliseconds{drain_ms}, self->make_response_promise<CloseReport>());
        return caf::delegated<CloseReport>{};
      },
      [self](tick_atom) { self->state.tick(); },
      [self](abandon_atom) { self->state.abandon(); },
      [self](settle_atom) { self->state.settle(); },
      [self](stop_atom) { self->quit(); },
  };
}

}  // namespace

IntakeInside spawn_intake(caf::actor_system& system, const IntakeOptions& options) {
  return system.spawn(intake_behavior, options);
}

}  // namespace commonbook::actors
