// Lets the checkpointer stop new snapshots of this process for a moment: a log that some reader still needs can't
// restart, and under readers that overlap without a gap it would grow for ever.
#pragma once
#include "commonbook/model/clock.hpp"

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

namespace commonbook::storage {

class SnapshotBarrier {
 public:
  SnapshotBarrier();
  ~SnapshotBarrier();

  /// Held by a reader from before BEGIN until after its snapshot has ended.
  class [[nodiscard]] Pass {
   public:
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&&) = delete;
    ~Pass();

   private:
    friend class SnapshotBarrier;
    Pass(SnapshotBarrier* barrier, std::size_t slot) noexcept;
    SnapshotBarrier* barrier_;
    std::size_t slot_;
  };

  /// A pass that is held. `outside`: the barrier does not wait for it, see enter_outside().
  struct Held {
    std::string_view who;
    Clock::SteadyPoint since;
    bool may_last = false;
    bool outside = false;
  };

  /// Enters; waits while the barrier is closed, which is never longer than 100 ms plus the checkpoint.
  /// @thread  any but CAF's pool threads.
  /// @param who       shown while the pass is held, a literal.
  /// @param may_last  an operator's verb that reads the whole file.
  Pass enter(Clock::SteadyPoint now, std::string_view who = "reader", bool may_last = false);
  /// For a reader that lasts so long that no checkpoint should wait for it (a backup): is seen in held(), is never waited
  /// for, and never waits.
  Pass enter_outside(Clock::SteadyPoint now, std::string_view who);
  /// Stops new passes and waits until all are gone, at most `wait_max`.
  /// @returns  true when no reader is left. open() must follow in either case.
  bool close(std::chrono::milliseconds wait_max);
  void open();
  /// When the oldest pass that is still held began; nullopt-like zero time_point where none is.
  [[nodiscard]] Clock::SteadyPoint oldest() const noexcept;
  /// All passes that are held, the oldest first. Thread: any.
  [[nodiscard]] std::vector<Held> held() const;
  [[nodiscard]] bool is_anyone_inside() const noexcept;   ///< Thread: any.
  [[nodiscard]] bool is_anyone_outside() const noexcept;  ///< Thread: any.

 private:
  friend class Pass;
  Pass add(const Held& held);
  void leave(std::size_t slot) noexcept;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
