#include "kill_hook.hpp"

#include "board.hpp"

#include <csignal>

#include <unistd.h>

namespace commonbook::sim::crash {

void KillHook::reached(std::string_view step) {
  count(step);
  if (step != board_.orders.kill_step.data()) return;
  if (board_.kill_arrivals.fetch_add(1) + 1 == board_.orders.kill_arrival) die();
}

bool KillHook::broken(std::string_view promise) { return promise == board_.orders.broken.data(); }

void KillHook::count(std::string_view step) {
  for (StepEntry& entry : board_.steps) {
    std::uint32_t unused = 0;
    // Two threads may give one name two entries; the reader adds them up.
    if (entry.state.load() == 0 && entry.state.compare_exchange_strong(unused, 1)) {
      put_text(entry.name, step);
      entry.state.store(2);
    }
    if (entry.state.load() == 2 && step == entry.name.data()) {
      entry.arrivals.fetch_add(1);
      return;
    }
  }
}

// SIGKILL takes the whole process, whatever its other threads do. A stop may reach this thread a moment late, so it
// takes no further step until it is told to.
void KillHook::die() {
  board_.dead_ns.store(runner::monotonic_ns());
  board_.dead_pid.store(::getpid());
  if (board_.orders.stop_instead == 0)
    for (;;) ::kill(::getpid(), SIGKILL);
  ::kill(::getpid(), SIGSTOP);
  constexpr std::int64_t forever = 3'600'000'000'000;
  (void)wait_until(forever, [this] { return board_.go_on.load() != 0; });
}

}  // namespace commonbook::sim::crash
