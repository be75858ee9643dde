// Lets the checkpointer stop new snapshots of this process for a moment: a log that some reader still needs can't
// restart, and under readers that overlap without a gap it would grow for ever.
#pragma once
#include "commonbook/model/clock.hpp"

#include <chrono>
#include <memory>

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

  /// Enters; waits while the barrier is closed, which is never longer than 100 ms plus the checkpoint.
  /// @thread  any but CAF's pool threads.
  Pass enter(Clock::SteadyPoint now);
  /// Stops new passes and waits until all are gone, at most `wait_max`.
  /// @returns  true when no reader is left. open() must follow in either case.
  bool close(std::chrono::milliseconds wait_max);
  void open();
  /// When the oldest pass that is still held began; nullopt-like zero time_point where none is.
  [[nodiscard]] Clock::SteadyPoint oldest() const noexcept;

 private:
  friend class Pass;
  void leave(std::size_t slot) noexcept;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
