// Named steps of the code that tests can watch, stop at, or break. In production the hook is null and a
// step costs one load. The hook is one of the two globals that the project allows itself (the registry
// of write gates is the other); it stands here rather than in storage/ because actors have steps too.
#pragma once
#include <atomic>
#include <string_view>

namespace commonbook {

/// Installed by test programs only; must outlive every thread that can reach a step.
class StepHook {
 public:
  virtual ~StepHook() = default;
  /// Called on the thread that reached the step; may block, throw nothing, or kill the process.
  virtual void reached(std::string_view step) = 0;
  /// True when the promise named `promise` ("P1" ... "P11") is to be broken on purpose, so that the
  /// tests of that promise can be seen to fail.
  [[nodiscard]] virtual bool broken(std::string_view promise) = 0;
  /// A thread is about to wait for `what` ("gate", "turnstile", "busy", "barrier", "readers"). True: the hook did the waiting, the
  /// thread tries again at once; false: it waits as usual. Called on that thread, which holds no mutex.
  [[nodiscard]] virtual bool waited(std::string_view /*what*/) { return false; }
};

namespace detail {
extern std::atomic<StepHook*> step_hook;
}

/// Installs `hook`, or removes it with nullptr; returns the one before. Thread: before others start.
StepHook* install_step_hook(StepHook* hook) noexcept;

/// Marks a step, e.g. yield_point("foc.before_insert"). Thread: any.
inline void yield_point(std::string_view step) {
  if (StepHook* hook = detail::step_hook.load(std::memory_order_acquire)) hook->reached(step);
}

/// Asks the hook to do a wait, so that a scheduler of tests decides when the thread tries again. Thread: any.
[[nodiscard]] inline bool wait_point(std::string_view what) {
  StepHook* hook = detail::step_hook.load(std::memory_order_acquire);
  return hook != nullptr && hook->waited(what);
}

/// Lets the hook wait until `ready()`, or returns at once where there is none; `lock` is free meanwhile. Thread: any.
template <class Lock, class Ready>
void wait_by_hook(Lock& lock, std::string_view what, Ready ready) {
  while (!ready()) {
    lock.unlock();
    const bool again = wait_point(what);
    lock.lock();
    if (!again) return;
  }
}

/// True only in a test program that was told to break this promise. Thread: any.
[[nodiscard]] inline bool fault(std::string_view promise) {
  StepHook* hook = detail::step_hook.load(std::memory_order_acquire);
  return hook != nullptr && hook->broken(promise);
}

}  // namespace commonbook
