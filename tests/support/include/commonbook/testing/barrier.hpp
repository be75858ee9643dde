// A step where threads are made to stand still.
#pragma once
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

namespace commonbook::testing {

/// Parks whoever reaches a step, until released or destroyed. The parked thread shares what it waits on, since it may wake
/// after the barrier is gone.
class Barrier {
 public:
  explicit Barrier(const std::string& step)
      : watch_(Steps::instance().on(step, [state = state_] {
          std::unique_lock lock{state->mutex};
          state->reached = true;
          state->changed.notify_all();
          state->changed.wait(lock, [&] { return state->open; });
        })) {}
  ~Barrier() { release(); }
  void wait_until_reached() {
    std::unique_lock lock{state_->mutex};
    REQUIRE(state_->changed.wait_for(lock, std::chrono::seconds{20}, [this] { return state_->reached; }));
  }
  void release() {
    const std::lock_guard guard{state_->mutex};
    state_->open = true;
    state_->changed.notify_all();
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool reached = false;
    bool open = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
  Steps::Watch watch_;
};

}  // namespace commonbook::testing
