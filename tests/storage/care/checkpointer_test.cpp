#include "care_support.hpp"

#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/writer.hpp"

#include <sqlite3.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

/// Does something once, at the first step of this name.
class AtStep final : public StepHook {
 public:
  AtStep(std::string_view step, std::function<void()> work)
      : step_(step), work_(std::move(work)), before_(install_step_hook(this)) {}
  ~AtStep() override { install_step_hook(before_); }
  AtStep(const AtStep&) = delete;
  AtStep& operator=(const AtStep&) = delete;
  void reached(std::string_view step) override {
    if (step != step_ || !work_) return;
    std::exchange(work_, nullptr)();
  }
  bool broken(std::string_view) override { return false; }
  [[nodiscard]] bool was_reached() const { return !work_; }

 private:
  std::string_view step_;
  std::function<void()> work_;
  StepHook* before_;
};

/// A book with a hundred pages in its log, and who copies them.
struct FilledLog {
  FilledLog() {
    scratch.write_pages(100);
    auto opened = Checkpointer::open(book, soon());
    if (!opened) FAIL(to_string(opened.error()));
    checkpointer.emplace(std::move(*opened));
  }
  TemporaryFolder folder;
  Book book = new_book(folder.path() / "memory.db");
  Scratch scratch{book};
  std::optional<Checkpointer> checkpointer;
};

}  // namespace

TEST_CASE("a checkpoint copies the whole log when nobody reads, and its rows stay") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db");
  Scratch scratch{book};
  scratch.write_pages(100);
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  const auto report = checkpointer->run(soon());
  REQUIRE(report);
  CHECK(report->frames_total > 100);
  CHECK(report->frames_copied == report->frames_total);
  CHECK_FALSE(report->barrier);
  CHECK(scratch.rows() == 100);
  CHECK(book.counters().checkpoints == 1);
}

TEST_CASE("a checkpoint beside an open snapshot copies what it can, and says so") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db");
  Scratch scratch{book};
  scratch.write_pages(10);
  auto reader = book.shared().connect(Role::reader, soon());
  REQUIRE(reader);
  REQUIRE(reader->execute("BEGIN"));
  REQUIRE(reader->query_int("SELECT count(*) FROM scratch"));
  scratch.write_pages(50);
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  const auto blocked = checkpointer->run(soon());
  REQUIRE(blocked);
  CHECK(blocked->frames_copied < blocked->frames_total);
  REQUIRE(reader->execute("ROLLBACK"));
  const auto free = checkpointer->run(soon());
  REQUIRE(free);
  CHECK(free->frames_copied == free->frames_total);
}

TEST_CASE("most of the log is copied while others write, and what they write meanwhile is copied as well", "[P1]") {
  FilledLog log;
  const AtStep hook{"checkpoint.log_pinned", [&] { log.scratch.write_pages(50); }};
  const auto report = log.checkpointer->run(soon());
  REQUIRE(report);
  CHECK(hook.was_reached());
  CHECK(report->frames_ahead > 100);
  CHECK(report->frames_total >= report->frames_ahead + 50);
  CHECK(report->frames_copied == report->frames_total);
  CHECK(log.scratch.rows() == 150);
}

TEST_CASE("nobody restarts the log while it is copied beside the writers", "[P1]") {
  FilledLog log;
  auto other = log.book.shared().connect(Role::maintenance, soon());  // as another process's checkpointer and writer
  REQUIRE(other);
  int frames = 0;
  int copied = 0;
  int code = -1;
  const AtStep hook{"checkpoint.log_pinned", [&] {
                      code = sqlite3_wal_checkpoint_v2(other->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
                      REQUIRE(other->execute("INSERT INTO scratch(bytes) VALUES(randomblob(3500))"));
                    }};
  REQUIRE(log.checkpointer->run(soon()));
  REQUIRE(hook.was_reached());
  CHECK(code == SQLITE_OK);
  CHECK(copied == frames);                // all was copied, so a writer would restart the log
  CHECK(other->wal_pages() > frames);     // and this one did not
  CHECK(log.scratch.rows() == 101);
}

TEST_CASE("a checkpoint gives up at its deadline while another process holds the writer lock") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db");
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  auto foreign = book.shared().connect(Role::writer, soon());  // outside the gate, as another program is
  REQUIRE(foreign);
  REQUIRE(foreign->execute("BEGIN IMMEDIATE"));
  const auto refused = checkpointer->run(std::chrono::steady_clock::now() + std::chrono::milliseconds{50});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::busy);
  REQUIRE(foreign->execute("ROLLBACK"));
  CHECK(checkpointer->run(soon()));
}

