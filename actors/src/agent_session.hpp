// What all sessions of a runtime share: the way to the intake, closed once at shutdown.
#pragma once
#include "commonbook/actors/runtime.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace commonbook::actors {

/// Sessions may outlive the runtime and its actor system, so they never own a handle: it stands here and is taken away at
/// shutdown. Thread: any.
class IntakeDoor {
 public:
  IntakeDoor(IntakeInside intake, std::size_t waiting_max) : intake_(std::move(intake)), waiting_max_(waiting_max) {}

  /// Calls `send(handle)`; order is kept for calls from one thread.
  /// @errors  cancelled: shut down.
  template <class F>
  Result<void> pass(F send) {
    const std::lock_guard guard{mutex_};
    if (!intake_) return Error{ErrorCode::cancelled, "the runtime is shut down; nothing was stored", 0, {}};
    send(intake_);
    return {};
  }
  void shut() {
    IntakeInside last;
    const std::lock_guard guard{mutex_};
    last.swap(intake_);
  }
  /// Messages that the intake has not looked at yet: bounded here, since its mailbox has no bound of its own.
  [[nodiscard]] bool is_crowded() const noexcept { return waiting_->load(std::memory_order_relaxed) >= waiting_max_; }
  [[nodiscard]] const std::shared_ptr<std::atomic<std::size_t>>& waiting() const noexcept { return waiting_; }

 private:
  std::mutex mutex_;
  IntakeInside intake_;
  std::size_t waiting_max_;
  std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
};

struct AgentSession::Impl {
  std::shared_ptr<IntakeDoor> door;
  std::uint64_t id = 0;
  std::string agent;
  std::string session;
};

}  // namespace commonbook::actors
