// Whichever allocation of SQLite fails: the same promises as for a disk that fails.
#include "fault_workload.hpp"

#include "commonbook/testing/failing_memory.hpp"
#include "commonbook/testing/fault_numbers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
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

// SQLite rolls back in the middle of an insertion into the search index, which then remembers sums of what is gone.
TEST_CASE("whichever allocation fails while a document is stored, the search index stays right") {
  FailingMemory& memory = FailingMemory::instance();
  const SystemClock clock;
  const FaultNumbers wanted = FaultNumbers::wanted();
  for (long nth = wanted.first; nth <= wanted.last; ++nth) {
    INFO("allocation " << nth << " of storing");
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    const Life life = live_and_store(path, clock, [&] { memory.fail(nth, false); }, [&] { memory.heal(); });
    const bool was_met = memory.failures() > 0;
    check_what_is_left(path, clock, life);
    if (!was_met) {
      CHECK(life.errors == 0);
      WARN(nth - 1 << " allocations of storing a document");
      return;
    }
  }
}

TEST_CASE("whichever allocation of SQLite fails, nothing acknowledged is lost and the file is sound") {
  FailingMemory& memory = FailingMemory::instance();
  const bool persistent = GENERATE(false, true);
  const FaultNumbers wanted = FaultNumbers::wanted();
  const Lived whole = live_with_failure(memory, 1'000'000'000, false);
  CHECK(whole.failures == 0);
  CHECK(whole.life.errors == 0);
  const long calls = whole.calls;
  REQUIRE(calls > 1'000);  // else SQLite does not use the allocator
  const std::uint64_t seed = seeds_to_run(1).front();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  long tried = 0;
  for (long nth = wanted.first; nth <= std::min(calls, wanted.last);) {
    wanted.report(nth, calls);
    INFO("allocation " << nth << " of " << calls << (persistent ? " and all later ones" : ""));
    const Lived lived = live_with_failure(memory, nth, persistent);
    ++tried;
    if (lived.failures == 0) break;  // a life that waits here and there does not always make the same number of calls
    // Small ones all, since they fall into opening; then at random.
    nth += wanted.all || nth < 20 ? 1 : 1 + static_cast<long>(random() % (static_cast<std::uint64_t>(calls) / 40));
  }
  WARN("SQLite's memory" << (persistent ? ", from the n-th on: " : ", the n-th once: ") << tried << " of " << calls
                         << " n tried");
}
