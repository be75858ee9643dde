// What the actors need of storage, as small interfaces: the real ones wrap Writer, Reader and the maintenance objects,
// those of tests are deterministic. Each object is made, used and destroyed by one actor, on that actor's thread.
#pragma once
#include "commonbook/actors/messages.hpp"
#include "commonbook/model/answer.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/observation.hpp"
#include "commonbook/model/query_plan.hpp"
#include "commonbook/model/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace commonbook::actors {

/// The part of storage::Writer that a storage actor uses; see there.
class ObservationStore {
 public:
  virtual ~ObservationStore() = default;
  virtual std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint deadline) = 0;
  /// Of the last store(): wait, commit and transactions are filled in.
  [[nodiscard]] virtual BatchFigures figures() const = 0;
  [[nodiscard]] virtual bool failed() const = 0;
  /// True while the next batch should wait for the compactor.
  [[nodiscard]] virtual bool should_wait() const = 0;
};

/// The part of storage::Reader that a reader actor uses; see there.
class PlanReader {
 public:
  virtual ~PlanReader() = default;
  virtual Result<Answer> answer(const QueryPlan& plan, Clock::SteadyPoint deadline) = 0;
};

/// One background duty: compactor, checkpointer, suggestion pass or scan of names.
class MaintenanceTask {
 public:
  virtual ~MaintenanceTask() = default;
  /// Does one bounded piece of work. @returns  how long to pause before the next.
  /// @errors  corrupt, io, unknown: the runtime must stop. Others: tried again later.
  virtual Result<std::chrono::milliseconds> step(Clock::SteadyPoint deadline) = 0;
  /// The last work before a clean close, until `deadline` at most.
  virtual void finish(Clock::SteadyPoint deadline) = 0;
};

template <class T>
using Factory = std::function<Result<std::unique_ptr<T>>(Clock::SteadyPoint deadline)>;

/// Called on the thread of the actor that will own the product; again after a restart.
struct StoreFactories {
  Factory<ObservationStore> writer;
  Factory<PlanReader> reader;
  std::vector<Factory<MaintenanceTask>> maintenance;
  /// Which of them is at work until the others have finished, since these write: the checkpointer's place.
  std::size_t finishes_last = no_task;
  static constexpr std::size_t no_task = static_cast<std::size_t>(-1);
};

}  // namespace commonbook::actors
