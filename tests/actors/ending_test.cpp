// Who stops when a runtime ends: over seeded schedules, in virtual time.
#include "commonbook/testing/support.hpp"
#include "seeded_system.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;

TEST_CASE("the checkpointer is at work until the other duties have done their last, so that the log stays short") {
  for (const std::uint64_t seed : seeds_to_run(20)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    SeededSystem seeded{seed, FakeFaults{}};
    seeded.has_duty = true;
    seeded.start_workers();
    seeded.run(500);
    REQUIRE(seeded.file.ended.empty());
    caf::anon_send(seeded.supervisor(), stop_atom_v, std::uint64_t{2'000});
    seeded.run(5'000);
    REQUIRE(seeded.file.ended.size() == 3);
    CHECK(seeded.file.ended.back() == "checkpointer");
  }
}
