#include "engine_support.hpp"

#include "engine/process_turnstile.hpp"
#include "engine/transaction.hpp"
#include "engine/write_gate.hpp"

#include <sqlite3.h>

#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

std::shared_ptr<WriteGate> new_gate() {
  static ino_t next = 1;
  return WriteGate::of_file({.device = 0, .inode = next++});
}

// Waits, without a pause of fixed length, until so many threads have come to the gate and found it held.
void wait_for_waiters(const WriteGate& gate, std::uint64_t count) {
  while (gate.counters().waits < count) std::this_thread::yield();
}

}  // namespace

TEST_CASE("the gate serves its waiters in the order in which they came") {
  const auto gate = new_gate();
  std::vector<int> order;
  std::vector<std::thread> threads;
  {
    auto hold = gate->enter("first", soon(), steady());
    REQUIRE(hold);
    for (int at = 0; at < 8; ++at) {
      threads.emplace_back([&, at] {
        const auto mine = gate->enter("waiter", soon(), steady());
        if (mine) order.push_back(at);  // the gate itself protects the vector
      });
      wait_for_waiters(*gate, static_cast<std::uint64_t>(at) + 1);
    }
    CHECK(gate->holder() == "first");
  }
  for (auto& thread : threads) thread.join();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(gate->holder().empty());
  CHECK(gate->counters().waits == 8);
  CHECK(gate->counters().entries == 9);
}

TEST_CASE("no thread overtakes a waiter: each of several gets its share") {
  const auto gate = new_gate();
  std::array<int, 4> turns{};
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  std::vector<std::size_t> last;
  for (std::size_t at = 0; at < turns.size(); ++at) {
    threads.emplace_back([&, at] {
      ++ready;
      while (ready.load() < 4) std::this_thread::yield();
      for (int round = 0; round < 200; ++round) {
        const auto hold = gate->enter("thread", soon(), steady());
        if (!hold) return;
        ++turns[at];
        last.push_back(at);
        // Held until the three others stand in line, or have finished: then order is what the line makes it.
        std::this_thread::yield();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int count : turns) CHECK(count == 200);
  CHECK(last.size() == 800);
}

TEST_CASE("the gate gives up at the deadline, says who holds it, and leaves the line intact") {
  const auto gate = new_gate();
  auto hold = gate->enter("compaction", soon(), steady());
  REQUIRE(hold);
  std::thread late{[&] {
    const auto refused =
        gate->enter("batch", std::chrono::steady_clock::now() + std::chrono::milliseconds{20}, steady());
    if (refused || refused.error().code != ErrorCode::busy) std::abort();
    if (refused.error().message.find("compaction") == std::string::npos) std::abort();
  }};
  late.join();
  CHECK(gate->counters().timeouts == 1);
  std::thread patient{[&] {
    if (!gate->enter("batch", soon(), steady())) std::abort();
  }};
  wait_for_waiters(*gate, 2);
  { const auto released = std::move(*hold); }
  patient.join();
}

TEST_CASE("the gate is recursive for its holder object, and a second holder on one thread is detected") {
  const auto gate = new_gate();
  {
    auto hold = gate->enter("batch", soon(), steady());
    REQUIRE(hold);
    {
      auto inner = hold->again();
      CHECK(inner.is_held_here());
    }
    CHECK(gate->is_held_by_this_thread());
    const auto second = gate->enter("find or create", soon(), steady());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::internal);
  }
  CHECK_FALSE(gate->is_held_by_this_thread());
  CHECK(gate->counters().recursions == 1);
}

TEST_CASE("two runtimes that open one file share its gate, two files do not") {
  TemporaryFolder folder;
  const auto one = make_file(folder.path() / "one.db");
  const auto same =
      guard_file({.path = folder.path() / "." / "one.db", .create = false, .unknown_file_system_ok = true});
  const auto other = make_file(folder.path() / "other.db");
  REQUIRE(same);
  const auto gate = WriteGate::of_file(one.identity);
  CHECK(WriteGate::of_file(same->identity) == gate);
  CHECK(WriteGate::of_file(other.identity) != gate);
}

TEST_CASE("a write transaction needs the gate of its own thread, and does not nest") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  auto connection = connect(file.path);
  TurnstileCounters counters;
  const auto gate = WriteGate::of_file(file.identity);
  auto hold = gate->enter("test", soon(), steady());
  REQUIRE(hold);
  ErrorCode elsewhere{};
  std::thread wrong{[&] {
    const auto begun = Transaction::begin_immediate(connection, *hold, nullptr, counters, soon(), steady());
    elsewhere = begun ? ErrorCode{} : begun.error().code;
  }};
  wrong.join();
  CHECK(elsewhere == ErrorCode::internal);
  const auto begun = Transaction::begin_immediate(connection, *hold, nullptr, counters, soon(), steady());
  REQUIRE(begun);
  const auto nested = Transaction::begin_immediate(connection, *hold, nullptr, counters, soon(), steady());
  REQUIRE_FALSE(nested);
  CHECK(nested.error().code == ErrorCode::internal);
}

TEST_CASE("a transaction that is left, poisoned, or rolled back by SQLite stores nothing", "[P3]") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  auto connection = connect(file.path);
  run(connection, "CREATE TABLE t(x)");
  TurnstileCounters counters;
  auto hold = WriteGate::of_file(file.identity)->enter("test", soon(), steady());
  REQUIRE(hold);
  const auto begin = [&] {
    auto begun = Transaction::begin_immediate(connection, *hold, nullptr, counters, soon(), steady());
    if (!begun) FAIL(to_string(begun.error()));
    return std::move(*begun);
  };
  {
    auto left = begin();
    run(connection, "INSERT INTO t VALUES(1)");
  }
  CHECK(number(connection, "SELECT count(*) FROM t") == 0);
  {
    auto poisoned = begin();
    run(connection, "INSERT INTO t VALUES(2)");
    CHECK_FALSE(poisoned.poison());
    CHECK_FALSE(poisoned.commit());
  }
  CHECK(number(connection, "SELECT count(*) FROM t") == 0);
  {
    auto undone = begin();
    run(connection, "INSERT INTO t VALUES(3)");
    run(connection, "ROLLBACK");  // as SQLite does by itself on a full disk
    const auto committed = undone.commit();
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code == ErrorCode::internal);
  }
  CHECK(number(connection, "SELECT count(*) FROM t") == 0);
  {
    auto kept = begin();
    run(connection, "INSERT INTO t VALUES(4)");
    REQUIRE(kept.commit());
  }
  CHECK(number(connection, "SELECT count(*) FROM t") == 1);
}