TEST_CASE("a checkpointer is due when the log has grown, and not again until something is written") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db", 256 * 1024);
  Scratch scratch{book};
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  scratch.write_pages(100);
  CHECK(checkpointer->is_due());
  REQUIRE(checkpointer->run(soon()));
  CHECK_FALSE(checkpointer->is_due());
}

TEST_CASE("a log above the soft mark is restarted and trimmed in one run", "[P8]") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db", 12 << 20);
  Scratch scratch{book};
  scratch.write_pages(3500);
  REQUIRE(book.wal_bytes() > 12 << 20);
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  const auto report = checkpointer->run(soon());
  REQUIRE(report);
  CHECK(report->barrier);
  CHECK(book.wal_bytes() <= 8 << 20);
  CHECK(book.counters().checkpoint_barriers == 1);
  CHECK(scratch.rows() == 3500);
}

TEST_CASE("a reader that does not end holds the barrier up for a moment only", "[P8]") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db", 128 * 1024);
  Scratch scratch{book};
  const auto pass = book.shared().barrier.enter(std::chrono::steady_clock::now());
  scratch.write_pages(100);
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(checkpointer->run(soon()));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
  const auto next = book.shared().barrier.enter(std::chrono::steady_clock::now());  // it is open again
}

TEST_CASE("the log stays small while snapshots overlap without a gap", "[P8]") {
  constexpr std::int64_t soft_mark = 512 * 1024;
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db", soft_mark);
  Scratch scratch{book};
  scratch.write_pages(1);
  std::atomic<bool> stop{false};
  std::atomic<int> snapshots{0};
  std::vector<std::thread> readers;
  for (int at = 0; at < 3; ++at) {
    readers.emplace_back([&] {
      auto reader = book.shared().connect(Role::reader, soon());
      if (!reader) std::abort();
      while (!stop) {
        const auto pass = book.shared().barrier.enter(std::chrono::steady_clock::now());
        if (!reader->execute("BEGIN") || !reader->query_int("SELECT count(*) FROM scratch")) std::abort();
        // A snapshot of some work: until others have begun theirs, so that they always overlap.
        const int seen = snapshots.fetch_add(1);
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{20};
        while (!stop && snapshots.load() < seen + 2 && std::chrono::steady_clock::now() < until)
          std::this_thread::yield();
        if (!reader->execute("ROLLBACK")) std::abort();
      }
    });
  }
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  std::int64_t largest = 0;
  bool failed = false;
  for (int round = 0; round < 120 && !failed; ++round) {
    scratch.write_pages(32);
    if (checkpointer->is_due()) failed = !checkpointer->run(soon());
    largest = std::max(largest, book.wal_bytes());
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  INFO("snapshots " << snapshots << ", barriers " << book.counters().checkpoint_barriers << ", largest log "
                    << largest);
  CHECK_FALSE(failed);
  CHECK(largest < 8 * soft_mark);  // 120 rounds of 32 pages are 15 MB
  CHECK(scratch.rows() == 1 + 120 * 32);
}

TEST_CASE("a log that is too long does not grow while a checkpoint works beside the writers") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db", 256 * 1024);
  Scratch scratch{book};
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  auto writer = Writer::open(book, soon());
  REQUIRE(writer);
  std::uint64_t sequence = 0;
  const auto store = [&](Clock::SteadyPoint deadline) {
    Observation observation;
    observation.agent = observation.session = "tester";
    observation.sequence = ++sequence;
    observation.triples = {{named("somebody"), "was", Literal{LiteralType::text, "here " + std::to_string(sequence)}}};
    return writer->store(std::span{&observation, 1}, deadline).front();
  };
  const auto in_a_moment = [] { return std::chrono::steady_clock::now() + std::chrono::milliseconds{20}; };
  storage::detail::BookShared& shared = book.shared();
  auto foreign = shared.connect(Role::writer, soon());  // outside the gate, as another program is
  REQUIRE(foreign);
  auto entered = shared.gate->enter("test", soon(), shared.clock);
  REQUIRE(entered);
  std::optional<GateHold> hold{std::move(*entered)};
  std::thread beside{[&] { CHECK(checkpointer->run(soon())); }};
  while (shared.checkpoints_ahead == 0) std::this_thread::yield();  // on its way to the gate
  CHECK(shared.let_checkpoint_catch_up(in_a_moment()));
  REQUIRE(foreign->execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
                           "INSERT INTO scratch(bytes) SELECT randomblob(3500) FROM n"));
  const auto refused = store(in_a_moment());
  hold.reset();
  beside.join();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::busy);
  CHECK(refused.error().message.find("checkpoint") != std::string::npos);
  CHECK(store(soon()));
}
