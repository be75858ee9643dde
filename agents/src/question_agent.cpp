// The question agent: understand on the way in, compose on the way out, one snapshot between them.
#include "commonbook/agents/agents.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace commonbook::agents {

namespace {

/// Questions that the agent has not looked at yet: bounded, since a mailbox has no bound of its own.
constexpr std::size_t waiting_max = 4096;
using Waiting = std::shared_ptr<std::atomic<std::size_t>>;

/// A question's place among those that wait: free again when the agent takes it, or when its message is dropped.
class WaitingPlace {
 public:
  explicit WaitingPlace(Waiting waiting) : waiting_(std::move(waiting)) { waiting_->fetch_add(1); }
  WaitingPlace(const WaitingPlace&) = delete;
  WaitingPlace& operator=(const WaitingPlace&) = delete;
  ~WaitingPlace() { waiting_->fetch_sub(1); }

 private:
  Waiting waiting_;
};

struct QuestionTask {
  Question question;
  actors::AnswerTicket ticket;
  std::shared_ptr<WaitingPlace> place;
};

}  // namespace

}  // namespace commonbook::agents

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(commonbook::agents::QuestionTask)

namespace commonbook::agents {

namespace {

Error runtime_gone() { return {ErrorCode::cancelled, "the runtime is shut down", 0, {}}; }

caf::behavior question_behavior(caf::event_based_actor* self, const actors::IntakeActor& intake,
                                const actors::SessionOpened& session) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::exit_reason::unhandled_exception; });
  self->set_down_handler([self](caf::down_msg&) { self->quit(); });
  self->monitor(intake);  // without a runtime there is nothing to ask, and its system must be able to end
  return {
      [self, intake, session](actors::ask_atom, const QuestionTask& task) {
        auto understood = std::make_shared<UnderstoodQuestion>(understand(task.question));
        const std::chrono::milliseconds patience = session.deadline + std::chrono::milliseconds{1'000};
        self->request(intake, patience, actors::ask_atom_v, session.id, understood->plan)
            .then(
                [understood, ticket = task.ticket](actors::AnswerReply& reply) {
                  auto found = reply.take();
                  ticket->fulfil(found ? Result<Answer>{compose(*understood, std::move(*found))} : std::move(found));
                },
                [ticket = task.ticket](const caf::error& failure) {
                  ticket->fulfil(failure == caf::sec::request_timeout
                                     ? Error{ErrorCode::timeout, "no answer came before the deadline", 0, {}}
                                     : runtime_gone());
                });
      },
      [self](actors::stop_atom) { self->quit(); },
  };
}

}  // namespace

struct QuestionAgent::Impl {
  caf::actor actor;
  Waiting waiting = std::make_shared<std::atomic<std::size_t>>(0);
  ~Impl() { caf::anon_send(actor, actors::stop_atom_v); }
};

Result<QuestionAgent> QuestionAgent::start(actors::Runtime& runtime) {
  const actors::IntakeActor intake = runtime.intake();
  if (!intake) return runtime_gone();
  Result<actors::SessionOpened> session = Error{ErrorCode::timeout, "the runtime did not open a session in time", 0, {}};
  {
    caf::scoped_actor self{runtime.system()};
    self->request(intake, std::chrono::seconds{15}, actors::open_atom_v, std::string{"questions"})
        .receive([&](actors::SessionReply& reply) { session = reply.take(); }, [](caf::error&) {});
  }
  if (!session) return session.error();
  auto impl = std::make_shared<Impl>();
  impl->actor = runtime.system().spawn(question_behavior, intake, *session);
  return QuestionAgent{std::move(impl)};
}

QuestionAgent::QuestionAgent(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
QuestionAgent::QuestionAgent(QuestionAgent&&) noexcept = default;
QuestionAgent& QuestionAgent::operator=(QuestionAgent&&) noexcept = default;
QuestionAgent::~QuestionAgent() = default;

std::future<Result<Answer>> QuestionAgent::ask(Question question) {
  auto ticket = std::make_shared<actors::Ticket<Answer>>();
  auto future = ticket->future();
  if (impl_->waiting->load() >= waiting_max) {
    ticket->fulfil(Error{ErrorCode::overloaded, "too many questions are waiting: try again later", 0,
                         std::chrono::milliseconds{50}});
    return future;
  }
  caf::anon_send(impl_->actor, actors::ask_atom_v,
                 QuestionTask{std::move(question), std::move(ticket), std::make_shared<WaitingPlace>(impl_->waiting)});
  return future;
}

}  // namespace commonbook::agents
