// An older file becomes a newer one: with a verified backup first, once however many open it at once, whole wherever it is
// killed, and without a row of those who still have it open with the older program.
#include "read_support.hpp"

#include "book/schema.hpp"
#include "book/schema_sql.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/migrate.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;

const SystemClock& wall() {
  static const SystemClock clock;
  return clock;
}

// The tables of a later program: ours, and two steps more. A file of ours is an older one to it.
const SchemaTable& later_program() {
  static const std::array steps{
      own_schema().steps[0], own_schema().steps[1], own_schema().steps[2],
      SchemaStep{4, "a table of notes", "CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
                 "PRAGMA user_version = 4"},
      SchemaStep{5, "notes have an author", "ALTER TABLE note ADD COLUMN author TEXT; CREATE INDEX note_author ON note(author)",
                 "PRAGMA user_version = 5"}};
  static const SchemaTable table{steps};
  static_assert(schema_version == 3, "the steps above follow the program's own");
  return table;
}

// What the backup of a file of this program's version is called.
const std::string own_suffix = ".schema-" + std::to_string(schema_version);

BookOptions options_of(const fs::path& path, const SchemaTable* table = &later_program()) {
  BookOptions options;
  options.path = path;
  options.schema = table;
  return options;
}

void fill(const fs::path& path) {
  const Book book = open_book(path);
  Writer writer = open_writer(book);
  for (std::uint64_t sequence = 1; sequence <= 12; ++sequence)
    static_cast<void>(store(writer, observed(sequence, {says("ada", "wrote", "letter " + std::to_string(sequence))})));
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

MigrateReport migrate_now(const fs::path& path) {
  const auto report = migrate(options_of(path), {}, wall(), soon());
  if (!report) FAIL(to_string(report.error()));
  return *report;
}

void require_migrated(const fs::path& path) {
  const auto book = Book::open(options_of(path), wall(), soon());
  if (!book) FAIL(to_string(book.error()));
  require_verified(*book);
  RawRows raw{path};
  CHECK(raw.rows("SELECT step, name FROM migration ORDER BY step", 2) ==
        std::vector<std::string>{"1|tables of version 1", "2|merges as pairs, blocks of names",
                                 "3|spellings in the observation's row", "4|a table of notes", "5|notes have an author"});
  CHECK(raw.integer("PRAGMA user_version") == later_program().version());
  CHECK(raw.integer("SELECT count(*) FROM observation") >= 12);
}

/// Runs `work` in a process of its own, which starts when `line` opens. This process has no connection open meanwhile.
class Child {
 public:
  Child(const std::array<int, 2>& line, const std::function<int()>& work) : pid_(::fork()) {
    REQUIRE(pid_ >= 0);
    if (pid_ > 0) return;
    if (line[1] >= 0) ::close(line[1]);  // inherited: while anybody holds it, the line is closed
    char byte = 0;
    if (line[0] >= 0) static_cast<void>(!::read(line[0], &byte, 1));
    ::_exit(work());
  }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  }
  /// Its exit status, or minus the signal that ended it.
  int finish() {
    int status = 0;
    REQUIRE(::waitpid(std::exchange(pid_, -1), &status, 0) > 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

/// Closed at the latest with the scope, so that no child waits for ever.
struct StartLine {
  StartLine() { REQUIRE(::pipe(ends.data()) == 0); }
  ~StartLine() {
    open();
    ::close(ends[0]);
  }
  void open() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }
  std::array<int, 2> ends{-1, -1};
};

}  // namespace

TEST_CASE("migrate makes a backup that the older program can open, and a file that is sound") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  const auto before = dump(path);
  const MigrateReport report = migrate_now(path);
  CHECK(report.version_before == schema_version);
  CHECK(report.version_after == later_program().version());
  CHECK(report.steps.size() == later_program().steps.size());
  CHECK(report.checks >= 15);
  CHECK(report.backup == path.string() + own_suffix);
  require_migrated(path);
  auto after = dump(path);
  CHECK(after["observation"] == before.at("observation"));
  CHECK(after["assertion"] == before.at("assertion"));
  CHECK(dump(report.backup) == before);
  require_verified(open_book(report.backup));

  const MigrateReport again = migrate_now(path);
  CHECK(again.version_before == later_program().version());
  CHECK(again.backup.empty());
}

TEST_CASE("a file of version 1 keeps its merges when it is opened, and its names are compared again") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const std::array first_step{own_schema().steps[0]};
  const SchemaTable first_version{first_step};
  {
    const Book book = open_book(path, options_of(path, &first_version));
    RawRows raw{path};
    raw.execute("INSERT INTO entity(id, spelling) VALUES (1, 'ada'), (2, 'adah'), (3, 'charles')");
    raw.execute("INSERT INTO redirect(source, target) VALUES (2, 1), (3, 2)");
    raw.execute("UPDATE meta SET suggestion_watermark = 3");
  }
  {
    const Book book = open_book(path);
    RawRows raw{path};
    CHECK(raw.rows("SELECT source, target FROM redirect ORDER BY source", 2) == std::vector<std::string>{"2|1", "3|2"});
    CHECK(raw.integer("SELECT suggestion_watermark FROM meta") == 0);
    raw.execute("INSERT INTO redirect(source, target) VALUES (3, 1)");  // one entity in two merges
  }
}

