#include "agent_session.hpp"

#include <caf/send.hpp>

#include <utility>

namespace commonbook::actors {

namespace {

Error crowded() {
  return {ErrorCode::overloaded, "more requests are on their way than the intake can look at: try again later", 0,
          std::chrono::milliseconds{20}};
}

/// Sends through the door with a ticket; whatever happens to the message, its ticket is fulfilled.
template <class T, class F>
std::future<Result<T>> send_with_ticket(IntakeDoor& door, F send) {
  auto ticket = std::make_shared<Ticket<T>>(door.waiting());
  auto future = ticket->future();
  if (door.is_crowded()) {
    ticket->fulfil(crowded());
    return future;
  }
  if (auto passed = door.pass([&](const IntakeInside& intake) { send(intake, ticket); }); !passed)
    ticket->fulfil(passed.error());
  return future;
}

}  // namespace

std::future<Result<Receipt>> AgentSession::observe(Observation observation) {
  return send_with_ticket<Receipt>(*impl_->door, [&](const IntakeInside& intake, const ReceiptTicket& ticket) {
    caf::anon_send(intake, observe_atom_v, impl_->id, std::move(observation), ticket);
  });
}

std::future<Result<Answer>> AgentSession::ask(QueryPlan plan) {
  return send_with_ticket<Answer>(*impl_->door, [&](const IntakeInside& intake, const AnswerTicket& ticket) {
    caf::anon_send(intake, ask_atom_v, impl_->id, std::move(plan), ticket);
  });
}

const std::string& AgentSession::agent() const noexcept { return impl_->agent; }
const std::string& AgentSession::session() const noexcept { return impl_->session; }
std::uint64_t AgentSession::id() const noexcept { return impl_->id; }

}  // namespace commonbook::actors
