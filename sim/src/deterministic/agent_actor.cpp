#include "agent_actor.hpp"

#include <caf/all.hpp>

#include <memory>

namespace commonbook::sim {

namespace {

using std::chrono::milliseconds;

Error gone() { return {ErrorCode::cancelled, "the runtime is gone", 0, {}}; }

template <class Self>
void set_quiet_handlers(Self* self) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::exit_reason::unhandled_exception; });
}

struct AgentName {
  static inline const char* const name = "agent";
};
struct TimelineName {
  static inline const char* const name = "timeline";
};
using AgentPointer = caf::stateful_actor<AgentName>*;

class ActorPort final : public AgentPort {
 public:
  ActorPort(AgentPointer self, actors::IntakeActor intake, std::uint64_t session, SimulatedAgent& agent)
      : self_(self), intake_(std::move(intake)), session_(session), agent_(&agent) {}

  // The intake answers every request by its deadline; so nothing waits for ever behind `infinite`.
  void observe(std::uint64_t number, std::uint64_t round, const Observation& observation) override {
    self_->request(intake_, caf::infinite, actors::observe_atom_v, session_, round, observation)
        .then([agent = agent_, number](actors::ReceiptReply& reply) { agent->receipt(number, reply.take()); },
              [agent = agent_, number](caf::error&) { agent->receipt(number, gone()); });
  }
  void ask(std::uint64_t number, const QueryPlan& plan) override {
    self_->request(intake_, caf::infinite, actors::ask_atom_v, session_, plan)
        .then([agent = agent_, number](actors::AnswerReply& reply) { agent->answer(number, reply.take()); },
              [agent = agent_, number](caf::error&) { agent->answer(number, gone()); });
  }
  void turn_after(milliseconds delay) override { self_->delayed_send(self_, delay, actors::tick_atom_v); }
  void resend_after(milliseconds delay) override { self_->delayed_send(self_, delay, actors::restart_atom_v); }
  void awake_after(milliseconds delay) override { self_->delayed_send(self_, delay, actors::ready_atom_v); }

 private:
  AgentPointer self_;  // owns this port, through its behaviour
  actors::IntakeActor intake_;
  std::uint64_t session_;
  SimulatedAgent* agent_;
};

caf::behavior agent_behavior(AgentPointer self, const actors::IntakeActor& intake, std::uint64_t session,
                             SimulatedAgent* agent) {
  set_quiet_handlers(self);
  auto port = std::make_shared<ActorPort>(self, intake, session, *agent);
  agent->enter(*port);
  return {
      [agent](actors::tick_atom) { agent->take_turn(); },
      [agent](actors::restart_atom) { agent->resend(); },
      [agent](actors::ready_atom) { agent->awake(); },
      [self, agent, port](actors::stop_atom) {
        agent->leave();
        self->quit();
      },
  };
}

}  // namespace

caf::actor spawn_agent(caf::actor_system& system, const actors::IntakeActor& intake,
                       const actors::SessionOpened& session, SimulatedAgent& agent) {
  return system.spawn(agent_behavior, intake, session.id, &agent);
}

caf::actor spawn_timeline(caf::actor_system& system, std::vector<std::pair<std::size_t, milliseconds>> due,
                          std::function<void(std::size_t)> happen) {
  return system.spawn([due = std::move(due),
                       happen = std::move(happen)](caf::stateful_actor<TimelineName>* self) -> caf::behavior {
    set_quiet_handlers(self);
    for (const auto& [index, delay] : due)
      self->delayed_send(self, delay, actors::tick_atom_v, static_cast<std::uint64_t>(index));
    return {
        [happen](actors::tick_atom, std::uint64_t index) { happen(static_cast<std::size_t>(index)); },
        [self](actors::stop_atom) { self->quit(); },
    };
  });
}

}  // namespace commonbook::sim
