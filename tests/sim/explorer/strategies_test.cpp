// What the explorer promises, shown on find-or-create in plain SQL, whose schedules can be counted.
#include "commonbook/model/yield_point.hpp"
#include "explorer_testing.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::sim::testing;

namespace {

ExploreOptions plain() {
  ExploreOptions options;
  options.reduce = false;
  return options;
}

ExploreOptions pct(std::uint64_t seed, std::uint64_t runs) {
  ExploreOptions options;
  options.strategy = Strategy::pct;
  options.seed = seed;
  options.pct_runs = runs;
  return options;
}

}  // namespace

TEST_CASE("depth first runs every interleaving once") {
  // Two threads of p and q steps that never wait have (p+q)!/(p!q!) interleavings: a look-up alone or look-up and
  // insert, and the rest by hand. The waiting ones were counted by an independent program of another design.
  CHECK(explored("immediate", {2, 1}, plain()).schedules == 148);
  CHECK(explored("immediate-without-lock-or-unique", {2, 1}, plain()).schedules == 36);
  CHECK(explored("autocommit-with-fallback", {2, 1}, plain()).schedules == 70);
  CHECK(explored("deferred-retry", {2, 1}, plain()).schedules == 924);
}

TEST_CASE("the known failures are found, and the schedule that is named fails again") {
  struct Known {
    const char* name;
    Shape shape;
    const char* reason;
  };
  for (const Known& known : {Known{"autocommit-without-unique", {2, 1}, "2 entities for one key"},
                             Known{"lock-after-begin", {1, 2}, "deadlock"}}) {
    for (const bool reduce : {false, true}) {
      INFO(known.name << (reduce ? ", reduced" : ", plain"));
      ExploreOptions options;
      options.reduce = reduce;
      const auto result = explored(known.name, known.shape, options);
      CHECK(result.exhausted);
      CHECK(result.bad > 0);
      CHECK(result.bad < result.schedules);
      CHECK(result.first_bad_reason.find(known.reason) != std::string::npos);

      auto variant = make_variant(known.name, known.shape.processes, known.shape.threads_each);
      REQUIRE(variant);
      options.folder = memory_folder();
      const auto again = replay_schedule(**variant, result.first_bad, options);
      REQUIRE(again);
      CHECK(again->schedules == 1);
      CHECK(again->bad == 1);
      CHECK(again->first_bad_reason == result.first_bad_reason);
      CHECK(again->first_bad == result.first_bad);
    }
  }
  CHECK(explored("lock-after-begin", {1, 2}).deadlocks > 0);
}

TEST_CASE("variants that expect no failure have none, and those that do have one") {
  for (const VariantInfo& info : variants()) {
    if (info.name.find("commit") == 0 || info.name.find("read") == 0 || info.name.find("find") == 0) continue;
    INFO(info.name);
    CHECK((explored(info.name, {2, 2}, pct(1, 400)).bad > 0) == info.expect_failure);
  }
}

TEST_CASE("the reduction loses no outcome") {
  for (const char* name : {"immediate", "immediate-without-lock-or-unique", "autocommit-with-fallback",
                           "autocommit-without-unique", "deferred-retry", "lock-after-begin"}) {
    for (const Shape shape : {Shape{2, 1}, Shape{1, 2}}) {
      INFO(name << " " << shape.processes << "x" << shape.threads_each);
      const auto all = explored(name, shape, plain());
      const auto reduced = explored(name, shape);
      CHECK(all.exhausted);
      CHECK(reduced.exhausted);
      CHECK(outcomes_of(reduced) == outcomes_of(all));
      CHECK(reduced.schedules <= all.schedules);
    }
  }
}

TEST_CASE("a bound on preemptions leaves out schedules, and less with each") {
  std::uint64_t before = 0;
  for (int preemptions = 0; preemptions <= 4; ++preemptions) {
    ExploreOptions options = plain();
    options.strategy = Strategy::bounded_preemptions;
    options.preemptions_max = preemptions;
    const auto result = explored("autocommit-without-unique", {2, 1}, options);
    CHECK(result.exhausted);
    CHECK(result.schedules > before);
    CHECK((result.bad > 0) == (preemptions > 0));  // without one, each caller finishes before the next begins
    before = result.schedules;
  }
  CHECK(before <= 70);
}

