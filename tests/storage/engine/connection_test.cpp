#include "engine_support.hpp"

#include "engine/settings.hpp"
#include "engine/snapshot_barrier.hpp"

#include <sqlite3.h>

#include <thread>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

TEST_CASE("every setting of a connection reads back as it should, in each role") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto writer = connect(path);
  CHECK(wrong_settings(writer.handle(), Role::writer, 1024, true)->empty());
  auto reader = connect(path, Role::reader);
  CHECK(wrong_settings(reader.handle(), Role::reader, 1024, true)->empty());
  REQUIRE(writer.set_durable(false));
  CHECK(wrong_settings(writer.handle(), Role::writer, 1024, false)->empty());
  CHECK_FALSE(wrong_settings(writer.handle(), Role::writer, 1024, true)->empty());
}

TEST_CASE("a setting that was changed behind our back is named") {
  TemporaryFolder folder;
  auto writer = connect(make_file(folder.path() / "memory.db").path);
  run(writer, "PRAGMA wal_autocheckpoint=1000");
  const auto wrong = wrong_settings(writer.handle(), Role::writer, 1024, true);
  REQUIRE(wrong);
  REQUIRE(wrong->size() == 1);
  CHECK(wrong->front().find("wal_autocheckpoint") != std::string::npos);
}

TEST_CASE("a reader can't write, and never checkpoints when it closes", "[P8]") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  REQUIRE(in_child([&] {  // ends like a killed process, so that its log stays
            auto writer = connect(path);
            run(writer, "CREATE TABLE t(x); INSERT INTO t VALUES(1);");
            ::_exit(0);
            return 1;
          }) == 0);
  {
    auto reader = connect(path, Role::reader);
    CHECK(number(reader, "SELECT count(*) FROM t") == 1);
    const auto written = reader.execute("INSERT INTO t VALUES(2)");
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::read_only);
  }
  CHECK(std::filesystem::file_size(path.string() + "-wal") > 0);
}

TEST_CASE("SQLite's extended code comes along with the error") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto writer = connect(path);
  run(writer, "CREATE TABLE t(x)");
  SECTION("a read transaction whose snapshot is too old to write from") {
    auto other = connect(path);
    run(writer, "BEGIN");
    CHECK(number(writer, "SELECT count(*) FROM t") == 0);
    run(other, "INSERT INTO t VALUES(1)");
    auto insert = writer.statement("INSERT INTO t VALUES(2)");
    REQUIRE(insert);
    const auto written = insert->run();
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::busy);
    CHECK(written.error().sqlite_code == SQLITE_BUSY_SNAPSHOT);
  }
  SECTION("no room left") {
    run(writer, "PRAGMA max_page_count = 4");
    auto insert = writer.statement("INSERT INTO t VALUES(randomblob(1000000))");
    REQUIRE(insert);
    const auto written = insert->run();
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::disk_full);
    CHECK(written.error().sqlite_code == SQLITE_FULL);
  }
}

TEST_CASE("a reader's statement ends at its deadline, not after it") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto writer = connect(path);
  auto reader = connect(path, Role::reader);
  const auto start = std::chrono::steady_clock::now();
  reader.set_deadline(start + std::chrono::milliseconds{50});
  const auto counted = reader.query_int(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x < 1000000000) SELECT count(*) FROM n");
  REQUIRE_FALSE(counted);
  CHECK(counted.error().code == ErrorCode::timeout);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
  reader.clear_deadline();
  CHECK(number(reader, "SELECT 7") == 7);
}

TEST_CASE("the busy handler waits until the deadline and no longer, and counts its waits") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto holder = connect(path);
  run(holder, "BEGIN IMMEDIATE");
  int waits = 0;
  auto other = Connection::open(
      {.path = path, .role = Role::writer, .cache_kib = 1024, .clock = &steady(), .on_busy_wait = [&] { ++waits; }},
      soon());
  REQUIRE(other);
  const auto start = std::chrono::steady_clock::now();
  other->set_deadline(start + std::chrono::milliseconds{60});
  const auto begun = other->execute("BEGIN IMMEDIATE");
  const auto took = std::chrono::steady_clock::now() - start;
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == ErrorCode::busy);
  CHECK(took >= std::chrono::milliseconds{60});
  CHECK(took < std::chrono::seconds{2});
  CHECK(waits > 10);
}

