#include "maintenance.hpp"

#include <utility>

namespace commonbook::actors {

namespace {

constexpr std::chrono::milliseconds pause_after_error{200};

[[nodiscard]] bool is_damage(ErrorCode code) noexcept {
  return code == ErrorCode::corrupt || code == ErrorCode::io || code == ErrorCode::unknown;
}

void step(caf::stateful_actor<MaintenanceState>* self, const MaintenanceOptions& options, const WorkerPeers& peers) {
  const auto pause = self->state.task->step(self->clock().now() + options.step_deadline);
  if (!pause && is_damage(pause.error().code)) {
    caf::anon_send(peers.supervisor, failed_atom_v, pause.error());
    return;  // no further step: the runtime stops
  }
  self->delayed_send(self, pause ? *pause : pause_after_error, step_atom_v);
}

}  // namespace

caf::behavior maintenance_behavior(caf::stateful_actor<MaintenanceState>* self, const MaintenanceOptions& options,
                                   const Factory<MaintenanceTask>& open, const WorkerPeers& peers) {
  set_quiet_handlers(self);
  name_this_thread(options.threads, "maintenance-" + std::to_string(options.index));
  const WorkerId id{WorkerKind::maintenance, options.index};
  auto task = open(self->clock().now() + options.open_deadline);
  if (!task) {
    caf::anon_send(peers.supervisor, opened_atom_v, id, Reply<bool>{Result<bool>{task.error()}});
    self->quit(caf::exit_reason::unhandled_exception);
    return {};
  }
  self->state.task = std::move(*task);
  caf::anon_send(peers.supervisor, opened_atom_v, id, Reply<bool>{Result<bool>{true}});
  self->send(self, step_atom_v);
  return {
      [self, options, peers](step_atom) { step(self, options, peers); },
      [self](finish_atom, std::uint64_t at_most_ms) {
        self->state.task->finish(self->clock().now() + std::chrono::milliseconds{at_most_ms});
        self->quit();
      },
      [self](stop_atom) { self->quit(); },
  };
}

}  // namespace commonbook::actors
