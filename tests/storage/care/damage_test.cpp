// What `verify` must detect, one by one: each kind of damage is planted in a file that was sound before.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/transfer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t page_bytes = 4096;
const std::string needle = "a literal that stands nowhere else";

std::string bytes_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Only while no connection is open: the bytes are ours then.
void write_bytes(const fs::path& path, const std::string& bytes) {
  REQUIRE_FALSE(fs::exists(path.string() + "-wal"));
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << bytes;
  REQUIRE(out.good());
}

void tell(const fs::path& path, std::uint64_t from, std::uint64_t until, bool sort) {
  const Book book = open_book(path);
  Writer writer = open_writer(book);
  for (std::uint64_t sequence = from; sequence <= until; ++sequence) {
    const std::string number = std::to_string(sequence);
    Observation observation =
        observed(sequence, {says("ada " + number, "knows", "charles"),
                            has_text("ada " + number, "wrote", sequence == 2 ? needle : "text " + number)});
    observation.document = document("letter " + number, "words of letter " + number);
    static_cast<void>(store(writer, observation));
  }
  Compactor compactor = open_compactor(book);
  if (sort) static_cast<void>(compact_all(compactor));
}

struct SoundFile {
  TemporaryFolder folder;
  fs::path path = folder.path() / "memory.db";
  SoundFile() {
    tell(path, 1, 6, true);
    tell(path, 7, 9, false);
    require_verified(open_book(path));
  }
  void plant(std::initializer_list<const char*> statements) const {
    RawRows raw{path};
    for (const char* statement : statements) raw.execute(statement);
  }
  /// The checks that do not hold; "refused" where the file does not even open.
  std::vector<std::string> failing() const {
    BookOptions options;
    options.path = path;
    const SystemClock clock;
    const auto book = Book::open(options, clock, soon());
    if (!book) return {"refused"};
    const auto report = verify(*book, soon());
    if (!report) return {"refused"};
    std::vector<std::string> ids;
    for (const Check& check : report->checks)
      if (!check.ok) ids.push_back(check.id);
    CHECK(report->ok == ids.empty());
    return ids;
  }
  void require_found(const std::string& id) const {
    const auto ids = failing();
    std::string all;
    for (const std::string& each : ids) all += each + " ";
    INFO("found by: " << all);
    CHECK(std::find(ids.begin(), ids.end(), id) != ids.end());
  }
};

}  // namespace

TEST_CASE("verify detects a flipped byte in a row") {
  const SoundFile file;
  std::string bytes = bytes_of(file.path);
  const std::size_t at = bytes.find(needle);
  REQUIRE(at != std::string::npos);
  bytes[at + 3] = static_cast<char>(bytes[at + 3] ^ 0x01);
  write_bytes(file.path, bytes);
  file.require_found("S23");
}