TEST_CASE("text and blobs come back byte for byte, empty ones as empty, not as NULL") {
  TemporaryFolder folder;
  auto connection = connect(make_file(folder.path() / "memory.db").path);
  run(connection, "CREATE TABLE t(text TEXT, bytes BLOB)");
  const std::string hostile{"' \" ; -- \0 \xC3\xA9", 12};
  for (const std::string& value : {hostile, std::string{}}) {
    {
      auto insert = connection.statement("INSERT INTO t VALUES(?, ?)");
      REQUIRE(insert);
      REQUIRE(insert->bind(1, std::string_view{value}).bind_blob(2, value).run());
    }
    auto query = connection.statement("SELECT text, bytes FROM t ORDER BY rowid DESC LIMIT 1");
    REQUIRE(query);
    REQUIRE(query->step());
    CHECK_FALSE(query->is_null(0));
    CHECK_FALSE(query->is_null(1));
    CHECK(query->text(0) == value);
    CHECK(query->blob(1) == value);
  }
  auto null = connection.statement("SELECT typeof(?)");
  REQUIRE(null);
  REQUIRE(null->bind(1, std::string_view{}).step());
  CHECK(null->text(0) == "text");
}

TEST_CASE("one statement can't be leased twice, and is free again after its lease") {
  TemporaryFolder folder;
  auto connection = connect(make_file(folder.path() / "memory.db").path);
  static constexpr const char* sql = "SELECT 1";
  {
    const auto first = connection.statement(sql);
    REQUIRE(first);
    const auto second = connection.statement(sql);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::internal);
  }
  CHECK(connection.statement(sql));
}

TEST_CASE("a leased statement that ends early gives its snapshot back") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto writer = connect(path);
  run(writer, "CREATE TABLE t(x); INSERT INTO t VALUES(1),(2),(3);");
  auto reader = connect(path, Role::reader);
  {
    auto rows = reader.statement("SELECT x FROM t");
    REQUIRE(rows);
    REQUIRE(rows->step());  // two rows are left unread
  }
  run(writer, "INSERT INTO t VALUES(4)");
  CHECK(number(reader, "SELECT count(*) FROM t") == 4);
}

TEST_CASE("a bind outside the statement shows as an error of the next step") {
  TemporaryFolder folder;
  auto connection = connect(make_file(folder.path() / "memory.db").path);
  auto statement = connection.statement("SELECT ?");
  REQUIRE(statement);
  const auto stepped = statement->bind(2, std::int64_t{1}).step();
  REQUIRE_FALSE(stepped);
  CHECK(stepped.error().sqlite_code == SQLITE_RANGE);
}

TEST_CASE("attached databases and URIs are refused") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto connection = connect(path);
  CHECK_FALSE(connection.execute("ATTACH ':memory:' AS other"));
  const auto uri = Connection::open({.path = "file:" + path.string() + "?immutable=1",
                                     .role = Role::reader,
                                     .cache_kib = 64,
                                     .clock = &steady(),
                                     .on_busy_wait = {}},
                                    soon());
  REQUIRE_FALSE(uri);
  CHECK(uri.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("garbage is no database, and a missing file is not made") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const ConnectionOptions options{
      .path = path, .role = Role::writer, .cache_kib = 64, .clock = &steady(), .on_busy_wait = {}};
  const auto missing = Connection::open(options, soon());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(path));
  std::ofstream{path} << std::string(8192, 'x');
  const auto garbage = Connection::open(options, soon());
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().code == ErrorCode::foreign_file);
  CHECK(is_fatal(garbage.error()));
}

