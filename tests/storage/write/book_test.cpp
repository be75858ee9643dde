// Opening: what is refused is left as it was (P10), what is blank becomes a book.
#include "write_support.hpp"

#include "book/schema_sql.hpp"
#include "engine/file_guard.hpp"

#include <fstream>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

const SystemClock clock;

constexpr const char* newer_version = "PRAGMA user_version = 4";
static_assert(schema_version == 3, "the version above is the next one");

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};  // nobody has the file open when a test asks
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

ErrorCode refusal(const std::filesystem::path& path, bool create = true) {
  BookOptions options;
  options.path = path;
  options.create = create;
  const auto book = Book::open(options, clock, soon());
  REQUIRE_FALSE(book);
  return book.error().code;
}

// A file as another program, or a later version of ours, leaves it.
void write_database(const std::filesystem::path& path, std::initializer_list<const char*> statements) {
  REQUIRE(guard_file({path, true, false}));
  RawRows raw{path};
  for (const char* sql : statements) raw.execute(sql);
}

}  // namespace

TEST_CASE("a newer or a foreign file is refused and stays as it is", "[P10]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  SECTION("newer schema") {
    { const Book book = open_book(path); }
    RawRows{path}.execute(newer_version);
    const auto before = bytes_of(path);
    CHECK(refusal(path) == ErrorCode::newer_schema);
    CHECK(bytes_of(path) == before);
  }
  SECTION("a version that its tables are not of") {
    { const Book book = open_book(path); }
    RawRows{path}.execute("PRAGMA user_version = 0");
    const auto before = bytes_of(path);
    CHECK(refusal(path) == ErrorCode::corrupt);
    CHECK(bytes_of(path) == before);
  }
  SECTION("a database of another program") {
    write_database(path, {"CREATE TABLE theirs(x)", "INSERT INTO theirs VALUES (1)"});
    const auto before = bytes_of(path);
    CHECK(refusal(path) == ErrorCode::foreign_file);
    CHECK(bytes_of(path) == before);
  }
  SECTION("another application id") {
    write_database(path, {"PRAGMA application_id = 7"});
    const auto before = bytes_of(path);
    CHECK(refusal(path) == ErrorCode::foreign_file);
    CHECK(bytes_of(path) == before);
  }
  SECTION("no database at all") {
    std::ofstream{path} << std::string(5000, 'x');
    const auto before = bytes_of(path);
    CHECK(refusal(path) == ErrorCode::foreign_file);
    CHECK(bytes_of(path) == before);
  }
}

TEST_CASE("a foreign table that stands only in the log is seen", "[P10]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  REQUIRE(guard_file({path, true, false}));
  RawRows raw{path};
  raw.execute("CREATE TABLE theirs(x)");
  CHECK(refusal(path) == ErrorCode::foreign_file);
  CHECK(raw.integer("SELECT count(*) FROM sqlite_schema") == 1);
}

TEST_CASE("a newer schema that stands only in the log of a killed process is refused, and nothing moves", "[P10]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  { const Book book = open_book(path); }
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    RawRows raw{path};
    raw.execute(newer_version);
    ::_exit(0);  // closes nothing: the log stays hot
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  const std::filesystem::path log = path.string() + "-wal";
  const auto before = bytes_of(path);
  const auto log_before = bytes_of(log);
  REQUIRE_FALSE(log_before.empty());
  CHECK(refusal(path) == ErrorCode::newer_schema);
  CHECK(bytes_of(path) == before);
  CHECK(bytes_of(log) == log_before);
}

TEST_CASE("missing and empty files become books only when that is asked for") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  CHECK(refusal(path, false) == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(path));
  REQUIRE(guard_file({path, true, false}));
  CHECK(refusal(path, false) == ErrorCode::not_found);
  { const Book book = open_book(path); }
  CHECK(kept_digest(path) == recomputed_digest(path));
}

TEST_CASE("a creation that was stopped before its first commit is finished by the next opener") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  write_database(path, {});  // in WAL mode, without a table
  const Book book = open_book(path);
  RawRows raw{path};
  CHECK(raw.integer("PRAGMA application_id") == application_id);
  CHECK(raw.integer("SELECT count(*) FROM migration") == schema_version);
}

TEST_CASE("an opener that looks while another makes the file sees all of it or nothing") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  std::unique_ptr<Book> first;
  bool is_second_look = false;
  const auto watch = Steps::instance().on("schema.between_reads", [&] {
    if (std::exchange(is_second_look, true)) return;
    BookOptions options;
    options.virtual_process = 1;  // its gate is not the one that this thread holds
    first = std::make_unique<Book>(open_book(path, options));
  });
  const Book second = open_book(path);
  REQUIRE(first);
  CHECK(kept_digest(path) == recomputed_digest(path));
}

TEST_CASE("an existing book opens again with its counters, and keys of older Unicode data are made anew") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  {
    const Book book = open_book(path);
    Writer writer = open_writer(book);
    store(writer, observed(1, {says("Ada", "knows", "Bob")}));
  }
  {
    RawRows raw{path};
    raw.execute("UPDATE meta SET unicode_version = '1.0'");
    // As if older data had left a capital as it stands; the digest says the same as the row.
    raw.execute("UPDATE alias SET value = 'ADA' WHERE value = 'ada'");
    const auto digest = static_cast<std::int64_t>(recomputed_digest(path));
    auto update = raw.connection().statement("UPDATE meta SET row_digest = ?1");
    REQUIRE(update);
    REQUIRE(update->bind(1, digest).run());
  }
  const Book book = open_book(path);
  CHECK(book.tail_rows() == 1);
  Writer writer = open_writer(book);
  CHECK_FALSE(store(writer, observed(2, {says("Ada", "knows", "Eve")})).entities[0].created);
  CHECK(kept_digest(path) == recomputed_digest(path));
}
