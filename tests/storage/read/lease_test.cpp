// One owner a file compacts: it can be followed by another, and what was retracted meanwhile stays retracted.
#include "read_support.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

// Two books on one file, as two processes have it, with some observations in it.
struct TwoProcesses {
  TwoProcesses() {
    for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
      const Observation observation = random_observation(dice, sequence);
      static_cast<void>(store(writer, observation));
      model.store(observation);
    }
  }
  void retract(std::uint64_t sequence) {
    const std::int64_t id = observation_id(path, sequence);
    REQUIRE(writer.retract(std::span{&id, 1}, soon()));
    model.retract(sequence);
  }
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "memory.db";
  ManualClock clock;
  TickingClock ticking;  // the first process's: its slices are short
  Book first = open_small_book(path, ticking);
  Book second = open_small_book(path, clock);
  Writer writer = open_writer(first);
  Dice dice{11};
  Model model;
};

}  // namespace

TEST_CASE("an owner that is alive is left alone; one that stands still for two seconds is followed") {
  TwoProcesses test;
  Compactor alive = open_compactor(test.first, "alive");
  Compactor waiting = open_compactor(test.second, "waiting");
  REQUIRE(step(alive).outcome == CompactionOutcome::slice);
  REQUIRE(step(waiting).outcome == CompactionOutcome::not_owner);
  test.clock.advance(std::chrono::milliseconds{1'900});
  REQUIRE(step(waiting).outcome == CompactionOutcome::not_owner);

  REQUIRE(step(alive).outcome == CompactionOutcome::slice);  // its heartbeat moves: two seconds from now
  test.clock.advance(std::chrono::milliseconds{1'900});
  REQUIRE(step(waiting).outcome == CompactionOutcome::not_owner);
  test.clock.advance(std::chrono::milliseconds{1'900});
  REQUIRE(step(waiting).outcome == CompactionOutcome::not_owner);
  test.clock.advance(std::chrono::milliseconds{100});
  REQUIRE(step(waiting).outcome == CompactionOutcome::slice);
  CHECK(rows_read(test.second) == test.model.rows());
}

TEST_CASE("an owner that slept past its lease does nothing in its next slice") {
  TwoProcesses test;
  Compactor sleeper = open_compactor(test.first, "sleeper");
  Compactor heir = open_compactor(test.second, "heir");
  REQUIRE(step(sleeper).outcome == CompactionOutcome::slice);
  REQUIRE(step(sleeper).outcome == CompactionOutcome::slice);
  REQUIRE(step(heir).outcome == CompactionOutcome::not_owner);
  test.clock.advance(std::chrono::seconds{2});
  static_cast<void>(compact_all(heir));

  const auto before = dump(test.path);
  const auto woken = step(sleeper);
  CHECK(woken.outcome == CompactionOutcome::restarted);
  CHECK(woken.rows == 0);
  CHECK(dump(test.path) == before);
  CHECK(rows_read(test.first) == test.model.rows());
  CHECK(rows_read(test.second) == test.model.rows());
  require_verified(test.second);
}

TEST_CASE("what is retracted during a pass stays retracted, whatever slice comes next", "[P8]") {
  for (int slices = 1;; ++slices) {
    TwoProcesses test;
    Compactor compactor = open_compactor(test.first);
    auto outcome = CompactionOutcome::slice;
    for (int count = 0; count < slices && outcome == CompactionOutcome::slice; ++count)
      outcome = step(compactor).outcome;
    INFO("after slice " << slices);
    test.retract(10);
    test.retract(20);
    CHECK(rows_read(test.first) == test.model.rows());
    if (outcome == CompactionOutcome::slice) CHECK(step(compactor).outcome == CompactionOutcome::restarted);
    static_cast<void>(compact_all(compactor));
    CHECK(rows_read(test.first) == test.model.rows());
    CHECK(rows_read(test.second) == test.model.rows());
    CHECK(RawRows{test.path}.integer(
              "SELECT count(*) FROM triple JOIN observation ON id = observation WHERE retracted <> 0") == 0);
    require_verified(test.first);
    if (outcome != CompactionOutcome::slice) break;
  }
}

TEST_CASE("purging takes rows, claims, documents and search words of what was retracted, and keeps the operation") {
  TestBook test;
  Observation secret = observed(1, {says("mole", "reports to", "control")});
  secret.document = document("letter", "the quick aardvark");
  secret.operation_id = "import-1";
  secret.claims.push_back({strong("mole@example.org"), "The Mole"});
  Observation shared = observed(2, {says("ada", "knows", "charles")});
  shared.document = document("open letter", "the slow badger");
  Observation also = observed(3, {says("ada", "wrote", "notes")});
  also.document = shared.document;
  for (const Observation& observation : {secret, shared, also}) static_cast<void>(store(test.writer, observation));

  const std::vector<std::int64_t> ids = {observation_id(test.path, 1), observation_id(test.path, 2)};
  REQUIRE(test.writer.retract(ids, soon()));
  Compactor compactor = open_compactor(test.book);
  static_cast<void>(compact_all(compactor));

  RawRows raw{test.path};
  CHECK(raw.integer("SELECT purge_pending FROM meta") == 0);
  CHECK(raw.integer("SELECT count(*) FROM claim") == 0);
  CHECK(raw.rows("SELECT external_id FROM document", 1) == std::vector<std::string>{"open letter"});
  CHECK(raw.integer("SELECT count(*) FROM search WHERE search MATCH 'aardvark'") == 0);
  CHECK(raw.integer("SELECT count(*) FROM search WHERE search MATCH 'badger'") == 1);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
  require_verified(test.book);

  const Receipt again = store(test.writer, secret);  // a retry must not bring it back
  CHECK(again.replayed);
  CHECK(raw.integer("SELECT count(*) FROM document") == 1);
}

TEST_CASE("two processes on one file see each other's commits, before and after compaction", "[P8]") {
  TwoProcesses test;
  Writer other = open_writer(test.second);
  Compactor compactor = open_compactor(test.first);
  for (std::uint64_t sequence = 101; sequence < 140; ++sequence) {
    const Observation observation = random_observation(test.dice, sequence);
    static_cast<void>(store(sequence % 2 == 0 ? test.writer : other, observation));
    test.model.store(observation);
    REQUIRE(rows_read(test.first) == test.model.rows());
    REQUIRE(rows_read(test.second) == test.model.rows());
    if (sequence % 3 == 0) static_cast<void>(step(compactor));
  }
}
