// The well-known failures of the naive designs, each made by hand: no luck, no sleeps.
#include "designs_support.hpp"
#include "raw_sqlite.hpp"

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

RawConnection stranger(const std::filesystem::path& file) {
  auto connection = RawConnection::open(file, RawConnection::Threads::one);
  if (!connection) FAIL(to_string(connection.error()));
  return std::move(*connection);
}

void execute(RawConnection& connection, const char* sql) {
  if (auto done = connection.execute(sql); !done) FAIL(to_string(done.error()));
}

}  // namespace

TEST_CASE("default: a write while another one holds the lock is `database is locked`, at once") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("default")};
  auto other = stranger(file);
  execute(other, "BEGIN IMMEDIATE");
  const auto refused = process.client->find_or_create("Acme", soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sqlite_code == SQLITE_BUSY);
  CHECK(refused.error().code == ErrorCode::busy);
  CHECK(refused.error().message.find("database is locked") != std::string::npos);
  execute(other, "ROLLBACK");
  CHECK(created_by(*process.client, "Acme").created);
}

TEST_CASE("default: a read while another one commits is `database is locked`; with a write-ahead log it is not") {
  const bool wal = GENERATE(false, true);
  INFO((wal ? "wal-only" : "default"));
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of(wal ? "wal-only" : "default")};
  const Created acme = created_by(*process.client, "Acme");
  auto other = stranger(file);
  execute(other, "BEGIN EXCLUSIVE");  // what a rollback journal's COMMIT needs
  const auto found = process.client->look_up("Acme", soon());
  if (wal) {
    REQUIRE(found);
    CHECK(*found == acme.id);
  } else {
    REQUIRE_FALSE(found);
    CHECK(found.error().sqlite_code == SQLITE_BUSY);
  }
  execute(other, "ROLLBACK");
}

TEST_CASE("default: opening while another one commits fails at once, and says why") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("default")};
  auto other = stranger(file);
  execute(other, "BEGIN EXCLUSIVE");
  const auto client = process.design->open_client(1, soon());
  REQUIRE_FALSE(client);
  CHECK(client.error().sqlite_code == SQLITE_BUSY);
}

TEST_CASE("wal-only: who looks up, and is overtaken, stores the entity a second time") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("wal-only")};
  auto other = process.another();
  Created winner;
  process.interloper->next([&] { winner = created_by(*other, "Acme"); });
  const Created loser = created_by(*process.client, "Acme");
  CHECK(winner.created);
  CHECK(loser.created);
  CHECK(loser.id != winner.id);
  const Audit audit = audit_of(file);
  CHECK(audit.duplicates == 1);
  CHECK(audit.entity_of_key.at("acme") == winner.id);
}

TEST_CASE("wal-deferred: who read before another one committed cannot write any more, however long it would wait") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("wal-deferred")};
  auto other = process.another();
  process.interloper->next([&] { created_by(*other, "Bob"); });
  const auto started = std::chrono::steady_clock::now();
  const auto refused = process.client->find_or_create("Acme", soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sqlite_code == SQLITE_BUSY_SNAPSHOT);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{10});  // of the 30 that its timeout allows
  // The transaction was rolled back: the same client can go on.
  CHECK(created_by(*process.client, "Acme").created);
  CHECK(audit_of(file).entities == 2);
}

TEST_CASE("shared-connection: a transaction within a transaction, and what the first one began is lost") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("shared-connection")};
  auto other = process.another();
  Result<Created> nested = Created{};
  process.interloper->next([&] { nested = other->find_or_create("Bob", soon()); });
  const auto first = process.client->find_or_create("Acme", soon());
  REQUIRE_FALSE(nested);
  CHECK(nested.error().message.find("cannot start a transaction within a transaction") != std::string::npos);
  // The other one's clean-up rolled back our transaction, so our COMMIT had none.
  REQUIRE_FALSE(first);
  CHECK(first.error().message.find("no transaction is active") != std::string::npos);
}

TEST_CASE("shared-connection: a statement that two threads use at one time is SQLITE_MISUSE or another one's row") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("shared-connection")};
  const Created acme = created_by(*process.client, "Acme");
  created_by(*process.client, "Bob");
  auto& store = dynamic_cast<NaiveClient&>(*process.client).naive_store();
  sqlite3_stmt* shared = nullptr;  // the statement by which every client looks names up
  for (sqlite3_stmt* at = sqlite3_next_stmt(store.connection().handle(), nullptr); at != nullptr;
       at = sqlite3_next_stmt(store.connection().handle(), at))
    if (std::string{sqlite3_sql(at)} == "SELECT entity FROM alias WHERE alias = ?1") shared = at;
  REQUIRE(shared != nullptr);
  // The first thread has stepped and not yet read its row ...
  REQUIRE(sqlite3_bind_text(shared, 1, "acme", -1, SQLITE_STATIC) == SQLITE_OK);
  REQUIRE(sqlite3_step(shared) == SQLITE_ROW);
  auto other = process.another();
  const auto refused = other->look_up("Bob", soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sqlite_code == SQLITE_MISUSE);
  // ... and after the second one's clean-up there is none.
  CHECK(sqlite3_column_int64(shared, 0) != acme.id);
  sqlite3_reset(shared);
}

