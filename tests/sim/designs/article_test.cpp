// The article's design: exactly the statements of its listing, what its lock and its fallback are good for, and where
// they end.
#include "designs_support.hpp"

#include <sqlite3.h>

#include <future>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

/// What a connection runs, statement by statement, by sqlite3_trace_v2.
class Trace {
 public:
  explicit Trace(DesignClient& client)
      : handle_(dynamic_cast<NaiveClient&>(client).naive_store().connection().handle()) {
    sqlite3_trace_v2(handle_, SQLITE_TRACE_STMT, &Trace::ran, this);
  }
  ~Trace() { sqlite3_trace_v2(handle_, 0, nullptr, nullptr); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  /// What ran since the last call.
  std::vector<std::string> take() { return std::exchange(statements_, {}); }

 private:
  static int ran(unsigned, void* self, void* statement, void*) {
    static_cast<Trace*>(self)->statements_.emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    return 0;
  }
  sqlite3* handle_;
  std::vector<std::string> statements_;
};

const std::string find_alias = "SELECT entity FROM alias WHERE alias = ?1";
const std::string find_name = "SELECT id FROM entity WHERE name = ?1";
const std::string insert_entity = "INSERT INTO entity(name, embedding) VALUES (?1, ?2)";
const std::string insert_alias = "INSERT OR IGNORE INTO alias(alias, entity) VALUES (?1, ?2)";

using Statements = std::vector<std::string>;

}  // namespace

TEST_CASE("the article's find-or-create issues exactly the statements of its listing", "[article]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("article")};
  OneProcess another_process{file, axes_of("article")};
  Trace trace{*process.client};

  created_by(*process.client, "Acme");
  CHECK(trace.take() == Statements{find_alias, find_alias, "BEGIN IMMEDIATE", insert_entity, insert_alias, "COMMIT"});

  created_by(*process.client, "ACME");
  CHECK(trace.take() == Statements{find_alias});

  // Another process is first, by the same spelling: the constraint says so, and the winner is looked up.
  process.interloper->next([&] { created_by(*another_process.client, "Bob"); });
  const Created bob = created_by(*process.client, "Bob");
  CHECK_FALSE(bob.created);
  CHECK(bob.fallback);
  CHECK(trace.take() ==
        Statements{find_alias, find_alias, "BEGIN IMMEDIATE", insert_entity, "ROLLBACK", find_alias});
  CHECK(process.client->fallbacks() == 1);
  CHECK(process.design->fallbacks() == 1);

  REQUIRE(process.client->look_up("acme", soon()));
  CHECK(trace.take() == Statements{find_alias});
  WorkItem item;
  item.lines = {{"Acme", "employs", "Bob"}};
  REQUIRE(process.client->store(item, soon()));
  CHECK(trace.take() ==
        Statements{find_alias, find_alias,
                   "INSERT INTO triple(subject, predicate, object, item, line) VALUES (?1, ?2, ?3, ?4, ?5)"});
}

TEST_CASE("with its two INSERTs in autocommit the article's design has no other statements", "[article]") {
  DesignAxes axes = axes_of("article");
  axes.atomic_creation = false;
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes};
  OneProcess another_process{file, axes};
  Trace trace{*process.client};
  created_by(*process.client, "Acme");
  CHECK(trace.take() == Statements{find_alias, find_alias, insert_entity, insert_alias});

  // An entity without an alias, as a process that died between the two leaves it: the winner is found by its spelling.
  auto& store = dynamic_cast<NaiveClient&>(*another_process.client).naive_store();
  const auto half = store.insert_entity("Bob", {});
  REQUIRE(half);
  const Created bob = created_by(*process.client, "Bob");
  CHECK(bob.id == *half);
  CHECK(bob.fallback);
  CHECK(trace.take() == Statements{find_alias, find_alias, insert_entity, find_alias, find_name});
  CHECK(audit_of(file).invisible_entities == 1);
}

