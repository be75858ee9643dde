#include "run.hpp"
#include "runs.hpp"

#include <cstdlib>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

TEST_CASE("a search gives the same digest with any number of threads, and that of single runs", "[deterministic]") {
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office());
  const auto one = search_seeds(scenario, 1, 12, 1, in_folder(folder.path() / "one"));
  const auto two = search_seeds(scenario, 1, 12, 2, in_folder(folder.path() / "two"));
  REQUIRE(one);
  REQUIRE(two);
  CHECK((*one).seeds == 12);
  CHECK_FALSE((*one).failing);
  CHECK((*one).digest_of_digests == (*two).digest_of_digests);
  const auto single = run_or_fail(scenario, 1, in_folder(folder.path() / "single"));
  const auto first = search_seeds(scenario, 1, 1, 1, in_folder(folder.path() / "first"));
  const auto other = search_seeds(scenario, 2, 2, 1, in_folder(folder.path() / "first"));
  REQUIRE(first);
  REQUIRE(other);
  CHECK((*first).digest_of_digests != (*other).digest_of_digests);
  CHECK(single.figures.row_digest != 0);
}

TEST_CASE("a search stops at the first seed that breaks an expectation, and that seed replays", "[deterministic]") {
  const RunFolder folder;
  // How many observations 64 turns make depends on the seed: some make fewer than 47.
  const Scenario scenario = scenario_of(small_office(R"(
[[expect]]
figure = "asked"
is = ">= 47"
because = "planted: it does not hold for every seed"
)"));
  const auto search = search_seeds(scenario, 1, 500, 2, in_folder(folder.path() / "search"));
  REQUIRE(search);
  REQUIRE((*search).failing);
  CHECK((*search).seeds == *(*search).failing);
  REQUIRE((*search).failures.size() == 1);
  CHECK((*search).failures.front().find("planted") != std::string::npos);
  INFO("the seed found: " << *(*search).failing);
  for (std::uint64_t seed = 1; seed < *(*search).failing; ++seed)
    CHECK(run_or_fail(scenario, seed, in_folder(folder.path() / "single")).figures.asked >= 47);
  auto options = in_folder(folder.path() / "single");
  options.trace = folder.path() / "found.trace";
  const auto found = run_or_fail(scenario, *(*search).failing, options);
  CHECK(found.figures.asked < 47);
  options.trace.reset();
  const auto replayed = replay(folder.path() / "found.trace", options);
  REQUIRE(replayed);
  CHECK((*replayed).same);
  CHECK((*replayed).result.figures.asked == found.figures.asked);
}

// The long tier: COMMONBOOK_SIM_SEEDS=1000 runs that many seeds twice and prints rate and digest, which is to be the
// same from every build.
TEST_CASE("many seeds give identical digests twice", "[deterministic][rate]") {
  const char* wanted = std::getenv("COMMONBOOK_SIM_SEEDS");
  const std::uint64_t seeds = wanted != nullptr ? std::stoull(wanted) : 60;
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office());
  const auto once = search_seeds(scenario, 1, seeds, 2, in_folder(folder.path()));
  const auto again = search_seeds(scenario, 1, seeds, 2, in_folder(folder.path()));
  REQUIRE(once);
  REQUIRE(again);
  CHECK((*once).seeds == seeds);
  CHECK((*once).digest_of_digests == (*again).digest_of_digests);
  if (wanted != nullptr)
    WARN(seeds << " seeds, digest of digests " << (*once).digest_of_digests << ", "
               << static_cast<double>(seeds) / (*once).running_seconds << " schedules/s; opening "
               << (*once).opening_seconds << " s, running " << (*once).running_seconds << " s");
}
