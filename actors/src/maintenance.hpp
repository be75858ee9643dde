// Background duties as actors: compactor, checkpointer, suggestion pass and scan of names, each on a thread of its own,
// each the same loop: a bounded piece of work, a pause that the work itself asks for, again.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/messages.hpp"
#include "storage_actor.hpp"
#include "stores.hpp"

namespace commonbook::actors {

struct MaintenanceOptions {
  std::size_t index = 0;  ///< in StoreFactories::maintenance
  std::chrono::milliseconds open_deadline{10'000};
  std::chrono::milliseconds step_deadline{1'000};  ///< for the gate and the writer lock
  Threads threads = Threads::own;
};

struct MaintenanceState {
  static inline const char* const name = "maintenance";
  std::unique_ptr<MaintenanceTask> task;
};

/// The behaviour of one duty; spawned and monitored by the supervisor.
caf::behavior maintenance_behavior(caf::stateful_actor<MaintenanceState>* self, const MaintenanceOptions& options,
                                   const Factory<MaintenanceTask>& open, const WorkerPeers& peers);

}  // namespace commonbook::actors