TEST_CASE("the article's connections have its settings, and our page cache and `synchronous`", "[article]") {
  const TemporaryFolder folder;
  OneProcess process{folder.path() / "memory.db", axes_of("article")};
  RawConnection& connection =
      const_cast<RawConnection&>(dynamic_cast<NaiveClient&>(*process.client).naive_store().connection());
  const auto pragma = [&](const char* sql) {
    auto value = connection.query_integer(sql);
    REQUIRE(value);
    return *value;
  };
  CHECK(pragma("PRAGMA synchronous") == 1);
  CHECK(pragma("PRAGMA foreign_keys") == 1);
  CHECK(pragma("PRAGMA cache_size") == -64 * 1024);
  CHECK(pragma("PRAGMA busy_timeout") == 30'000);
  auto journal = connection.prepare("PRAGMA journal_mode");
  REQUIRE(journal);
  Use use{*journal};
  REQUIRE(use.step());
  CHECK(use.text(0) == "wal");
  CHECK(sqlite3_get_autocommit(connection.handle()) != 0);
}

TEST_CASE("article, two processes, one name in two spellings: a duplicate that no alias leads to", "[article]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("article")};
  OneProcess another_process{file, axes_of("article")};
  Created winner;
  process.interloper->next([&] { winner = created_by(*another_process.client, "Acme"); });
  const Created loser = created_by(*process.client, "ACME");
  // Both were told that they created it, and each got an id of its own.
  CHECK(winner.created);
  CHECK(loser.created);
  CHECK_FALSE(loser.fallback);
  CHECK(loser.id != winner.id);
  const auto found = process.client->look_up("ACME", soon());
  REQUIRE(found);
  CHECK(*found == winner.id);
  const Audit audit = audit_of(file);
  CHECK(audit.duplicates == 1);
  CHECK(audit.invisible_entities == 1);
}

TEST_CASE("article: its lock keeps two threads apart with one store, and not with a store each", "[article]") {
  struct Case {
    const char* name;
    Locking lock;
    bool store_per_agent;
    bool is_held_off;
  };
  const auto row = GENERATE(values<Case>({{"article", Locking::per_store, false, true},
                                          {"article-store-per-agent", Locking::per_store, true, false},
                                          {"a lock for the file", Locking::per_file, true, true}}));
  INFO(row.name);
  DesignAxes axes = axes_of("article");
  axes.lock = row.lock;
  axes.store_per_agent = row.store_per_agent;
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes};
  auto other = process.another();
  // The first thread has looked twice and holds its lock. A second one comes: it is through before the first goes on,
  // or only afterwards. That it is held off shows as a wait that ends without it.
  std::future<Result<Created>> second;
  process.interloper->next([&] {
    second = std::async(std::launch::async, [&] { return other->find_or_create("ACME", soon()); });
    const auto patience = row.is_held_off ? std::chrono::milliseconds{200} : std::chrono::milliseconds{20'000};
    CHECK((second.wait_for(patience) == std::future_status::ready) == !row.is_held_off);
  });
  const Created first = created_by(*process.client, "Acme");
  CHECK(first.created);
  const auto answer = second.get();
  REQUIRE(answer);
  CHECK(answer->created == !row.is_held_off);
  CHECK((answer->id == first.id) == row.is_held_off);
  const Audit audit = audit_of(file);
  CHECK(audit.duplicates == (row.is_held_off ? 0u : 1u));
  CHECK(audit.invisible_entities == (row.is_held_off ? 0u : 1u));
}

TEST_CASE("article-without-lock takes its fallback in one process", "[article]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("article-without-lock")};
  auto other = process.another();
  Created winner;
  process.interloper->next([&] { winner = created_by(*other, "Acme"); });
  const Created loser = created_by(*process.client, "Acme");
  CHECK(loser.fallback);
  CHECK(loser.id == winner.id);
  CHECK_FALSE(loser.created);
  CHECK(process.design->fallbacks() == 1);
  CHECK(audit_of(file).duplicates == 0);
}

TEST_CASE("article-without-fallback: whoever loses against another process gets the constraint's error", "[article]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("article-without-fallback")};
  OneProcess another_process{file, axes_of("article-without-fallback")};
  process.interloper->next([&] { created_by(*another_process.client, "Acme"); });
  const auto loser = process.client->find_or_create("Acme", soon());
  REQUIRE_FALSE(loser);
  CHECK(loser.error().sqlite_code == SQLITE_CONSTRAINT_UNIQUE);
  CHECK(process.client->fallbacks() == 0);
  // Its transaction was rolled back, and the next try finds the winner.
  CHECK_FALSE(created_by(*process.client, "Acme").created);
}

TEST_CASE("article: an observation is many transactions, so an error half-way leaves half of it", "[article]") {
  DesignAxes axes = axes_of("article");
  axes.busy_timeout_ms = 0;  // the test need not wait for what the design would wait 30 s for
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes};
  auto other = RawConnection::open(file, RawConnection::Threads::one);
  REQUIRE(other);
  created_by(*process.client, "Acme");
  WorkItem item;
  item.number = 9;
  item.lines = {{"Acme", "employs", "acme"}, {"Bob", "knows", "Acme"}};
  process.interloper->next([&] { REQUIRE(other->execute("BEGIN IMMEDIATE")); });
  CHECK_FALSE(process.client->store(item, soon()));
  REQUIRE(other->execute("ROLLBACK"));
  CHECK(audit_of(file).lines_of_item.at(9) == 1);
}
