// A history against the book that it was made with.
#include "commonbook/sim/book_history.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/listing.hpp"
#include "write_support.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

std::uint64_t key(const std::string& name) { return history_hash(name); }

std::unique_ptr<HistoryLog> new_log(const std::filesystem::path& folder, std::uint32_t thread) {
  auto log = HistoryLog::create(folder, 1, thread, 10'000);
  if (!log) FAIL(to_string(log.error()));
  return std::move(*log);
}

/// A book with a history of it: two names, and one observation that names a third.
struct RecordedBook {
  RecordedBook() : log(new_log(folder.path(), 0)) {
    for (const char* name : {"ada", "bob", "ada"}) find_or_create(name);
    Observation observation = observed(1, {says("ada", "knows", "eve")});
    observation.operation_id = "op-1";
    HistoryRecord* record = log->invoked(HistoryKind::store, key("op-1"));
    record->session = 1;
    record->session_sequence = 1;
    const Receipt receipt = store(test.writer, observation);
    log->answered(record, HistoryStatus::ok, static_cast<std::int64_t>(receipt.commit_seq), false);
  }

  void find_or_create(const std::string& name) {
    HistoryRecord* record = log->invoked(HistoryKind::find_or_create, key(name));
    const auto entity = test.writer.find_or_create(named(name), soon());
    REQUIRE(entity);
    log->answered(record, HistoryStatus::ok, entity->id, entity->created);
  }

  /// The invariants that do not hold.
  [[nodiscard]] std::set<std::string> broken() const {
    const auto checks = verify_history(test.book, folder.path(), {}, soon());
    if (!checks) FAIL(to_string(checks.error()));
    std::set<std::string> ids;
    for (const storage::Check& check : *checks) {
      CHECK(check.detail.empty() == check.ok);
      if (!check.ok) ids.insert(check.id);
    }
    return ids;
  }

  TemporaryFolder folder;
  TestBook test;
  std::unique_ptr<HistoryLog> log;
};

}  // namespace

TEST_CASE("a book and its history agree, and what is done to either afterwards shows") {
  RecordedBook recorded;
  REQUIRE(recorded.broken().empty());
  RawRows raw{recorded.test.path};
  raw.execute("PRAGMA foreign_keys=OFF");
  SECTION("an acknowledged name is gone") {
    raw.execute("DELETE FROM alias WHERE value = 'bob'");
    CHECK(recorded.broken() == std::set<std::string>{"S4"});
  }
  SECTION("a name leads elsewhere") {
    raw.execute("UPDATE alias SET entity = 999 WHERE value = 'bob'");
    CHECK(recorded.broken() == std::set<std::string>{"S4"});
  }
  SECTION("a name that nobody asked for") {
    raw.execute("INSERT INTO alias(entity, space, scheme, value) VALUES (999, '', 1, 'mallory')");
    CHECK(recorded.broken() == std::set<std::string>{"S6"});
  }
  SECTION("a row of an acknowledged observation is gone") {
    raw.execute("DELETE FROM assertion WHERE seq = (SELECT max(seq) FROM assertion)");
    CHECK(recorded.broken() == std::set<std::string>{"S5", "S6"});  // and what it named is left over
  }
  SECTION("an acknowledged observation is gone, its name left over") {
    raw.execute("DELETE FROM operation");
    CHECK(recorded.broken() == std::set<std::string>{"S5", "S6"});
  }
  SECTION("an observation that nobody asked for") {
    Observation stranger = observed(2, {says("ada", "knows", "bob")});
    stranger.position = "item 77 1 1";
    store(recorded.test.writer, stranger);
    CHECK(recorded.broken() == std::set<std::string>{"S6"});
  }
  SECTION("a second caller was told created") {
    HistoryRecord* record = recorded.log->invoked(HistoryKind::find_or_create, key("ada"));
    const auto entity = recorded.test.writer.find_or_create(named("ada"), soon());
    REQUIRE(entity);
    recorded.log->answered(record, HistoryStatus::ok, entity->id, true);
    CHECK(recorded.broken() == std::set<std::string>{"S3"});
  }
}

