#include "supervisor.hpp"

#include "maintenance.hpp"
#include "reader_actor.hpp"
#include "storage_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace commonbook::actors {

namespace {

enum class Phase : std::uint8_t { opening = 1, serving, finishing, stopping };

struct Worker {
  WorkerId id;
  caf::actor actor;
  bool alive = false;
  bool opened = false;
};

[[nodiscard]] const char* to_string(WorkerKind kind) noexcept {
  switch (kind) {
    case WorkerKind::storage: return "storage";
    case WorkerKind::reader: return "reader";
    case WorkerKind::maintenance: return "maintenance";
  }
  return "worker";
}

class SupervisorState;
using SupervisorPointer = caf::stateful_actor<SupervisorState>*;

class SupervisorState {
 public:
  static inline const char* const name = "supervisor";
  explicit SupervisorState(SupervisorPointer self) : self_(self) {}
  ~SupervisorState();
  void start(const SupervisorOptions& options, const StoreFactories& factories, const IntakeInside& intake,
             const caf::actor& metrics);
  void ready(caf::typed_response_promise<Reply<bool>> promise);
  void opened(const WorkerId& id, Reply<bool> reply);
  void down(const caf::down_msg& message);
  void fail(const Error& cause);
  void stop(std::chrono::milliseconds eager, caf::typed_response_promise<bool> promise);

 private:
  void spawn(Worker& worker);
  [[nodiscard]] caf::actor make(const WorkerId& id);
  [[nodiscard]] bool spend_restart();
  void report_ready();
  void advance_stop();
  [[nodiscard]] bool any_alive(bool maintenance) const;
  void stop_last_task();

  SupervisorPointer self_;
  SupervisorOptions options_;
  StoreFactories factories_;
  caf::actor intake_;
  caf::actor metrics_;
  std::vector<Worker> workers_;
  std::deque<std::chrono::steady_clock::time_point> restarts_;  // those within the window
  Phase phase_ = Phase::opening;
  std::optional<Error> failed_;
  std::optional<caf::typed_response_promise<Reply<bool>>> ready_;
  std::optional<caf::typed_response_promise<bool>> stopped_;
};

SupervisorState::~SupervisorState() {
  if (ready_) ready_->deliver(Reply<bool>{Result<bool>{Error{ErrorCode::cancelled, "the runtime stopped", 0, {}}}});
  if (stopped_) stopped_->deliver(true);
}

void SupervisorState::start(const SupervisorOptions& options, const StoreFactories& factories,
                            const IntakeInside& intake, const caf::actor& metrics) {
  options_ = options;
  factories_ = factories;
  intake_ = caf::actor_cast<caf::actor>(intake);
  metrics_ = metrics;
  const auto add = [this](WorkerKind kind, std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) workers_.push_back({{kind, index}, {}, false, false});
  };
  add(WorkerKind::storage, options.storage_actors);
  add(WorkerKind::reader, options.reader_actors);
  add(WorkerKind::maintenance, factories.maintenance.size());
  for (Worker& worker : workers_) spawn(worker);
}

