#include "reader_actor.hpp"

#include "commonbook/model/yield_point.hpp"

#include <utility>

namespace commonbook::actors {

namespace {

Result<Answer> answer_question(caf::stateful_actor<ReaderState>* self, const AskTask& task) {
  if (self->state.abandoned) return Error{ErrorCode::cancelled, "the runtime is shutting down", 0, {}};
  if (task.deadline <= self->clock().now())
    return Error{ErrorCode::timeout, "the deadline passed before the question was read", 0, {}};
  yield_point("reader_actor.before_answer");
  return self->state.reader->answer(*task.plan, task.deadline);
}

}  // namespace

caf::behavior reader_behavior(caf::stateful_actor<ReaderState>* self, const ReaderActorOptions& options,
                              const Factory<PlanReader>& open, const WorkerPeers& peers) {
  set_quiet_handlers(self);
  name_this_thread(options.threads, "reader-" + std::to_string(options.index));
  const WorkerId id{WorkerKind::reader, options.index};
  auto reader = open(self->clock().now() + options.open_deadline);
  if (!reader) {
    caf::anon_send(peers.supervisor, opened_atom_v, id, Reply<bool>{Result<bool>{reader.error()}});
    self->quit(caf::exit_reason::unhandled_exception);
    return {};
  }
  self->state.reader = std::move(*reader);
  caf::anon_send(peers.supervisor, opened_atom_v, id, Reply<bool>{Result<bool>{true}});
  return {
      [self, peers, index = options.index](ask_atom, const AskTask& task) {
        auto result = answer_question(self, task);
        const ErrorCode code = result ? ErrorCode::busy : result.error().code;
        const Error error = result ? Error{} : result.error();
        caf::anon_send(peers.intake, answered_atom_v, index, AnsweredTask{task.key, AnswerReply{std::move(result)}});
        if (code == ErrorCode::corrupt) caf::anon_send(peers.supervisor, failed_atom_v, error);
        // A connection that met a disk fault is not used again: the supervisor opens another.
        if (code == ErrorCode::io) self->quit(caf::exit_reason::unhandled_exception);
      },
      [self](abandon_atom) { self->state.abandoned = true; },
      [self](stop_atom) { self->quit(); },
  };
}

}  // namespace commonbook::actors
