// verify finds damage that SQLite's own check does not see; each kind is planted on purpose.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"

#include <algorithm>
#include <fstream>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

struct Damage {
  std::string what;
  std::string found_by;  // id of the check
  std::vector<const char*> statements;
};

const std::vector<Damage>& damages() {
  static const std::vector<Damage> all = {
      {"one key, two entities, the index that forbids it gone",
       "S1",
       {"DROP INDEX alias_key",
        "INSERT INTO alias(entity, space, scheme, value) SELECT 1, space, scheme, value FROM alias WHERE entity = 3"}},
      {"an index gone", "S16", {"DROP INDEX claim_entity"}},
      {"a migration step recorded twice over", "S16", {"INSERT INTO migration(step, name) VALUES (9, 'unknown')"}},
      {"an entity without a key", "P4", {"DELETE FROM alias WHERE entity = 3"}},
      {"an entity that was never reserved", "P4", {"UPDATE meta SET next_entity = 2"}},
      {"half an observation in the tail", "S8", {"DELETE FROM assertion WHERE seq = (SELECT max(seq) FROM assertion)"}},
      {"half an observation in the sorted part",
       "S8",
       {"DELETE FROM mirror WHERE observation = 1", "DELETE FROM triple WHERE observation = 1"}},
      {"a claim lost", "S8", {"DELETE FROM claim"}},
      {"a tail row twice",
       "S7",
       {"INSERT INTO assertion(subject, predicate, object, observation) "
        "SELECT subject, predicate, object, observation FROM assertion LIMIT 1"}},
      {"a search index that says other words than the document",
       "search",
       {"UPDATE document SET body = 'other words' WHERE id = 1"}},
      {"a digest that does not fit", "S23", {"UPDATE meta SET row_digest = row_digest + 1"}},
      {"a spelling changed", "S23", {"UPDATE entity SET spelling = 'somebody else' WHERE id = 2"}},
      {"a triple changed in both trees",
       "S23",
       {"UPDATE triple SET predicate = 1 WHERE observation = 1",
        "UPDATE mirror SET predicate = 1 WHERE observation = 1"}},
      {"a triple without its mirror", "S11", {"DELETE FROM mirror WHERE observation = 1"}},
      {"a mirror without its triple",
       "S11",
       {"INSERT INTO mirror(object, predicate, subject, observation) VALUES (1, 1, 1, 1)"}},
      {"a subject that does not exist", "S17", {"UPDATE assertion SET subject = 999999"}},
      {"a spelling of an entity that does not exist", "S17", {"UPDATE observation SET spellings = x'FE7F'"}},
      {"spellings that nobody can read", "S17", {"UPDATE observation SET spellings = x'03FF'"}},
      {"a literal that nobody can read", "S17", {"UPDATE assertion SET object = 'no literal'"}},
      {"a reference that leads nowhere", "S9", {"PRAGMA foreign_keys = OFF", "DELETE FROM observation WHERE id = 1"}},
      {"entities merged in a circle", "S4", {"INSERT INTO redirect(source, target) VALUES (1, 2), (2, 1)"}},
      {"a watermark too high", "tail", {"UPDATE meta SET watermark = 999999"}},
      {"a document that nobody cites", "documents", {"UPDATE observation SET document = NULL"}},
      {"a retraction that nobody will finish", "retraction", {"UPDATE observation SET retracted = 1"}},
  };
  return all;
}

// A book with something in each table: half of it sorted, half in the tail.
void fill(const std::filesystem::path& path) {
  const Book book = open_book(path);
  Writer writer = open_writer(book);
  Compactor compactor = open_compactor(book);
  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
    const std::string number = std::to_string(sequence);
    Observation observation = observed(sequence, {says("ada " + number, "knows", "charles")});
    observation.document = document("letter " + number, "words of letter " + number);
    observation.operation_id = "import-" + number;
    observation.claims.push_back({strong("ada" + number + "@example.org"), "Ada"});
    static_cast<void>(store(writer, observation));
    if (sequence == 3) static_cast<void>(compact_all(compactor));
  }
}

VerifyReport run_verify(const Book& book) {
  auto report = verify(book, soon());
  if (!report) FAIL(to_string(report.error()));
  return *report;
}

}  // namespace

TEST_CASE("a sound book passes, and every check says how much it looked at") {
  TemporaryFolder folder;
  fill(folder.path() / "memory.db");
  const Book book = open_book(folder.path() / "memory.db");
  require_verified(book);
  const VerifyReport report = run_verify(book);
  std::set<std::string> ids;
  for (const Check& check : report.checks) {
    ids.insert(check.id);
    CHECK_FALSE(check.what.empty());
    CHECK(check.detail.empty());
  }
  for (const char* id : {"S1", "S7", "S8", "S9", "S10", "S11", "S16", "S17", "S23", "search"})
    CHECK(ids.count(id) == 1);
  const auto looked_at =
      std::count_if(report.checks.begin(), report.checks.end(), [](const Check& check) { return check.examined > 0; });
  CHECK(looked_at >= 12);
}

TEST_CASE("verify finds planted damage") {
  const Damage damage = GENERATE(from_range(damages()));
  INFO(damage.what);
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  {
    RawRows raw{path};
    for (const char* statement : damage.statements) raw.execute(statement);
  }
  const Book book = open_book(path);
  const VerifyReport report = run_verify(book);
  CHECK_FALSE(report.ok);
  const auto check = std::find_if(report.checks.begin(), report.checks.end(), [&damage](const Check& candidate) {
    return candidate.id == damage.found_by && !candidate.ok;
  });
  REQUIRE(check != report.checks.end());
  CHECK_FALSE(check->detail.empty());
}

TEST_CASE("verify looks at the file, not at what this process remembers") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("ada", "knows", "charles")})));
  Reader reader = open_reader(test.book);
  QueryPlan plan;
  plan.names = {"ada"};
  REQUIRE(reader.answer(plan, soon()));  // the tail is in memory now
  RawRows{test.path}.execute("UPDATE assertion SET predicate = 1");
  CHECK_FALSE(run_verify(test.book).ok);
}

TEST_CASE("a flipped byte in the file is found, or the file is refused") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  REQUIRE_FALSE(std::filesystem::exists(path.string() + "-wal"));  // closed: the bytes are ours now
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  Dice dice{4};
  int found = 0;
  for (int round = 0; round < 40; ++round) {
    const auto copy = folder.path() / ("copy" + std::to_string(round) + ".db");
    std::filesystem::copy_file(path, copy);
    std::string content;
    {
      std::ifstream in{copy, std::ios::binary};
      content.assign(std::istreambuf_iterator<char>{in}, {});
    }
    std::size_t at = 0;
    do at = 4096 + dice.below(static_cast<std::uint64_t>(bytes) - 4096);
    while (content[at] == '\0');
    content[at] = static_cast<char>(content[at] ^ 0x04);
    {
      std::ofstream out{copy, std::ios::binary};
      out << content;
    }
    INFO("byte " << at);
    BookOptions options;
    options.path = copy;
    const SystemClock clock;
    const auto book = Book::open(options, clock, soon());
    if (!book) {
      ++found;
      continue;
    }
    const auto report = verify(*book, soon());
    if (!report || !report->ok) ++found;
  }
  CHECK(found >= 30);  // the rest hit what was deleted and not overwritten yet, where a flipped byte is no damage
}