caf::actor SupervisorState::make(const WorkerId& id) {
  const WorkerPeers peers{intake_, caf::actor_cast<caf::actor>(self_), metrics_};
  if (id.kind == WorkerKind::storage) {
    const StorageActorOptions made{id.index, options_.batch_triples, options_.deadline, options_.deadline / 2,
                                   options_.threads, options_.storage_actors == 1};
    return spawn_blocking<caf::monitored>(*self_, options_.threads, storage_behavior, made, factories_.writer, peers);
  }
  if (id.kind == WorkerKind::reader) {
    const ReaderActorOptions made{id.index, options_.deadline, options_.threads};
    return spawn_blocking<caf::monitored>(*self_, options_.threads, reader_behavior, made, factories_.reader, peers);
  }
  const MaintenanceOptions made{id.index, options_.deadline, std::chrono::milliseconds{1'000}, options_.threads};
  return spawn_blocking<caf::monitored>(*self_, options_.threads, maintenance_behavior, made,
                                        factories_.maintenance[id.index], peers);
}

void SupervisorState::spawn(Worker& worker) {
  worker.actor = make(worker.id);
  worker.alive = true;
  worker.opened = false;
  if (worker.id.kind != WorkerKind::maintenance) caf::anon_send(intake_, worker_atom_v, worker.id, worker.actor);
}

void SupervisorState::ready(caf::typed_response_promise<Reply<bool>> promise) {
  ready_ = std::move(promise);
  report_ready();
}

void SupervisorState::report_ready() {
  if (!ready_) return;
  if (failed_) {
    ready_->deliver(Reply<bool>{Result<bool>{*failed_}});
    ready_.reset();
  } else if (phase_ != Phase::opening) {
    ready_->deliver(Reply<bool>{Result<bool>{true}});
    ready_.reset();
  }
}

void SupervisorState::opened(const WorkerId& id, Reply<bool> reply) {
  const auto worker = std::find_if(workers_.begin(), workers_.end(), [&](const auto& each) { return each.id == id; });
  worker->opened = reply.ok;
  if (!reply.ok) {
    spdlog::error("{} actor {} can't open the file: {}", to_string(id.kind), id.index, commonbook::to_string(reply.error));
    if (phase_ == Phase::opening) fail(reply.error);
    return;
  }
  const bool all = std::all_of(workers_.begin(), workers_.end(), [](const auto& each) { return each.opened; });
  if (phase_ == Phase::opening && all) phase_ = Phase::serving;
  report_ready();
}

bool SupervisorState::spend_restart() {
  const auto now = self_->clock().now();
  while (!restarts_.empty() && restarts_.front() + restart_window < now) restarts_.pop_front();
  if (restarts_.size() >= restarts_max) return false;
  restarts_.push_back(now);
  return true;
}

void SupervisorState::down(const caf::down_msg& message) {
  const auto worker = std::find_if(workers_.begin(), workers_.end(),
                                   [&](const auto& each) { return each.actor && each.actor.address() == message.source; });
  if (worker == workers_.end()) return;
  worker->alive = false;
  if (phase_ == Phase::finishing || phase_ == Phase::stopping) return advance_stop();
  if (failed_) return;
  if (!spend_restart())
    return fail({ErrorCode::internal, std::string{"a "} + to_string(worker->id.kind) +
                                          " actor died more often than it may be restarted: see the log", 0, {}});
  spdlog::warn("{} actor {} died and is restarted", to_string(worker->id.kind), worker->id.index);
  caf::anon_send(metrics_, restart_atom_v);
  spawn(*worker);
}

void SupervisorState::fail(const Error& cause) {
  if (failed_ || phase_ == Phase::finishing || phase_ == Phase::stopping) return;
  spdlog::critical("the runtime stops: {}", commonbook::to_string(cause));
  failed_ = cause;
  caf::anon_send(intake_, failed_atom_v, cause);
  caf::anon_send(metrics_, failed_atom_v, cause);
  for (const Worker& worker : workers_) {
    if (!worker.alive) continue;
    if (worker.id.kind == WorkerKind::storage)
      caf::anon_send<caf::message_priority::high>(worker.actor, abandon_atom_v);
    // Neither compacted nor checkpointed any more: after a failed sync a second one may succeed although pages are lost.
    if (worker.id.kind == WorkerKind::maintenance)
      caf::anon_send<caf::message_priority::high>(worker.actor, stop_atom_v);
  }
  report_ready();
}

void SupervisorState::stop(std::chrono::milliseconds eager, caf::typed_response_promise<bool> promise) {
  if (stopped_) {
    promise.deliver(false);
    return;
  }
  stopped_ = std::move(promise);
  phase_ = Phase::finishing;
  for (const Worker& worker : workers_)
    if (worker.id.kind == WorkerKind::maintenance) {
      if (failed_)
        caf::anon_send(worker.actor, stop_atom_v);  // nothing is written to a file that is damaged
      else if (worker.id.index != factories_.finishes_last)
        caf::anon_send(worker.actor, finish_atom_v, static_cast<std::uint64_t>(eager.count()));
    }
  advance_stop();
}

bool SupervisorState::any_alive(bool maintenance) const {
  return std::any_of(workers_.begin(), workers_.end(), [&](const auto& each) {
    return each.alive && (each.id.kind == WorkerKind::maintenance) == maintenance;
  });
}

// The log must not grow without bounds while the others write their last: the checkpointer goes on until they are done.
void SupervisorState::stop_last_task() {
  const auto is_task = [](const Worker& worker) { return worker.alive && worker.id.kind == WorkerKind::maintenance; };
  const auto is_last = [&](const Worker& worker) { return worker.id.index == factories_.finishes_last; };
  const bool others = std::any_of(workers_.begin(), workers_.end(),
                                  [&](const Worker& each) { return is_task(each) && !is_last(each); });
  if (others) return;
  for (const Worker& worker : workers_)
    if (is_task(worker) && is_last(worker)) caf::anon_send(worker.actor, stop_atom_v);
}

void SupervisorState::advance_stop() {
  if (phase_ == Phase::finishing) stop_last_task();
  if (phase_ == Phase::finishing && !any_alive(true)) {
    phase_ = Phase::stopping;
    for (const Worker& worker : workers_)
      if (worker.alive) caf::anon_send(worker.actor, stop_atom_v);
  }
  if (phase_ == Phase::stopping && !any_alive(false)) self_->quit();  // the destructor tells who asked
}

caf::behavior supervisor_behavior(SupervisorPointer self, const SupervisorOptions& options,
                                  const StoreFactories& factories, const IntakeInside& intake,
                                  const caf::actor& metrics) {
  set_quiet_handlers(self);
  self->set_down_handler([self](caf::down_msg& message) { self->state.down(message); });
  self->state.start(options, factories, intake, metrics);
  return {
      [self](opened_atom, const WorkerId& id, Reply<bool>& reply) { self->state.opened(id, std::move(reply)); },
      [self](failed_atom, const Error& cause) { self->state.fail(cause); },
      [self](ready_atom) -> caf::result<Reply<bool>> {
        self->state.ready(self->make_response_promise<Reply<bool>>());
        return caf::delegated<Reply<bool>>{};
      },
      [self](stop_atom, std::uint64_t eager_ms) -> caf::result<bool> {
        self->state.stop(std::chrono::milliseconds{eager_ms}, self->make_response_promise<bool>());
        return caf::delegated<bool>{};
      },
  };
}

}  // namespace

caf::actor spawn_supervisor(caf::actor_system& system, const SupervisorOptions& options,
                            const StoreFactories& factories, const IntakeInside& intake, const caf::actor& metrics) {
  return system.spawn(supervisor_behavior, options, factories, intake, metrics);
}

}  // namespace commonbook::actors
