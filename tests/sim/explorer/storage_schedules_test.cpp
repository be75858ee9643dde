// Our own storage code under every schedule: what the product promises of concurrency, shown and not sampled.
#include "commonbook/testing/support.hpp"
#include "explorer_testing.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::sim::testing;

namespace {

void check_exhausted(const std::string& name, Shape shape) {
  const auto result = explored(name, shape);
  INFO(name << " " << shape.processes << "x" << shape.threads_each << ": " << result.first_bad_reason);
  CHECK(result.bad == 0);
  CHECK(result.exhausted);
}

void check_bounded(const std::string& name, Shape shape, double seconds) {
  ExploreOptions options;
  options.strategy = Strategy::bounded_preemptions;
  options.preemptions_max = 2;
  options.seconds_max = seconds;
  const auto bounded = explored(name, shape, options);
  INFO(name << ": " << bounded.first_bad_reason);
  CHECK(bounded.bad == 0);
}

void check_pct(const std::string& name, Shape shape, std::uint64_t runs) {
  ExploreOptions options;
  options.strategy = Strategy::pct;
  options.pct_runs = runs;
  const auto drawn = explored(name, shape, options);
  INFO(name << ": " << drawn.first_bad_reason);
  CHECK(drawn.bad == 0);
  CHECK(drawn.schedules == runs);
}

}  // namespace

TEST_CASE("find-or-create gives one entity and one creator under every schedule", "[P4]") {
  for (const char* name : {"find-or-create", "find-or-create-without-turnstile"}) {
    for (const Shape shape : {Shape{2, 1}, Shape{1, 2}, Shape{1, 3}}) check_exhausted(name, shape);
  }
  const auto result = explored("find-or-create", {2, 1});
  CHECK(result.points.size() >= 8);
  // Both ways to learn that another process won: by looking, and by the constraint.
  CHECK(outcomes_of(result) == std::set<std::string>{"cf, constraint met 0", "cf, constraint met 1",
                                                     "fc, constraint met 0", "fc, constraint met 1"});
}

TEST_CASE("a commit and another work on the book go together under every schedule", "[P1][P3][P4]") {
  for (const char* name : {"commit-commit", "commit-compaction-begin", "commit-compaction", "commit-compaction-mirror",
                           "commit-compaction-deletes", "commit-purge", "commit-checkpoint", "commit-forget"}) {
    check_exhausted(name, {2, 1});
  }
  check_exhausted("commit-commit-without-turnstile", {2, 1});
  check_pct("commit-checkpoint-without-turnstile", {2, 1}, 100);
}

TEST_CASE("an answer shows one snapshot under every schedule", "[P8]") {
  for (const char* name : {"read-commit", "read-compaction", "read-compaction-deletes", "read-forget"}) {
    check_exhausted(name, {2, 1});
  }
  check_exhausted("read-checkpoint", {1, 2});
  check_pct("read-checkpoint", {2, 1}, 60);
  for (const char* name : {"read-commit", "read-compaction", "read-compaction-deletes"}) check_pct(name, {1, 2}, 60);
}

TEST_CASE("more threads: few preemptions, and random priorities", "[P4]") {
  const std::uint64_t runs = is_full_run() ? 10'000 : 300;
  const double seconds = is_full_run() ? 300 : 1;
  for (const Shape shape : {Shape{2, 2}, Shape{3, 2}}) {
    check_bounded("find-or-create", shape, seconds);
    check_pct("find-or-create", shape, runs);
    check_pct("find-or-create-without-turnstile", shape, runs);
  }
}

TEST_CASE("the reduction loses no outcome of find-or-create") {
  const auto reduced = outcomes_of(explored("find-or-create", {2, 1}));
  ExploreOptions plain;
  plain.reduce = false;
  if (!is_full_run()) {
    // Half a million schedules are for the night; those with two preemptions are some hundreds.
    plain.strategy = Strategy::bounded_preemptions;
    plain.preemptions_max = 2;
  }
  const auto all = explored("find-or-create", {2, 1}, plain);
  CHECK(all.exhausted);
  CHECK(all.bad == 0);
  CHECK(outcomes_of(all) == reduced);
}

TEST_CASE("the explorer sees what is broken on purpose", "[P1][P4]") {
  struct Control {
    const char* fault;
    const char* variant;
    Shape shape;
    const char* reason;
  };
  for (const Control& control :
       {Control{"P1", "find-or-create", {2, 1}, "before it was committed"},
        Control{"P4", "find-or-create", {2, 1}, "entities without a key"},
        Control{"mutant.no_unique", "find-or-create", {2, 1}, "2 rows for one key"},
        Control{"mutant.lock_after_begin", "find-or-create", {1, 2}, "deadlock"},
        Control{"mutant.id_cached_before_commit", "find-or-create", {1, 2}, "before it was committed"},
        Control{"mutant.deferred_begin", "find-or-create-without-turnstile", {2, 1}, "database is locked"}}) {
    INFO(control.fault);
    const commonbook::testing::Broken broken{control.fault};
    ExploreOptions options;  // plain: what is broken may also break what the reduction takes as given
    options.strategy = Strategy::bounded_preemptions;
    options.preemptions_max = 2;
    options.reduce = false;
    const auto result = explored(control.variant, control.shape, options);
    INFO(result.first_bad_reason);
    CHECK(result.bad > 0);
    CHECK(result.first_bad_reason.find(control.reason) != std::string::npos);
  }
}

TEST_CASE("all that a night has time for", "[full]") {
  if (!is_full_run()) return;
  for (const VariantInfo& info : variants()) {
    const bool is_ours = info.name.find("commit") == 0 || info.name.find("read") == 0;
    if (!is_ours) continue;
    check_exhausted(info.name, {2, 1});
    check_exhausted(info.name, {1, 2});
    for (const Shape shape : {Shape{2, 2}, Shape{3, 2}}) {
      check_bounded(info.name, shape, 120);
      check_pct(info.name, shape, 2'000);
    }
  }
}