TEST_CASE("a retracted observation was stored all the same") {
  RecordedBook recorded;
  const auto id = RawRows{recorded.test.path}.integer("SELECT observation FROM operation WHERE id = 'op-1'");
  REQUIRE(recorded.test.writer.retract(std::span{&id, 1}, soon()));
  CHECK(recorded.broken().empty());
}

TEST_CASE("a book and its history agree at every moment while threads write both") {
  const TemporaryFolder folder;
  const TestBook test;
  std::atomic<int> writing{2};
  std::vector<std::thread> threads;
  for (std::uint32_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread, log = std::shared_ptr{new_log(folder.path(), thread)}] {
      auto writer = open_writer(test.book);
      for (int at = 0; at < 300; ++at) {
        const std::string name = "name " + std::to_string((at * 7) % 100);
        HistoryRecord* record = log->invoked(HistoryKind::find_or_create, key(name));
        const auto entity = writer.find_or_create(named(name), soon());
        if (!entity) break;  // stays open; the main thread misses operations
        log->answered(record, HistoryStatus::ok, entity->id, entity->created);
      }
      --writing;
    });
  }
  int looked = 0;
  std::int64_t examined = 0;
  bool last = false;
  while (!last) {
    last = writing.load() == 0;
    const auto checks = verify_history(test.book, folder.path(), {}, soon());
    if (!checks && !last) continue;  // before the first thread has its history
    REQUIRE(checks);
    for (const storage::Check& check : *checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
      examined = check.examined;
    }
    ++looked;
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(looked >= 1);
  CHECK(examined == 600);
}

TEST_CASE("a book lists each name, observation and row once, whatever is compacted") {
  TestBook test;
  Observation first = observed(1, {says("Ada", "knows", "Bob"), has_text("Ada", "is", "here")});
  first.position = "letters:1";
  first.operation_id = "op-1";
  store(test.writer, first);
  store(test.writer, observed(2, {says("Bob", "knows", "Ada")}));
  const auto listed = [&] {
    std::vector<std::string> lines;
    storage::BookVisitor visitor;
    visitor.name = [&](const storage::ListedName& name) {
      lines.push_back("name " + std::string{name.value} + " " + std::to_string(name.entity));
    };
    visitor.observation = [&](const storage::ListedObservation& observation) {
      lines.push_back("observation " + std::to_string(observation.id) + " " + std::string{observation.position} + " " +
                      std::string{observation.operation_id} + " " + std::to_string(observation.rows_expected));
    };
    visitor.row = [&](const storage::ListedRow& row) {
      lines.push_back("row " + std::to_string(row.observation) + " " + std::to_string(row.subject) + " " +
                      std::to_string(row.object));
    };
    const auto done = storage::list_book(test.book, visitor, soon());
    if (!done) FAIL(to_string(done.error()));
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  const auto before = listed();
  // Rows say how each entity was spelled, too: two and three beside the triples.
  CHECK(std::count(before.begin(), before.end(), "name ada 1") == 1);
  CHECK(std::count(before.begin(), before.end(), "row 1 1 2") == 1);
  CHECK(std::count(before.begin(), before.end(), "row 2 2 1") == 1);
  const auto rows = [&](const std::string& start) {
    return std::count_if(before.begin(), before.end(), [&](const auto& line) { return line.starts_with(start); });
  };
  CHECK(rows("name ") == 2);
  CHECK(rows("observation ") == 2);
  CHECK(std::count(before.begin(), before.end(), "observation 1 letters:1 op-1 " + std::to_string(rows("row 1 "))) == 1);
  auto compactor = storage::Compactor::open(test.book, "tester", soon());
  REQUIRE(compactor);
  for (int step = 0; step < 100; ++step) {
    const auto done = compactor->step(true, soon());
    REQUIRE(done);
    CHECK(listed() == before);
    if (done->outcome == storage::CompactionOutcome::idle) break;
  }
}