TEST_CASE("extended codes are sorted by what the caller does next") {
  CHECK(classify(SQLITE_BUSY_SNAPSHOT) == ErrorCode::busy);
  CHECK(classify(SQLITE_BUSY_RECOVERY) == ErrorCode::busy);
  CHECK(classify(SQLITE_PROTOCOL) == ErrorCode::busy);
  CHECK(classify(SQLITE_FULL) == ErrorCode::disk_full);
  CHECK(classify(SQLITE_IOERR_FSYNC) == ErrorCode::io);
  CHECK(classify(SQLITE_IOERR_NOMEM) == ErrorCode::out_of_memory);
  CHECK(classify(SQLITE_CORRUPT_INDEX) == ErrorCode::corrupt);
  CHECK(classify(SQLITE_READONLY_DBMOVED) == ErrorCode::io);
  CHECK(classify(SQLITE_CONSTRAINT_UNIQUE) == ErrorCode::internal);
  const auto fatal = [](int code) {
    return is_fatal({.code = classify(code), .message = {}, .sqlite_code = code, .retry_after = {}});
  };
  CHECK(fatal(SQLITE_IOERR_FSYNC));
  CHECK(fatal(SQLITE_CORRUPT));
  CHECK_FALSE(fatal(SQLITE_FULL));
  CHECK_FALSE(fatal(SQLITE_BUSY));
  CHECK_FALSE(fatal(SQLITE_CONSTRAINT_UNIQUE));
}

TEST_CASE("fifty processes open a missing file at once, and each gets a working WAL connection") {
  constexpr int processes = 50;
  constexpr int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    int gate[2];
    REQUIRE(::pipe(gate) == 0);
    std::vector<pid_t> children;
    for (int at = 0; at < processes; ++at) {
      const pid_t child = ::fork();
      if (child == 0) {
        char go = 0;
        ::close(gate[1]);
        if (::read(gate[0], &go, 1) < 0) ::_exit(9);  // ends when the parent closes its side
        const auto file = guard_file({.path = path, .create = true, .unknown_file_system_ok = true});
        if (!file) ::_exit(2);
        if (!peek_header(file->path, steady(), soon())) ::_exit(3);
        auto opened = Connection::open(
            {.path = file->path, .role = Role::writer, .cache_kib = 64, .clock = &steady(), .on_busy_wait = {}},
            soon());
        if (!opened) ::_exit(4);
        opened->set_deadline(soon());
        const bool stored =
            opened->execute("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES(1); COMMIT;")
                .has_value();
        ::_exit(stored ? 0 : 5);  // without closing: like a killed one
      }
      children.push_back(child);
    }
    ::close(gate[0]);
    ::close(gate[1]);
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      CHECK(WIFEXITED(status));
      CHECK(WEXITSTATUS(status) == 0);
    }
    auto connection = connect(std::filesystem::canonical(path));
    CHECK(number(connection, "SELECT count(*) FROM t") == processes);
  }
}

TEST_CASE("a closed barrier waits for the snapshots that are open and lets no new one in", "[P8]") {
  SnapshotBarrier barrier;
  const auto start = std::chrono::steady_clock::now();
  CHECK(barrier.oldest() == Clock::SteadyPoint{});
  std::optional<SnapshotBarrier::Pass> held{barrier.enter(start)};
  CHECK(barrier.oldest() == start);
  CHECK_FALSE(barrier.close(std::chrono::milliseconds{5}));  // one is still reading
  std::atomic<bool> inside{false};
  std::thread newcomer{[&] {
    const auto pass = barrier.enter(std::chrono::steady_clock::now());
    inside = true;
  }};
  held.reset();
  CHECK(barrier.close(std::chrono::milliseconds{1000}));
  CHECK_FALSE(inside.load());
  barrier.open();
  newcomer.join();
  CHECK(inside.load());
  CHECK(barrier.oldest() == Clock::SteadyPoint{});
}
