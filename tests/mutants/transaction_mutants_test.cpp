// Killers of the mutants that break how a transaction begins, ends, or is told of.
#include "book/book_shared.hpp"
#include "engine/transaction.hpp"
#include "write_support.hpp"

#include <sqlite3.h>

#include <atomic>
#include <thread>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

Clock::SteadyPoint in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

/// Lets other threads run until `condition` holds or a minute has passed.
template <class Condition>
void wait_until(Condition condition) {
  const auto end = in(60s);
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

}  // namespace

TEST_CASE("writers of one process wait at the gate, never at SQLite's lock", "[mutant.no_lock]") {
  TestBook test;
  Writer second = open_writer(test.book);
  std::thread other;
  std::atomic<bool> is_first{true};
  std::optional<Result<ReceiptEntity>> bob;
  {
    const auto watch = Steps::instance().on("store.after_begin", [&] {
      if (!is_first.exchange(false)) return;
      other = std::thread{[&] { bob = second.find_or_create(named("Bob"), soon()); }};
      wait_until([&] { return test.book.counters().gate_waits > 0 || test.book.counters().busy_waits > 0; });
    });
    CHECK(test.writer.find_or_create(named("Ada"), soon()));
    other.join();
  }
  REQUIRE(bob);
  CHECK(*bob);
  CHECK(test.book.counters().gate_waits == 1);
  CHECK(test.book.counters().busy_waits == 0);
}

TEST_CASE("the gate comes before SQLite's lock, so that nobody holds the one and waits for the other",
          "[mutant.lock_after_begin]") {
  TestBook test;
  Writer second = open_writer(test.book);
  std::thread other;
  std::atomic<bool> is_first{true};
  std::optional<Result<ReceiptEntity>> bob;
  {
    const auto watch = Steps::instance().on("store.before_begin", [&] {
      if (!is_first.exchange(false)) return;
      other = std::thread{[&] { bob = second.find_or_create(named("Bob"), soon()); }};
      wait_until([&] { return test.book.counters().gate_waits > 0; });
    });
    const auto ada = test.writer.find_or_create(named("Ada"), in(1s));
    other.join();
    REQUIRE(ada);
  }
  REQUIRE(bob);
  CHECK(*bob);
}

TEST_CASE("a stranger cannot begin to write while a transaction is open", "[mutant.deferred_begin]") {
  TestBook test;
  RawRows stranger{test.path};
  stranger.connection().clear_deadline();
  int begun = 0;
  {
    const auto watch = Steps::instance().on("store.after_begin", [&] {
      ++begun;
      const auto done = stranger.connection().execute("BEGIN IMMEDIATE");
      CHECK_FALSE(done);
      if (done)
        stranger.connection().rollback_if_open();
      else
        CHECK(done.error().sqlite_code == SQLITE_BUSY);
    });
    CHECK(test.writer.find_or_create(named("Ada"), soon()));
  }
  CHECK(begun == 1);
}

TEST_CASE("a COMMIT that failed is told as a failure", "[mutant.commit_result_ignored]") {
  TestBook test;
  storage::detail::BookShared& shared = test.book.shared();
  auto connection = shared.connect(Role::writer, soon());
  REQUIRE(connection);
  {
    auto hold = shared.gate->enter("test", soon(), shared.clock);
    REQUIRE(hold);
    auto transaction = Transaction::begin_immediate(*connection, *hold, nullptr, shared.turnstile_counters, soon(),
                                                    shared.clock);
    REQUIRE(transaction);
    REQUIRE(connection->execute("INSERT INTO agent(name) VALUES ('tester')"));
    sqlite3_commit_hook(connection->handle(), [](void*) { return 1; }, nullptr);
    const auto committed = transaction->commit();
    sqlite3_commit_hook(connection->handle(), nullptr, nullptr);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().sqlite_code == SQLITE_CONSTRAINT_COMMITHOOK);
  }
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM agent") == 0);
}

TEST_CASE("after an error that ended the transaction nothing more is written", "[mutant.retried_without_rollback]") {
  TestBook test;
  store(test.writer, observed(1, {says("Ada", "knows", "Bob")}));
  RawRows{test.path}.execute("CREATE TRIGGER refuse BEFORE INSERT ON assertion "
                             "BEGIN SELECT RAISE(ROLLBACK, 'refused'); END");
  const Observation observation = observed(2, {says("Bob", "knows", "Ada")});
  int attempts = 0;
  {
    const auto watch = Steps::instance().on("store.before_append", [&] {
      if (++attempts == 2) RawRows{test.path}.execute("DROP TRIGGER refuse");  // so that a second attempt would succeed
    });
    const auto answers = test.writer.store(std::span{&observation, 1}, soon());
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().sqlite_code == SQLITE_CONSTRAINT_TRIGGER);
  }
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM observation") == 1);
  CHECK(raw.integer("SELECT count(*) FROM assertion WHERE observation NOT IN (SELECT id FROM observation)") == 0);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("an id whose COMMIT failed is given to nobody", "[mutant.id_cached_before_commit]") {
  TestBook test;
  // A foreign key that is checked at COMMIT alone.
  RawRows{test.path}.execute("CREATE TRIGGER dangle AFTER INSERT ON entity BEGIN "
                             "INSERT INTO alias(entity, space, scheme, value) VALUES (999999, '', 1, 'dangling'); END");
  const auto failed = test.writer.find_or_create(named("Ada"), soon());
  REQUIRE_FALSE(failed);
  CHECK(failed.error().sqlite_code == SQLITE_CONSTRAINT_FOREIGNKEY);
  RawRows{test.path}.execute("DROP TRIGGER dangle");
  const auto entity = test.writer.find_or_create(named("Ada"), soon());
  REQUIRE(entity);
  CHECK(entity->created);
  CHECK(RawRows{test.path}.integer("SELECT entity FROM alias WHERE value = 'ada'") == entity->id);
}
