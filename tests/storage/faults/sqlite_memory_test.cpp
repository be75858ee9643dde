// Whichever allocation of SQLite fails: the same promises as for a disk that fails.
#include "fault_workload.hpp"

#include "commonbook/testing/failing_memory.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

using namespace commonbook;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

struct Lived {
  Life life;
  long calls = 0;
  long failures = 0;
};

Lived live_with_failure(FailingMemory& memory, long nth, bool persistent) {
  const TemporaryFolder folder;
  const SystemClock clock;
  const auto path = folder.path() / "memory.db";
  memory.fail(nth, persistent);
  Lived lived;
  lived.life = live(path, clock, 300ms, [&] {
    lived.calls = memory.calls();
    memory.heal();
  });
  lived.failures = memory.failures();
  check_what_is_left(path, clock, lived.life);
  return lived;
}

}  // namespace

TEST_CASE("whichever allocation of SQLite fails, nothing acknowledged is lost and the file is sound") {
  FailingMemory& memory = FailingMemory::instance();
  const bool persistent = GENERATE(false, true);
  const bool all = std::getenv("COMMONBOOK_ALL_FAULTS") != nullptr;
  const Lived whole = live_with_failure(memory, 1'000'000'000, false);
  CHECK(whole.failures == 0);
  CHECK(whole.life.errors == 0);
  const long calls = whole.calls;
  REQUIRE(calls > 1'000);  // else SQLite does not use the allocator
  const std::uint64_t seed = seeds_to_run(1).front();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  long tried = 0;
  for (long nth = 1; nth <= calls;) {
    INFO("allocation " << nth << " of " << calls << (persistent ? " and all later ones" : ""));
    const Lived lived = live_with_failure(memory, nth, persistent);
    ++tried;
    if (lived.failures == 0) break;  // a life that waits here and there does not always make the same number of calls
    // Small ones all, since they fall into opening; then at random.
    nth += all || nth < 20 ? 1 : 1 + static_cast<long>(random() % (static_cast<std::uint64_t>(calls) / 40));
  }
  WARN("SQLite's memory" << (persistent ? ", from the n-th on: " : ", the n-th once: ") << tried << " of " << calls
                         << " n tried");
}