TEST_CASE("an I/O error from COMMIT is an unknown outcome and fatal, and the scope leaves no half of it", "[P3]") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  CHECK(in_child([&] {
          auto connection = connect(file.path);
          run(connection, "CREATE TABLE t(x)");
          TurnstileCounters counters;
          auto hold = WriteGate::of_file(file.identity)->enter("test", soon(), steady());
          auto transaction = Transaction::begin_immediate(connection, *hold, nullptr, counters, soon(), steady());
          if (!transaction) ::_exit(1);
          for (int at = 0; at < 50; ++at) run(connection, "INSERT INTO t VALUES(randomblob(3000))");
          // From here on no file may grow past 64 KiB: the log's write fails in the midst of the commit.
          ::signal(SIGXFSZ, SIG_IGN);
          const rlimit limit{.rlim_cur = 64 * 1024, .rlim_max = 64 * 1024};
          if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
          const auto committed = transaction->commit();
          if (committed) ::_exit(3);
          const bool told = committed.error().code == ErrorCode::unknown && is_fatal(committed.error()) &&
                            (committed.error().sqlite_code & 0xff) == SQLITE_IOERR;
          ::_exit(told ? 0 : 4);
          return 5;
        }) == 0);
  auto connection = connect(file.path);
  const auto rows = number(connection, "SELECT count(*) FROM t");
  CHECK((rows == 0 || rows == 50));
}

TEST_CASE("BEGIN waits for another process's writer until its deadline") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  auto connection = connect(file.path);
  auto foreign = connect(file.path);  // outside the gate, as another program is
  run(foreign, "BEGIN IMMEDIATE");
  TurnstileCounters counters;
  auto hold = WriteGate::of_file(file.identity)->enter("test", soon(), steady());
  REQUIRE(hold);
  const auto start = std::chrono::steady_clock::now();
  const auto begun = Transaction::begin_immediate(connection, *hold, nullptr, counters,
                                                  start + std::chrono::milliseconds{50}, steady());
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == ErrorCode::busy);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds{50});
  run(foreign, "ROLLBACK");
  CHECK(Transaction::begin_immediate(connection, *hold, nullptr, counters, soon(), steady()));
}

TEST_CASE("a process that is stopped inside the turnstile holds nobody back for long") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    TurnstileCounters unused;
    auto turnstile = ProcessTurnstile::open(file.path);
    if (!turnstile) ::_exit(1);
    const auto pass = (*turnstile)->pass(soon(), steady(), unused);
    if (::write(told[1], "x", 1) != 1) ::_exit(2);
    ::raise(SIGSTOP);
    ::_exit(pass.holds() ? 0 : 3);
  }
  char heard = 0;
  REQUIRE(::read(told[0], &heard, 1) == 1);
  TurnstileCounters counters;
  const auto turnstile = ProcessTurnstile::open(file.path);
  REQUIRE(turnstile);
  const auto start = std::chrono::steady_clock::now();
  const auto limit = std::chrono::milliseconds{400};
  CHECK_FALSE((*turnstile)->pass(start + limit, steady(), counters).holds());
  const auto first = std::chrono::steady_clock::now();
  CHECK(first - start >= limit / 4);
  CHECK(first - start < limit);
  for (int again = 0; again < 20; ++again) CHECK_FALSE((*turnstile)->pass(soon(), steady(), counters).holds());
  CHECK(std::chrono::steady_clock::now() - first < std::chrono::seconds{1});  // it waited once, not 21 times
  CHECK(counters.passed_by == 21);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK((*turnstile)->pass(soon(), steady(), counters).holds());  // a dead holder holds nothing
  ::close(told[0]);
  ::close(told[1]);
  struct stat found {};
  REQUIRE(::stat((file.path.string() + ".turnstile").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);
}
