#include "engine_support.hpp"

#include "engine/file_system.hpp"

#include <sqlite3.h>

#include <sys/stat.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_mode & 0777U : 0U;
}

Result<GuardedFile> guard(const fs::path& path, bool create = false) {
  return guard_file({.path = path, .create = create, .unknown_file_system_ok = true});
}

// A book of a later version whose version number stands only in a log that nobody has copied back yet.
void make_newer_with_hot_log(const fs::path& path) {
  const auto file = make_file(path);
  REQUIRE(in_child([&] {
            auto connection = connect(file.path);
            const bool made = connection
                                  .execute(
                                      "CREATE TABLE t(x); INSERT INTO t VALUES(1);"
                                      "PRAGMA application_id=0x434D424B; PRAGMA user_version=9999;")
                                  .has_value();
            ::_exit(made ? 0 : 1);  // before the connection is closed, which would copy the log back
            return 1;
          }) == 0);
}

}  // namespace

TEST_CASE("a new file is made with mode 0600 in a directory of mode 0700, whatever the umask") {
  TemporaryFolder folder;
  const mode_t before = ::umask(0);
  const auto made = guard(folder.path() / "deep" / "er" / "memory.db", true);
  ::umask(before);
  REQUIRE(made);
  CHECK(made->created);
  CHECK(mode_of(made->path) == 0600U);
  CHECK(mode_of(made->path.parent_path()) == 0700U);
  auto connection = connect(made->path);
  run(connection, "CREATE TABLE t(x)");
  CHECK(mode_of(made->path.string() + "-wal") == 0600U);
  CHECK(mode_of(made->path.string() + "-shm") == 0600U);
}

TEST_CASE("an existing file keeps its identity and loses other users' rights, and no lock of ours") {
  TemporaryFolder folder;
  const auto made = make_file(folder.path() / "memory.db");
  auto holder = connect(made.path);
  run(holder, "CREATE TABLE t(x)");
  run(holder, "BEGIN IMMEDIATE");
  REQUIRE(::chmod(made.path.c_str(), 0666) == 0);
  const auto again = guard(made.path);
  REQUIRE(again);
  CHECK_FALSE(again->created);
  CHECK(again->identity == made.identity);
  CHECK(mode_of(made.path) == 0600U);
  REQUIRE(peek_header(made.path, steady(), soon()));
  // In a child, since locks of one process do not stop itself.
  CHECK(in_child([&] {
          auto other = Connection::open(
              {.path = made.path, .role = Role::writer, .cache_kib = 64, .clock = &steady(), .on_busy_wait = {}},
              soon());
          if (!other) return 2;
          return other->execute("BEGIN IMMEDIATE") ? 1 : 0;
        }) == 0);
}

TEST_CASE("planted files are refused and stay as they are", "[P10]") {
  TemporaryFolder folder;
  const fs::path good = folder.path() / "good.db";
  std::ofstream{good} << "untouched";
  const fs::path path = folder.path() / "memory.db";
  ErrorCode expected = ErrorCode::unsafe_file;
  SECTION("a symbolic link") { fs::create_symlink(good, path); }
  SECTION("a symbolic link to nothing") { fs::create_symlink(folder.path() / "nothing", path); }
  SECTION("a hard link") { fs::create_hard_link(good, path); }
  SECTION("a named pipe") { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }
  SECTION("a directory") { fs::create_directory(path); }
  SECTION("another user's file") {
    std::ofstream{path} << "theirs";
    if (::chown(path.c_str(), 12345, 12345) != 0) return;  // only root can plant this one
  }
  SECTION("a log that is a symbolic link") {
    std::ofstream{path} << "database";
    fs::create_symlink(good, path.string() + "-wal");
  }
  SECTION("an empty database beside a log") {
    std::ofstream{path}.flush();
    std::ofstream{path.string() + "-wal"} << "frames";
    expected = ErrorCode::corrupt;
  }
  SECTION("no database beside a log") {
    std::ofstream{path.string() + "-wal"} << "frames";
    expected = ErrorCode::corrupt;
  }
  const auto refused = guard(path, true);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == expected);
  CHECK(bytes_of(good) == "untouched");
  CHECK_FALSE(fs::exists(folder.path() / "nothing"));
}

