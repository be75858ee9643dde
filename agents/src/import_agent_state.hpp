// The importing agent behind ImportAgent: what it has under way, and the board that other threads read.
#pragma once
#include "commonbook/agents/agents.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace commonbook::agents {

/// The report as it stands, shared between the agent and whoever started it. Thread: any.
class ImportBoard {
 public:
  explicit ImportBoard(const std::string& agent) { report_.agent = agent; }
  /// Changes the report under the lock.
  template <class F>
  void update(F change) {
    const std::lock_guard guard{mutex_};
    change(report_);
  }
  void finish();
  [[nodiscard]] ImportReport report() const;
  ImportReport wait();
  [[nodiscard]] bool wait_for(std::chrono::milliseconds at_most);
  void ask_to_stop() noexcept { stop_asked_.store(true, std::memory_order_release); }
  [[nodiscard]] bool stop_asked() const noexcept { return stop_asked_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::condition_variable finished_;
  ImportReport report_;
  std::atomic<bool> stop_asked_{false};
};

/// Spawns the agent on a thread of its own; it ends by itself. @thread  any.
[[nodiscard]] caf::actor spawn_import_agent(caf::actor_system& system, const actors::IntakeActor& intake,
                                            const actors::SessionOpened& session, ImportOptions options,
                                            std::unique_ptr<Source> source, std::shared_ptr<ImportBoard> board);

}  // namespace commonbook::agents
