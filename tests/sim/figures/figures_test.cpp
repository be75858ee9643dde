// The figures that expectations speak of, and the histogram behind the percentiles.
#include "commonbook/sim/figures.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace commonbook;
using namespace commonbook::sim;

TEST_CASE("every listed figure can be read, and no other") {
  const auto& names = figure_names();
  REQUIRE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) {
    INFO(name);
    CHECK(figure(Figures{}, name).has_value());
  }
  CHECK_FALSE(figure(Figures{}, "duplicate").has_value());
  CHECK_FALSE(figure(Figures{}, "").has_value());
  CHECK_FALSE(figure(Figures{}, "zzz").has_value());
}

TEST_CASE("a figure's name leads to its own number") {
  Figures figures;
  figures.duplicates = 7;
  figures.acknowledge.p99_us = 1234;
  figures.operations_per_second = 2.5;
  CHECK(figure(figures, "duplicates") == 7.0);
  CHECK(figure(figures, "acknowledge_p99_us") == 1234.0);
  CHECK(figure(figures, "operations_per_second") == 2.5);
  CHECK(figure(figures, "entities") == 0.0);
}

TEST_CASE("each failure column counts as a failure") {
  const auto one = [](auto member) {
    Figures figures;
    figures.*member = 1;
    return failures(figures);
  };
  CHECK(failures(Figures{}) == 0);
  for (auto member : {&Figures::failed, &Figures::reads_failed, &Figures::timeouts, &Figures::deadlocks,
                      &Figures::crashes, &Figures::duplicates, &Figures::invisible_entities,
                      &Figures::lost_acknowledged, &Figures::half_written, &Figures::dangling,
                      &Figures::history_violations, &Figures::verify_failures})
    CHECK(one(member) == 1);
  CHECK(one(&Figures::fallbacks) == 0);
}

TEST_CASE("percentiles are within a thirty-second of the exact ones") {
  for (const std::uint64_t seed : testing::seeds_to_run(20)) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    std::vector<std::uint64_t> exact;
    DurationHistogram left;
    DurationHistogram right;
    for (int at = 0; at < 5'000; ++at) {
      const std::uint64_t value = random() % (std::uint64_t{1} << (random() % 30));
      exact.push_back(value);
      (at % 2 == 0 ? left : right).add(value);
    }
    std::sort(exact.begin(), exact.end());
    left.merge(right);
    const DurationFigures figures = left.figures();
    const auto near = [](std::uint64_t found, std::uint64_t wanted) { return found >= wanted && found <= wanted + wanted / 32 + 1; };
    CHECK(figures.count == exact.size());
    CHECK(near(figures.p50_us, exact[2499]));
    CHECK(near(figures.p99_us, exact[4949]));
    CHECK(figures.max_us == exact.back());
    DurationHistogram handed_over;
    handed_over.restore(left.raw(), left.max_us());
    CHECK(handed_over.figures().p99_us == figures.p99_us);
  }
}
