// Whichever allocation of our own code fails: a typed error, and the same promises as for a disk that fails. This program
// replaces operator new, and links storage/ only.
#include "fault_workload.hpp"

#include "commonbook/testing/fault_numbers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <algorithm>
#include <cstdlib>
#include <new>
#include <random>

namespace {

std::atomic<long> failing_call{0};  // 0: none
std::atomic<bool> failing_persistently{false};
std::atomic<long> calls_in_storage{0};
std::atomic<long> failures_in_storage{0};

bool fails() noexcept {
  if (!commonbook::testing::is_in_storage()) return false;
  const long count = ++calls_in_storage;
  const long nth = failing_call;
  if (nth == 0 || (failing_persistently ? count < nth : count != nth)) return false;
  ++failures_in_storage;
  return true;
}

}  // namespace

void* operator new(std::size_t bytes) {
  if (fails()) throw std::bad_alloc{};
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }

using namespace commonbook;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

struct Lived {
  Life life;
  long calls = 0;
  long failures = 0;
};

Lived live_with_failure(long nth, bool persistent) {
  const TemporaryFolder folder;
  const SystemClock clock;
  const auto path = folder.path() / "memory.db";
  failing_persistently = persistent;
  calls_in_storage = 0;
  failures_in_storage = 0;
  failing_call = nth;
  Lived lived;
  lived.life = live(path, clock, 300ms, [&] {
    lived.calls = calls_in_storage;
    failing_call = 0;
  });
  lived.failures = failures_in_storage;
  check_what_is_left(path, clock, lived.life);
  return lived;
}

}  // namespace

TEST_CASE("whichever allocation of ours fails, nothing acknowledged is lost and the file is sound") {
  StepHook* hook = install_step_hook(nullptr);  // it allocates at steps that themselves need no memory
  const bool persistent = GENERATE(false, true);
  const FaultNumbers wanted = FaultNumbers::wanted();
  const Lived whole = live_with_failure(0, false);
  CHECK(whole.life.errors == 0);
  REQUIRE(whole.calls > 1'000);
  const std::uint64_t seed = seeds_to_run(1).front();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  long tried = 0;
  for (long nth = wanted.first; nth <= std::min(whole.calls, wanted.last);) {
    wanted.report(nth, whole.calls);
    INFO("allocation " << nth << " of " << whole.calls << (persistent ? " and all later ones" : ""));
    const Lived lived = live_with_failure(nth, persistent);
    ++tried;
    if (lived.failures == 0) break;
    nth += wanted.all || nth < 20 ? 1 : 1 + static_cast<long>(random() % (static_cast<std::uint64_t>(whole.calls) / 40));
  }
  WARN("operator new" << (persistent ? ", from the n-th on: " : ", the n-th once: ") << tried << " of " << whole.calls
                      << " n tried");
  install_step_hook(hook);
}
