// The checker takes every good history and catches every one that was spoiled.
#include "commonbook/testing/support.hpp"
#include "good_history.hpp"
#include "spoiled_history.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <ctime>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

bool reports(const HistoryVerdict& verdict, const std::string& invariant) {
  return std::any_of(verdict.violations.begin(), verdict.violations.end(),
                     [&](const std::string& violation) { return violation.starts_with(invariant + ":"); });
}

std::string first_of(const HistoryVerdict& verdict) {
  return verdict.violations.empty() ? std::string{"nothing"} : verdict.violations.front();
}

HistoryRecord operation(HistoryKind kind, std::uint64_t key, std::int64_t id, std::int64_t called, std::int64_t answered) {
  HistoryRecord record;
  record.number = 1;
  record.kind = kind;
  record.status = HistoryStatus::ok;
  record.key = key;
  record.id = id;
  record.invoked_ns = called;
  record.answered_ns = answered;
  return record;
}

}  // namespace

TEST_CASE("good histories of several processes are accepted") {
  for (const std::uint64_t seed : seeds_to_run(100)) {
    INFO("seed " << seed);
    const JudgedHistory good = good_history(seed);
    const HistoryVerdict verdict = check_history(good.records, good.state);
    INFO(first_of(verdict));
    REQUIRE(verdict.ok());
    CHECK(verdict.operations == good.records.size());
    CHECK(verdict.foreign_look_ups * 10 >= verdict.operations * 3);
  }
}

TEST_CASE("every way to spoil a history is caught, for every seed") {
  for (const Spoiling& spoiling : spoilings()) {
    std::uint64_t caught = 0;
    const auto seeds = seeds_to_run(100);
    for (const std::uint64_t seed : seeds) {
      INFO(spoiling.name << ", seed " << seed);
      JudgedHistory history = good_history(seed);
      Random random{seed + 17};
      REQUIRE(spoiling.spoil(history, random));
      const HistoryVerdict verdict = check_history(history.records, history.state);
      INFO(first_of(verdict));
      CHECK(reports(verdict, spoiling.invariant));
      if (!verdict.ok()) ++caught;
    }
    CHECK(caught == seeds.size());
  }
}

TEST_CASE("an operation without an answer may have happened, late, or never") {
  FinalState state;
  HistoryRecord open = operation(HistoryKind::find_or_create, 7, 0, 10, 0);
  open.status = HistoryStatus::open;
  const HistoryRecord missed = operation(HistoryKind::look_up, 7, -1, 20, 30);
  CHECK(check_history({open, missed}, state).ok());
  state.entity_of_key[7] = 3;
  CHECK(check_history({open, missed}, state).ok());
  const HistoryRecord found = operation(HistoryKind::find_or_create, 7, 3, 40, 50);
  CHECK(check_history({open, missed, found}, state).ok());
  const HistoryRecord missed_again = operation(HistoryKind::look_up, 7, -1, 60, 70);
  CHECK(reports(check_history({open, missed, found, missed_again}, state), "S2"));
  const HistoryRecord found_too_early = operation(HistoryKind::look_up, 7, 3, 1, 5);
  CHECK(reports(check_history({open, found_too_early}, state), "S2"));
}

TEST_CASE("names that fall together share an entity only where merging is on") {
  FinalState state;
  HistoryRecord first = operation(HistoryKind::find_or_create, 7, 3, 10, 20);
  first.created = 1;
  const HistoryRecord similar = operation(HistoryKind::find_or_create, 8, 3, 30, 40);
  state.entity_of_key = {{7, 3}, {8, 3}};
  CHECK_FALSE(check_history({first, similar}, state).ok());
  state.merges = true;
  CHECK(check_history({first, similar}, state).ok());
  const HistoryRecord too_early = operation(HistoryKind::look_up, 8, 3, 21, 25);
  CHECK(reports(check_history({first, similar, too_early}, state), "S2"));
}

TEST_CASE("violations are all counted and the first hundred told") {
  FinalState state;
  for (std::uint64_t key = 1; key <= 250; ++key) state.entity_of_key[key] = static_cast<std::int64_t>(key);
  const HistoryVerdict verdict = check_history({}, state);
  CHECK(verdict.violation_count == 250);
  CHECK(verdict.violations.size() == 100);
}

TEST_CASE("what was answered after a moment is taken as open") {
  JudgedHistory good = good_history(1);
  std::vector<HistoryRecord> cut = good.records;
  const std::int64_t middle = good.records[good.records.size() / 2].answered_ns;
  leave_open_after(cut, middle);
  std::size_t opened = 0;
  for (std::size_t at = 0; at < cut.size(); ++at) {
    const bool after = good.records[at].status != HistoryStatus::open && good.records[at].answered_ns > middle;
    CHECK((cut[at].status == HistoryStatus::open) == (after || good.records[at].status == HistoryStatus::open));
    if (after) ++opened;
  }
  CHECK(opened > 0);
  CHECK(check_history(cut, good.state).ok());  // the end of the file is still explained by what was asked
}

TEST_CASE("a million operations are checked in well under a second") {
  GoodHistoryOptions options;
  options.operations = 1'000'000;
  options.keys = 20'000;
  options.processes = 16;
  const JudgedHistory good = good_history(1, options);
  // Processor time, so that a machine under load does not fail it.
  const std::clock_t start = std::clock();
  const HistoryVerdict verdict = check_history(good.records, good.state);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  INFO(first_of(verdict));
  CHECK(verdict.ok());
  WARN(verdict.operations << " operations on " << verdict.keys << " keys checked in " << seconds << " s");
  CHECK(seconds < 3);  // a sanitizer's factor included
}