TEST_CASE("PCT runs the same schedules for the same seed, and others for another") {
  const auto first = explored("autocommit-without-unique", {3, 2}, pct(7, 500));
  const auto again = explored("autocommit-without-unique", {3, 2}, pct(7, 500));
  const auto other = explored("autocommit-without-unique", {3, 2}, pct(8, 500));
  CHECK(first.schedules == 500);
  CHECK(first.bad > 0);
  CHECK_FALSE(first.exhausted);
  CHECK(first.outcomes == again.outcomes);
  CHECK(first.first_bad == again.first_bad);
  CHECK(first.points == again.points);
  CHECK(first.outcomes != other.outcomes);
}

TEST_CASE("limits of schedules and of time are kept") {
  ExploreOptions options = plain();
  options.schedules_max = 10;
  const auto few = explored("deferred-retry", {2, 1}, options);
  CHECK(few.schedules == 10);
  CHECK_FALSE(few.exhausted);
  options.schedules_max = 0;
  options.seconds_max = 1e-9;
  CHECK(explored("deferred-retry", {2, 1}, options).schedules == 0);
}

TEST_CASE("what can't be explored is refused") {
  const auto unknown = make_variant("no such variant", 1, 1);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::not_found);
  CHECK(unknown.error().message.find("find-or-create") != std::string::npos);
  CHECK(make_variant("immediate", 0, 1).error().code == ErrorCode::invalid_argument);
  CHECK(make_variant("immediate", 9, 9).error().code == ErrorCode::invalid_argument);

  auto variant = make_variant("immediate", 2, 1);
  REQUIRE(variant);
  CHECK(explore(**variant, {}).error().code == ErrorCode::invalid_argument);
  ExploreOptions options;
  options.folder = memory_folder();
  const auto impossible = replay_schedule(**variant, {0, 7}, options);
  REQUIRE_FALSE(impossible);
  CHECK(impossible.error().message.find("can't be made") != std::string::npos);
}

namespace {

// Two threads whose first one takes one step more in every schedule.
class Unsteady final : public Variant {
 public:
  Result<void> prepare(const std::filesystem::path&) override {
    ++schedules_;
    return {};
  }
  [[nodiscard]] std::size_t threads() const override { return 2; }
  void run(std::size_t thread) override {
    const int steps = thread == 0 ? schedules_ : 1;
    for (int step = 0; step < steps; ++step) yield_point("unsteady");
  }
  std::string check() override { return {}; }
  [[nodiscard]] Touched touched(std::size_t, std::string_view step) const override {
    return {0, step == "start" ? 1u : static_cast<std::uint64_t>(schedules_)};
  }

 private:
  int schedules_ = 0;
};

// Waits for what never comes.
class Hopeless final : public Variant {
 public:
  Result<void> prepare(const std::filesystem::path&) override {
    has_given_up_ = false;
    return {};
  }
  [[nodiscard]] std::size_t threads() const override { return 2; }
  void run(std::size_t thread) override {
    while (thread == 0 && wait_point("what never comes")) continue;
  }
  std::string check() override { return "is not asked after a deadlock"; }
  void give_up() override { has_given_up_ = true; }
  [[nodiscard]] bool has_given_up() const { return has_given_up_; }

 private:
  bool has_given_up_ = false;
};

}  // namespace

TEST_CASE("a variant that depends on more than its schedule is found out") {
  Unsteady variant;
  ExploreOptions options;
  options.folder = memory_folder();
  const auto result = explore(variant, options);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::internal);
  CHECK(result.error().message.find("did not repeat") != std::string::npos);
}

TEST_CASE("a wait for what never comes is a deadlock, and the threads come to an end") {
  Hopeless variant;
  ExploreOptions options;
  options.folder = memory_folder();
  const auto result = explore(variant, options);
  REQUIRE(result);
  CHECK(result->deadlocks == result->schedules);
  CHECK(result->first_bad_reason == "deadlock: thread 0 waits for what never comes");
  CHECK(variant.has_given_up());
}