TEST_CASE("verify detects a lost page: a write that never reached the disk, which SQLite's own check does not see") {
  const SoundFile file;
  const std::string before = bytes_of(file.path);
  tell(file.path, 10, 12, false);
  const std::string after = bytes_of(file.path);
  REQUIRE(after.size() >= before.size());
  std::size_t lost = 0;
  std::size_t unseen_by_sqlite = 0;
  // FTS5's own check does not look at its directory, which is its shortcut into a segment of several pages; with one page
  // a segment nothing depends on it.
  const auto directory = static_cast<std::size_t>(
      RawRows{file.path}.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'search_idx'"));
  // Each page in turn has its old content again. Page 1 holds the schema and counters of SQLite.
  for (std::size_t at = page_bytes; at + page_bytes <= before.size(); at += page_bytes) {
    if (before.compare(at, page_bytes, after, at, page_bytes) == 0 || at / page_bytes + 1 == directory) continue;
    ++lost;
    std::string bytes = after;
    bytes.replace(at, page_bytes, before, at, page_bytes);
    write_bytes(file.path, bytes);
    INFO("page " << at / page_bytes + 1);
    const auto ids = file.failing();
    CHECK_FALSE(ids.empty());
    const bool seen = std::any_of(ids.begin(), ids.end(), [](const auto& id) { return id == "S10" || id == "refused"; });
    unseen_by_sqlite += seen ? 0 : 1;
    write_bytes(file.path, after);
  }
  CHECK(lost >= 8);
  CHECK(unseen_by_sqlite >= 2);
}

TEST_CASE("verify detects a lost page: one full of zeros") {
  const SoundFile file;
  const std::string sound = bytes_of(file.path);
  for (std::size_t at = page_bytes; at + page_bytes <= sound.size(); at += page_bytes) {
    if (sound.compare(at, page_bytes, std::string(page_bytes, '\0')) == 0) continue;  // it is on the free list
    std::string bytes = sound;
    bytes.replace(at, page_bytes, page_bytes, '\0');
    write_bytes(file.path, bytes);
    INFO("page " << at / page_bytes + 1);
    CHECK_FALSE(file.failing().empty());
    // A book that did open may have left its log.
    fs::remove(file.path.string() + "-wal");
    fs::remove(file.path.string() + "-shm");
  }
}

TEST_CASE("verify detects a missing alias") {
  const SoundFile file;
  file.plant({"DELETE FROM alias WHERE entity = 3"});
  file.require_found("P4");
}

TEST_CASE("verify detects a duplicate key that was planted with the index dropped") {
  const SoundFile file;
  file.plant({"DROP INDEX alias_key",
              "INSERT INTO alias(entity, space, scheme, value) SELECT 1, space, scheme, value FROM alias WHERE entity = 3"});
  file.require_found("S1");
  file.require_found("S16");
}

TEST_CASE("verify detects half an observation, in the tail and in the sorted part") {
  const SoundFile file;
  SECTION("tail") { file.plant({"DELETE FROM assertion WHERE seq = (SELECT max(seq) FROM assertion)"}); }
  SECTION("sorted part") {
    file.plant({"DELETE FROM mirror WHERE observation = 2 AND typeof(object) = 'integer'",
                "DELETE FROM triple WHERE observation = 2 AND typeof(object) = 'integer'"});
  }
  file.require_found("S8");
}

TEST_CASE("verify detects a stale search index") {
  const SoundFile file;
  SECTION("a document's words changed without it") { file.plant({"UPDATE document SET body = 'other words' WHERE id = 1"}); }
  SECTION("a document is missing in it") {
    file.plant({"INSERT INTO search(search, rowid, title, body, context) SELECT 'delete', id, title, body, context "
                "FROM document WHERE id = 2"});
  }
  SECTION("it is empty") { file.plant({"INSERT INTO search(search) VALUES ('delete-all')"}); }
  file.require_found("search");
}

TEST_CASE("verify detects a wrong digest") {
  const SoundFile file;
  file.plant({"UPDATE meta SET row_digest = row_digest + 1"});
  CHECK(file.failing() == std::vector<std::string>{"S23"});
}

TEST_CASE("verify detects a triple without its mirror") {
  const SoundFile file;
  file.plant({"DELETE FROM mirror WHERE observation = 1"});
  CHECK(file.failing() == std::vector<std::string>{"S11"});
}

TEST_CASE("verify detects counters that would give out an id twice") {
  const SoundFile file;
  file.plant({"UPDATE sqlite_sequence SET seq = 3 WHERE name = 'assertion'"});
  file.require_found("counters");
}

TEST_CASE("verify detects a conclusion that lost its evidence, and evidence of nothing") {
  const SoundFile file;
  {
    const Book book = open_book(file.path);
    Writer writer = open_writer(book);
    Observation conclusion = observed(20, {says("ada", "writes", "much")});
    conclusion.derived_from = {"letter 1", "letter 2"};
    static_cast<void>(store(writer, conclusion));
    require_verified(book);
  }
  SECTION("lost") {
    file.plant({"DELETE FROM derivation WHERE evidence = 'letter 2'"});
    file.require_found("S23");
  }
  SECTION("of nothing") {
    file.plant({"PRAGMA foreign_keys = OFF", "INSERT INTO derivation(evidence, observation) VALUES ('letter 3', 99999)"});
    file.require_found("S9");
  }
}

TEST_CASE("a number of the file that stands for no trust class, kind, scheme or receipt class is damage, never an answer") {
  const auto [statement, is_shown] = GENERATE(table<const char*, bool>({
      {"UPDATE observation SET trust = 0", true},
      {"UPDATE observation SET trust = 5", true},
      {"UPDATE document SET kind = 0", true},
      {"UPDATE alias SET scheme = 9 WHERE scheme = 1 AND entity > 1", true},
      {"UPDATE observation SET ack_class = 7", false},
  }));
  INFO(statement);
  const SoundFile file;
  file.plant({statement});
  const Book book = open_book(file.path);
  if (is_shown) {
    Reader reader = open_reader(book);
    QueryPlan plan;
    plan.keys = {Key{Scheme::name, "ada 1", {}}};
    plan.terms = {"letter"};
    const auto answer = reader.answer(plan, soon());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::corrupt);
  }
  const auto exported = export_book(book, [](const BookRecord&) { return Result<void>{}; }, soon());
  REQUIRE_FALSE(exported);
  CHECK(exported.error().code == ErrorCode::corrupt);
}

TEST_CASE("a search index of an unknown format is damage of the file, not a bug of ours") {
  const SoundFile file;
  {
    RawRows raw{file.path};
    REQUIRE(sqlite3_db_config(raw.connection().handle(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr) == SQLITE_OK);
    raw.execute("UPDATE search_config SET v = 0 WHERE k = 'version'");
  }
  const Book book = open_book(file.path);
  Reader reader = open_reader(book);
  QueryPlan plan;
  plan.terms = {"letter"};
  const auto answer = reader.answer(plan, soon());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::corrupt);
}
