#include "import_agent_state.hpp"

#include <caf/all.hpp>

#include <mutex>
#include <utility>

namespace commonbook::agents {

struct ImportAgent::Impl {
  std::shared_ptr<ImportBoard> board;
  std::mutex mutex;
  caf::actor actor;  // null once it has finished: a handle that is kept would keep the actor's system from ending

  ~Impl() {
    // The agent's callback may look at the caller's variables: it must not run any more after this.
    stop();
    board->wait();
  }
  void stop() {
    board->ask_to_stop();
    const std::lock_guard guard{mutex};
    if (actor) caf::anon_send(actor, actors::stop_atom_v);
  }
  void let_go() {
    const std::lock_guard guard{mutex};
    actor = nullptr;
  }
};

std::string to_string(const ImportError& error) {
  return (error.place.empty() ? "" : error.place + ": ") + commonbook::to_string(error.error);
}

Result<ImportAgent> ImportAgent::start(actors::Runtime& runtime, ImportOptions options,
                                       std::unique_ptr<Source> source) {
  const auto invalid = [](std::string what) { return Error{ErrorCode::invalid_argument, std::move(what), 0, {}}; };
  if (!source) return invalid("an importer needs a source");
  if (options.outstanding_max < 1) return invalid("outstanding_max is 1 or more");
  if (options.message_max < 1 || options.message_max > actors::observations_in_message_max)
    return invalid("message_max is 1 to " + std::to_string(actors::observations_in_message_max));
  const actors::IntakeActor intake = runtime.intake();
  if (!intake) return Error{ErrorCode::cancelled, "the runtime is shut down", 0, {}};
  Result<actors::SessionOpened> session = Error{ErrorCode::timeout, "the runtime did not open a session in time", 0, {}};
  {
    caf::scoped_actor self{runtime.system()};
    self->request(intake, std::chrono::seconds{15}, actors::open_atom_v, options.agent)
        .receive([&](actors::SessionReply& reply) { session = reply.take(); }, [](caf::error&) {});
  }
  if (!session) return session.error();
  auto impl = std::make_shared<Impl>();
  impl->board = std::make_shared<ImportBoard>(options.agent);
  impl->actor = spawn_import_agent(runtime.system(), intake, *session, std::move(options), std::move(source), impl->board);
  return ImportAgent{std::move(impl)};
}

ImportAgent::ImportAgent(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
ImportAgent::ImportAgent(ImportAgent&&) noexcept = default;
ImportAgent& ImportAgent::operator=(ImportAgent&&) noexcept = default;
ImportAgent::~ImportAgent() = default;

ImportReport ImportAgent::report() const { return impl_->board->report(); }
ImportReport ImportAgent::wait() {
  auto report = impl_->board->wait();
  impl_->let_go();
  return report;
}
bool ImportAgent::wait_for(std::chrono::milliseconds at_most) {
  if (!impl_->board->wait_for(at_most)) return false;
  impl_->let_go();
  return true;
}
void ImportAgent::stop() { impl_->stop(); }

}  // namespace commonbook::agents