TEST_CASE("names that SQLite would read as instructions are refused", "[P10]") {
  TemporaryFolder folder;
  for (const std::string& name :
       {std::string{"file:memory.db?vfs=unix"}, std::string{":memory:"}, std::string{}, std::string{"a\0b", 3}}) {
    const auto refused = guard(name, true);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
  }
  const auto missing = guard(folder.path() / "memory.db");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a directory that every user may write is refused", "[P10]") {
  TemporaryFolder folder;
  const fs::path open_to_all = folder.path() / "open";
  fs::create_directory(open_to_all);
  REQUIRE(::chmod(open_to_all.c_str(), 0777) == 0);
  const auto refused = guard(open_to_all / "memory.db", true);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::unsafe_file);
  CHECK(fs::is_empty(open_to_all));
}

TEST_CASE("file systems whose locks can't be trusted are known by their type", "[P10]") {
  CHECK(file_system_of(0xEF53).kind == FileSystemKind::local);
  CHECK(file_system_of(0x01021994).kind == FileSystemKind::local);
  CHECK(file_system_of(0x794C7630).kind == FileSystemKind::layered);
  CHECK(file_system_of(0x6969).kind == FileSystemKind::network);
  CHECK(file_system_of(0x65735546).kind == FileSystemKind::network);
  CHECK(file_system_of(0x12345678).kind == FileSystemKind::unknown);
}

TEST_CASE("looking at a newer book with a hot log sees the log's version and changes neither file", "[P10]") {
  TemporaryFolder folder;
  const fs::path path = fs::canonical(folder.path()) / "memory.db";
  make_newer_with_hot_log(path);
  const std::string database = bytes_of(path);
  const std::string log = bytes_of(path.string() + "-wal");
  REQUIRE(log.size() > 100);
  SECTION("with the shared memory that its writer left") {}
  SECTION("without it") { fs::remove(path.string() + "-shm"); }
  const auto header = peek_header(path, steady(), soon());
  REQUIRE(header);
  CHECK(header->schema_version == 9999);
  CHECK(header->application == application_id);
  CHECK_FALSE(header->empty);
  CHECK(bytes_of(path) == database);
  CHECK(bytes_of(path.string() + "-wal") == log);
}

TEST_CASE("looking at a closed book leaves no log behind", "[P10]") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  {
    const auto fresh = peek_header(file.path, steady(), soon());
    REQUIRE(fresh);
    CHECK(fresh->empty);
  }
  {
    auto connection = connect(file.path);
    run(connection, "CREATE TABLE t(x); PRAGMA user_version=3; PRAGMA application_id=77;");
  }
  const std::string database = bytes_of(file.path);
  REQUIRE_FALSE(fs::exists(file.path.string() + "-wal"));
  const auto header = peek_header(file.path, steady(), soon());
  REQUIRE(header);
  CHECK_FALSE(header->empty);
  CHECK(header->schema_version == 3);
  CHECK(header->application == 77);
  CHECK(bytes_of(file.path) == database);
  CHECK_FALSE(fs::exists(file.path.string() + "-wal"));
  CHECK_FALSE(fs::exists(file.path.string() + "-shm"));
}

TEST_CASE("a file whose header names a format that SQLite does not know is damaged, not a fault of ours", "[P10]") {
  TemporaryFolder folder;
  const auto file = make_file(folder.path() / "memory.db");
  {
    auto connection = connect(file.path);
    run(connection, "CREATE TABLE t(x)");
  }
  {
    std::fstream bytes{file.path, std::ios::in | std::ios::out | std::ios::binary};  // nobody has it open
    bytes.seekp(47);  // the last byte of the schema format number
    bytes.put('\x09');
  }
  auto connection = Connection::open(
      {.path = file.path, .role = Role::writer, .cache_kib = 64, .clock = &steady(), .on_busy_wait = {}}, soon());
  const auto done = connection ? connection->execute("SELECT count(*) FROM t") : Result<void>{connection.error()};
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ErrorCode::corrupt);
}

TEST_CASE("a file that is no database is called so, whole, short or truncated", "[P10]") {
  TemporaryFolder folder;
  const fs::path path = fs::canonical(folder.path()) / "memory.db";
  for (const std::size_t length : {std::size_t{1}, std::size_t{99}, std::size_t{4096}}) {
    std::ofstream{path} << std::string(length, 'g');
    const auto header = peek_header(path, steady(), soon());
    REQUIRE_FALSE(header);
    CHECK(header.error().code == ErrorCode::foreign_file);
    CHECK(bytes_of(path) == std::string(length, 'g'));
  }
}
