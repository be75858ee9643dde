// A storage actor: one thread, one connection, one queue of accepted observations.
//
// Natural batching: an observation joins the pending batch, and where no flush is under way the actor sends itself one. It
// queues behind whatever is already in the mailbox, so a busy actor commits big batches and an idle one at once.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/messages.hpp"
#include "stores.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace commonbook::actors {

struct StorageActorOptions {
  std::size_t index = 0;
  std::size_t batch_triples = 512;  ///< or one larger observation alone
  std::chrono::milliseconds open_deadline{10'000};
  std::chrono::milliseconds wait_max{5'000};  ///< for the compactor, when the tail is too long
  Threads threads = Threads::own;
  bool is_only_one = false;  ///< no other storage actor works while this one waits for agents
};

/// Whom a worker reports to.
struct WorkerPeers {
  caf::actor intake;
  caf::actor supervisor;
  caf::actor metrics;
};

/// The behaviour of a storage actor; spawned and monitored by the supervisor.
caf::behavior storage_behavior(caf::stateful_actor<class StorageState>* self, const StorageActorOptions& options,
                               const Factory<ObservationStore>& open, const WorkerPeers& peers);

/// The observations of one batch. Moved out of their boxes so that they lie side by side for the store, and moved back
/// by the destructor unless the batch was answered: the next storage actor needs them.
class BatchInHand {
 public:
  explicit BatchInHand(std::vector<StoreTask> tasks);
  BatchInHand(BatchInHand&&) = delete;
  ~BatchInHand();
  [[nodiscard]] std::span<const Observation> observations() const noexcept { return observations_; }
  [[nodiscard]] const std::vector<StoreTask>& tasks() const noexcept { return tasks_; }
  void answered() noexcept { answered_ = true; }

 private:
  std::vector<StoreTask> tasks_;
  std::vector<Observation> observations_;
  bool answered_ = false;
};

class StorageState {
 public:
  static inline const char* const name = "storage";
  explicit StorageState(caf::local_actor* self) : self_(self) {}
  /// @returns  false: the store can't be opened; the supervisor has been told.
  bool start(const StorageActorOptions& options, const Factory<ObservationStore>& open, const WorkerPeers& peers);
  void accept(StoreTask task);
  void flush();
  void abandon();

 private:
  void send_flush(std::chrono::milliseconds delay);
  [[nodiscard]] bool must_wait();
  [[nodiscard]] std::size_t batch_limit() const;
  [[nodiscard]] std::vector<StoreTask> next_batch();
  void store(std::vector<StoreTask> tasks);
  void answer(const std::vector<StoreTask>& tasks, std::vector<Result<Receipt>> results);

  caf::local_actor* self_;  // owns this state
  StorageActorOptions options_;
  WorkerPeers peers_;
  std::unique_ptr<ObservationStore> store_;
  std::deque<StoreTask> pending_;
  bool flush_sent_ = false;
  bool abandoned_ = false;
  std::optional<std::chrono::steady_clock::time_point> waits_since_;  // for the compactor
};

}  // namespace commonbook::actors