TEST_CASE("autocommit: an error half-way leaves half of an observation") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes_of("wal-only")};
  auto other = stranger(file);
  WorkItem item;
  item.number = 5;
  item.lines = {{"Acme", "employs", "Acme"}, {"Bob", "knows", "Bob"}};
  created_by(*process.client, "Acme");
  // Bob has to be created: at that moment a stranger takes the lock.
  process.interloper->next([&] { execute(other, "BEGIN IMMEDIATE"); });
  const auto stored = process.client->store(item, soon());
  REQUIRE_FALSE(stored);
  CHECK(stored.error().sqlite_code == SQLITE_BUSY);
  execute(other, "ROLLBACK");
  CHECK(audit_of(file).lines_of_item.at(5) == 1);
}

TEST_CASE("an error in the second line leaves the first one in autocommit, and nothing in a transaction") {
  DesignAxes axes = axes_of("wal-only");
  axes.transactions = GENERATE(Transactions::autocommit, Transactions::deferred, Transactions::immediate);
  const bool is_whole = axes.transactions != Transactions::autocommit;
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes};
  auto other = stranger(file);
  execute(other, "CREATE TRIGGER second_line BEFORE INSERT ON triple WHEN new.line = 1 "
                 "BEGIN SELECT RAISE(ABORT, 'not this one'); END");
  WorkItem item;
  item.number = 6;
  item.lines = {{"Acme", "employs", "Ada"}, {"Acme", "employs", "Bob"}};
  const auto stored = process.client->store(item, soon());
  REQUIRE_FALSE(stored);
  CHECK(stored.error().message.find("not this one") != std::string::npos);
  const Audit audit = audit_of(file);
  CHECK(audit.lines_of_item.size() == (is_whole ? 0u : 1u));
  CHECK(audit.entities == (is_whole ? 0u : 3u));
}

TEST_CASE("a shared connection is serialized, as default builds have it; a thread's own has no need to be") {
  const auto [name, is_serialized] =
      GENERATE(table<std::string, bool>({{"shared-connection", true}, {"wal-only", false}}));
  const TemporaryFolder folder;
  OneProcess process{folder.path() / "memory.db", axes_of(name)};
  auto other = process.another();
  NaiveStore& store = dynamic_cast<NaiveClient&>(*process.client).naive_store();
  CHECK((sqlite3_db_mutex(store.connection().handle()) != nullptr) == is_serialized);
  CHECK((&store == &dynamic_cast<NaiveClient&>(*other).naive_store()) == is_serialized);
}

TEST_CASE("immediate, unique by normalised key: an observation is whole or not there, and the race has one winner") {
  DesignAxes axes = axes_of("wal-only");
  axes.transactions = Transactions::immediate;
  axes.uniqueness = Uniqueness::normalised_key;
  axes.lock = GENERATE(Locking::none, Locking::per_store, Locking::per_file);
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes};
  auto other = process.another();
  Result<Created> second = Created{};
  if (axes.lock != Locking::per_file)  // there the second one would wait for the first, which waits for it
    process.interloper->next([&] { second = other->find_or_create("ACME", soon()); });
  CHECK(created_by(*process.client, "Acme").created);
  if (axes.lock != Locking::per_file) CHECK(code_of(second) == SQLITE_BUSY);
  CHECK_FALSE(created_by(*other, "ACME").created);
  const Audit audit = audit_of(file);
  CHECK(audit.duplicates + audit.invisible_entities == 0);
}

TEST_CASE("unique by normalised key, in autocommit: the loser leaves an entity that no alias leads to") {
  DesignAxes axes = axes_of("wal-only");
  axes.uniqueness = Uniqueness::normalised_key;
  axes.fallback = GENERATE(false, true);
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  OneProcess process{file, axes};
  auto other = process.another();
  process.interloper->next([&] { created_by(*other, "Acme"); });
  const auto loser = process.client->find_or_create("Acme", soon());
  REQUIRE(loser.has_value() == axes.fallback);
  if (loser) CHECK(loser->fallback);
  if (!loser) CHECK(loser.error().sqlite_code == SQLITE_CONSTRAINT_PRIMARYKEY);
  const Audit audit = audit_of(file);
  CHECK(audit.duplicates == 1);
  CHECK(audit.invisible_entities == 1);
}