TEST_CASE("spellings that a program of version 2 wrote count like those of this one") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const auto shown_and_digest = [&path] {
    const Book book = open_book(path);
    Reader reader = open_reader(book);
    QueryPlan plan;
    plan.names = {"ada"};
    const auto answer = reader.answer(plan, soon());
    if (!answer) FAIL(to_string(answer.error()));
    REQUIRE_FALSE(answer->facts.empty());
    const auto digest = reader.content_digest(soon());
    if (!digest) FAIL(to_string(digest.error()));
    return std::pair{answer->facts.front().subject.spelling, *digest};
  };
  {
    const Book book = open_book(path);
    Writer writer = open_writer(book);
    static_cast<void>(store(writer, observed(1, {says("ada", "wrote", "a letter")})));
    static_cast<void>(store(writer, observed(2, {says("ADA", "wrote", "another")})));
    static_cast<void>(store(writer, observed(3, {says("ADA", "wrote", "a third")})));
  }
  const auto of_this_version = shown_and_digest();
  CHECK(of_this_version.first == "ADA");
  {
    RawRows raw{path};
    raw.execute("UPDATE observation SET spellings = NULL");
    CHECK(shown_and_digest().first == "ada");  // nobody says so any more: what whoever came first said
    raw.execute(
        "INSERT INTO assertion(subject, predicate, object, observation) SELECT e.id, 1, '1:' || e.spelling, a.observation "
        "FROM assertion a JOIN entity e ON e.id = a.object WHERE typeof(a.object) = 'integer' "
        "UNION ALL VALUES (1, 1, '1:ada', 1), (1, 1, '1:ADA', 2), (1, 1, '1:ADA', 3)");
  }
  CHECK(shown_and_digest() == of_this_version);
}

TEST_CASE("a newer file is refused, and left byte for byte as it was") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  static_cast<void>(migrate_now(path));
  const std::string before = bytes_of(path);
  const auto refused = migrate(options_of(path, nullptr), {}, wall(), soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::newer_schema);
  const auto opened = Book::open(options_of(path, nullptr), wall(), soon());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::newer_schema);
  CHECK(bytes_of(path) == before);
  CHECK_FALSE(fs::exists(path.string() + "-wal"));
}

TEST_CASE("without its backup nothing is migrated") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  const auto taken = folder.path() / "taken.db";
  std::ofstream{taken} << "precious";
  const auto refused = migrate(options_of(path), taken, wall(), soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::already_exists);
  CHECK(bytes_of(taken) == "precious");
  CHECK(RawRows{path}.integer("PRAGMA user_version") == schema_version);
}

TEST_CASE("a migration that is killed at any point is finished by whoever opens the file next") {
  struct Point {
    const char* step;
    int time;
  };
  const Point point = GENERATE(Point{"migrate.after_backup", 1}, Point{"schema.before_step", 1},
                               Point{"schema.before_commit", 1}, Point{"schema.after_commit", 1},
                               Point{"schema.before_step", 2}, Point{"schema.before_commit", 2},
                               Point{"schema.after_commit", 2}, Point{"migrate.after_steps", 1});
  INFO(point.step << ", time " << point.time);
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  Child child{{-1, -1}, [&] {
                int count = 0;
                const auto watch = Steps::instance().on(point.step, [&] {
                  if (++count == point.time) ::kill(::getpid(), SIGKILL);
                });
                return migrate(options_of(path), {}, wall(), soon()) ? 0 : 1;
              }};
  CHECK(child.finish() == -SIGKILL);
  CHECK(fs::exists(path.string() + own_suffix));
  require_migrated(path);
  require_verified(open_book(path.string() + own_suffix));
}

TEST_CASE("whoever has the file open with the older program is told, and loses nothing") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  const Book older = open_book(path);
  Writer writer = open_writer(older);
  Reader reader = open_reader(older);
  Compactor compactor = open_compactor(older);
  static_cast<void>(store(writer, observed(13, {says("ada", "wrote", "the last letter")})));
  static_cast<void>(migrate_now(path));

  const Observation late = observed(14, {says("ada", "wrote", "too late")});
  const auto answers = writer.store(std::span{&late, 1}, soon());
  REQUIRE_FALSE(answers[0]);
  CHECK(answers[0].error().code == ErrorCode::newer_schema);
  QueryPlan plan;
  plan.names = {"ada"};
  const auto answer = reader.answer(plan, soon());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::newer_schema);
  const auto slice = compactor.step(true, soon());
  REQUIRE_FALSE(slice);
  CHECK(slice.error().code == ErrorCode::newer_schema);
  CHECK(RawRows{path}.rows("SELECT max(sequence) FROM observation", 1) == std::vector<std::string>{"13"});
  require_migrated(path);
}

TEST_CASE("fifty processes open an older file at once, while the older program writes into it") {
  const int rounds = std::getenv("COMMONBOOK_LONG_TESTS") != nullptr ? 20 : 1;
  for (int round = 0; round < rounds; ++round) {
    TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    fill(path);
    StartLine start;
    std::vector<Child> children;
    for (int number = 0; number < 50; ++number)
      children.emplace_back(start.ends, [&] {
        const auto book = Book::open(options_of(path), wall(), soon());
        return book ? 0 : static_cast<int>(book.error().code);
      });
    std::uint64_t acknowledged = 12;
    {
      const Book older = open_book(path);
      Writer writer = open_writer(older);
      start.open();
      for (bool told = false; !told;) {
        const Observation next = observed(acknowledged + 1, {says("ada", "wrote", "again")});
        const auto answers = writer.store(std::span{&next, 1}, soon());
        told = !answers[0];
        if (told)
          CHECK(answers[0].error().code == ErrorCode::newer_schema);
        else
          ++acknowledged;
      }
    }
    for (Child& child : children) CHECK(child.finish() == 0);
    require_migrated(path);
    CHECK(RawRows{path}.integer("SELECT count(*) FROM observation") == static_cast<std::int64_t>(acknowledged));
  }
}
