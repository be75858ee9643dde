#include "commonbook/model/yield_point.hpp"

namespace commonbook {

std::atomic<StepHook*> detail::step_hook{nullptr};

StepHook* install_step_hook(StepHook* hook) noexcept {
  return detail::step_hook.exchange(hook, std::memory_order_acq_rel);
}

}  // namespace commonbook
