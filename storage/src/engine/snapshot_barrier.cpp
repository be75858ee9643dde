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
  std::size_t outside = 0;
  std::vector<std::optional<Held>> slots;  // one for each reader at most
};

SnapshotBarrier::SnapshotBarrier() : impl_(std::make_unique<Impl>()) {}
SnapshotBarrier::~SnapshotBarrier() = default;

SnapshotBarrier::Pass::Pass(SnapshotBarrier* barrier, std::size_t slot) noexcept : barrier_(barrier), slot_(slot) {}

SnapshotBarrier::Pass::Pass(Pass&& other) noexcept
    : barrier_(std::exchange(other.barrier_, nullptr)), slot_(other.slot_) {}

SnapshotBarrier::Pass::~Pass() {
  if (barrier_ != nullptr) barrier_->leave(slot_);
}

// Called with the mutex held.
SnapshotBarrier::Pass SnapshotBarrier::add(const Held& held) {
  auto& slots = impl_->slots;
  auto slot = std::find_if(slots.begin(), slots.end(), [](const auto& each) { return !each; });
  if (slot == slots.end()) slot = slots.insert(slots.end(), std::nullopt);
  *slot = held;
  ++(held.outside ? impl_->outside : impl_->passes);
  return Pass{this, static_cast<std::size_t>(slot - slots.begin())};
}

SnapshotBarrier::Pass SnapshotBarrier::enter(Clock::SteadyPoint now, std::string_view who, bool may_last) {
  std::unique_lock lock{impl_->mutex};
  wait_by_hook(lock, "barrier", [this] { return !impl_->closed; });
  impl_->opened.wait(lock, [this] { return !impl_->closed; });
  return add({.who = who, .since = now, .may_last = may_last, .outside = false});
}

SnapshotBarrier::Pass SnapshotBarrier::enter_outside(Clock::SteadyPoint now, std::string_view who) {
  const std::lock_guard guard{impl_->mutex};
  return add({.who = who, .since = now, .may_last = true, .outside = true});
}

void SnapshotBarrier::leave(std::size_t slot) noexcept {
  const std::lock_guard guard{impl_->mutex};
  const bool outside = impl_->slots[slot]->outside;
  impl_->slots[slot].reset();
  --(outside ? impl_->outside : impl_->passes);
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
    if (slot && (!found || slot->since < *found)) found = slot->since;
  }
  return found.value_or(Clock::SteadyPoint{});
}

std::vector<SnapshotBarrier::Held> SnapshotBarrier::held() const {
  std::vector<Held> all;
  {
    const std::lock_guard guard{impl_->mutex};
    for (const auto& slot : impl_->slots)
      if (slot) all.push_back(*slot);
  }
  std::sort(all.begin(), all.end(), [](const Held& left, const Held& right) { return left.since < right.since; });
  return all;
}

bool SnapshotBarrier::is_anyone_inside() const noexcept {
  const std::lock_guard guard{impl_->mutex};
  return impl_->passes > 0;
}

bool SnapshotBarrier::is_anyone_outside() const noexcept {
  const std::lock_guard guard{impl_->mutex};
  return impl_->outside > 0;
}

}  // namespace commonbook::storage
