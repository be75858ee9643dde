// Rare paths that must be taken now and then, or the tests prove less than they seem to: sometimes("disk_full"). A test
// program's hook counts them, and a nightly run fails where one was never taken. No step: nothing may wait here.
#pragma once
#include "commonbook/model/yield_point.hpp"

#include <string_view>

namespace commonbook {

/// A hook that counts rare paths as well.
class PathHook : public StepHook {
 public:
  /// Called on the thread that took the path, which may hold any lock: counts, and does nothing else.
  virtual void taken(std::string_view path) = 0;
};

/// Marks a rare path. In production the hook is null, and this costs one load. Thread: any.
inline void sometimes(std::string_view path) {
  StepHook* hook = detail::step_hook.load(std::memory_order_acquire);
  if (hook == nullptr) return;
  if (auto* counting = dynamic_cast<PathHook*>(hook)) counting->taken(path);
}

}  // namespace commonbook
