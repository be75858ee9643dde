#include "engine/snapshot_barrier.hpp"

#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace commonbook::storage {

struct SnapshotBarrier::Impl {
  mutable std::mutex mutex;
  std::condition_variable opened;
  std::condition_variable emptied;
  bool closed = false;
  std::size_t passes = 0;
  std::vector<std::optional<Clock::SteadyPoint>> slots;  // one for each reader at most; when its pass began
};

SnapshotBarrier::SnapshotBarrier() : impl_(std::make_unique<Impl>()) {}
SnapshotBarrier::~SnapshotBarrier() = default;

SnapshotBarrier::Pass::Pass(SnapshotBarrier* barrier, std::size_t slot) noexcept : barrier_(barrier), slot_(slot) {}

SnapshotBarrier::Pass::Pass(Pass&& other) noexcept
    : barrier_(std::exchange(other.barrier_, nullptr)), slot_(other.slot_) {}

SnapshotBarrier::Pass::~Pass() {
  if (barrier_ != nullptr) barrier_->leave(slot_);
}

SnapshotBarrier::Pass SnapshotBarrier::enter(Clock::SteadyPoint now) {
  std::unique_lock lock{impl_->mutex};
  wait_by_hook(lock, "barrier", [this] { return !impl_->closed; });
  impl_->opened.wait(lock, [this] { return !impl_->closed; });
  auto& slots = impl_->slots;
  auto slot = std::find(slots.begin(), slots.end(), std::nullopt);
  if (slot == slots.end()) slot = slots.insert(slots.end(), std::nullopt);
  *slot = now;
  ++impl_->passes;
  return Pass{this, static_cast<std::size_t>(slot - slots.begin())};
}

void SnapshotBarrier::leave(std::size_t slot) noexcept {
  const std::lock_guard guard{impl_->mutex};
  impl_->slots[slot].reset();
  --impl_->passes;
  if (impl_->passes == 0) impl_->emptied.notify_all();
}

bool SnapshotBarrier::close(std::chrono::milliseconds wait_max) {
  std::unique_lock lock{impl_->mutex};
  impl_->closed = true;
  wait_by_hook(lock, "readers", [this] { return impl_->passes == 0; });
  return impl_->emptied.wait_for(lock, wait_max, [this] { return impl_->passes == 0; });
}

void SnapshotBarrier::open() {
  {
    const std::lock_guard guard{impl_->mutex};
    impl_->closed = false;
  }
  impl_->opened.notify_all();
}

Clock::SteadyPoint SnapshotBarrier::oldest() const noexcept {
  const std::lock_guard guard{impl_->mutex};
  std::optional<Clock::SteadyPoint> found;
  for (const auto& slot : impl_->slots) {
    if (slot && (!found || *slot < *found)) found = slot;
  }
  return found.value_or(Clock::SteadyPoint{});
}

}  // namespace commonbook::storage
