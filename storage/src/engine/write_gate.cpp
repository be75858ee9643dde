#include "engine/write_gate.hpp"

#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace commonbook::storage {

namespace {

constexpr std::chrono::milliseconds wait_step{100};

// One waiter in the line. It has a condition of its own, so that leaving wakes exactly the one whose turn it is.
struct Waiter {
  std::thread::id thread;
  std::string_view who;
  bool granted = false;
  std::condition_variable turn;
};

// One of the project's two globals: two runtimes in one process that open one file must share its gate.
struct Registry {
  std::mutex mutex;
  std::map<FileIdentity, std::weak_ptr<WriteGate>> gates;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

struct WriteGate::Impl {
  mutable std::mutex mutex;
  std::list<Waiter*> line;  // in order of arrival; each waiter stands on its own thread's stack
  bool held = false;
  std::thread::id holder;
  std::string_view who;
  int depth = 0;
  std::chrono::steady_clock::time_point since;
  std::atomic<std::int64_t> last_step{0};  // nanoseconds of the steady clock; also read while the holder goes on
  GateCounters counters;

  void take(std::thread::id thread, std::string_view name) {
    held = true;
    holder = thread;
    who = name;
    depth = 1;
    since = std::chrono::steady_clock::now();
    last_step.store(since.time_since_epoch().count(), std::memory_order_relaxed);
    ++counters.entries;
  }
};

WriteGate::WriteGate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WriteGate::~WriteGate() = default;

std::shared_ptr<WriteGate> WriteGate::of_file(FileIdentity identity) {
  Registry& all = registry();
  const std::lock_guard guard{all.mutex};
  std::erase_if(all.gates, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<WriteGate>& slot = all.gates[identity];
  if (auto gate = slot.lock()) return gate;
  auto gate = std::make_shared<WriteGate>(std::make_unique<Impl>());
  slot = gate;
  return gate;
}

Result<GateHold> WriteGate::enter(std::string_view who, Clock::SteadyPoint deadline, const Clock& clock) {
  const auto self = std::this_thread::get_id();
  if (fault("mutant.no_lock")) {  // a gate for each that comes
    auto own = std::make_shared<WriteGate>(std::make_unique<Impl>());
    own->impl_->take(self, who);
    return GateHold{std::move(own), true};
  }
  std::unique_lock lock{impl_->mutex};
  if (impl_->held && impl_->holder == self) {
    return Error{.code = ErrorCode::internal,
                 .message = std::string{who} + " enters the write gate that its own thread holds as " +
                            std::string{impl_->who} + ": pass the GateHold down instead",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  wait_by_hook(lock, "gate", [this] { return !impl_->held; });
  if (!impl_->held) {  // then nobody waits: leaving hands the gate over
    impl_->take(self, who);
    return GateHold{shared_from_this(), true};
  }
  ++impl_->counters.waits;
  sometimes("gate_contended");
  Waiter waiter{.thread = self, .who = who, .granted = false, .turn = {}};
  impl_->line.push_back(&waiter);
  // Bounded, since now plus the time to an endless deadline would overflow.
  const auto patience = std::min<Clock::SteadyPoint::duration>(deadline - clock.steady_now(), std::chrono::hours{24});
  // In short waits, since the clock may be one whose time runs out at a stroke.
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!waiter.granted && std::chrono::steady_clock::now() < until && clock.steady_now() < deadline)
    waiter.turn.wait_until(lock, std::min(until, std::chrono::steady_clock::now() + wait_step),
                           [&waiter] { return waiter.granted; });
  if (waiter.granted) return GateHold{shared_from_this(), true};
  impl_->line.remove(&waiter);
  ++impl_->counters.timeouts;
  return Error{
      .code = ErrorCode::busy,
      .message = std::string{who} + " did not get the write gate in time; " + std::string{impl_->who} + " holds it",
      .sqlite_code = 0,
      .retry_after = {}};
}

void WriteGate::leave([[maybe_unused]] bool outermost) noexcept {
  const std::lock_guard guard{impl_->mutex};
  assert(impl_->held && impl_->holder == std::this_thread::get_id());
  --impl_->depth;
  assert(!outermost || impl_->depth == 0);
  if (impl_->depth > 0) return;
  const auto held_for = std::chrono::steady_clock::now() - impl_->since;
  const auto held_us =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(held_for).count());
  impl_->counters.hold_us_max = std::max(impl_->counters.hold_us_max, held_us);
  if (impl_->line.empty()) {
    impl_->held = false;
    impl_->holder = {};
    impl_->who = {};
    return;
  }
  // Handed over, not freed: a thread that comes now would otherwise overtake the one that waits.
  Waiter& next = *impl_->line.front();
  impl_->line.pop_front();
  impl_->take(next.thread, next.who);
  next.granted = true;
  next.turn.notify_one();
}

GateCounters WriteGate::counters() const noexcept {
  const std::lock_guard guard{impl_->mutex};
  return impl_->counters;
}

bool WriteGate::is_held_by_this_thread() const noexcept {
  const std::lock_guard guard{impl_->mutex};
  return impl_->held && impl_->holder == std::this_thread::get_id();
}

std::string_view WriteGate::holder() const noexcept {
  const std::lock_guard guard{impl_->mutex};
  return impl_->who;
}

GateState WriteGate::state() const {
  const std::lock_guard guard{impl_->mutex};
  GateState state;
  if (!impl_->held) return state;
  state.holder = impl_->who;
  const std::chrono::steady_clock::duration last{impl_->last_step.load(std::memory_order_relaxed)};
  state.without_a_step = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch() - last);
  for (const Waiter* waiter : impl_->line) state.waiting.emplace_back(waiter->who);
  return state;
}

GateHold::GateHold(std::shared_ptr<WriteGate> gate, bool outermost) noexcept
    : gate_(std::move(gate)), outermost_(outermost) {}

GateHold::GateHold(GateHold&& other) noexcept : gate_(std::move(other.gate_)), outermost_(other.outermost_) {}

GateHold::~GateHold() {
  if (gate_) gate_->leave(outermost_);
}

GateHold GateHold::again() {
  const std::lock_guard guard{gate_->impl_->mutex};
  ++gate_->impl_->depth;
  ++gate_->impl_->counters.recursions;
  sometimes("gate_recursed");
  return GateHold{gate_, false};
}

void GateHold::step() noexcept {
  gate_->impl_->last_step.store(std::chrono::steady_clock::now().time_since_epoch().count(), std::memory_order_relaxed);
}

bool GateHold::is_held_here() const noexcept { return gate_ && gate_->is_held_by_this_thread(); }

}  // namespace commonbook::storage
