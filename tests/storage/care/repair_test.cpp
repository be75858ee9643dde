// What repair mends, what it must leave alone, and that vacuum gives space back without changing a row.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/forget.hpp"
#include "commonbook/storage/repair.hpp"
#include "commonbook/storage/vacuum.hpp"

#include <algorithm>
#include <fstream>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;

// Something in each table; half of it sorted, half in the tail.
void fill(const fs::path& path) {
  const Book book = open_book(path);
  Writer writer = open_writer(book);
  Compactor compactor = open_compactor(book);
  for (std::uint64_t sequence = 1; sequence <= 8; ++sequence) {
    const std::string number = std::to_string(sequence);
    Observation observation = observed(sequence, {says("ada " + number, "knows", "charles"),
                                                  has_text("ada " + number, "wrote", "text " + number)});
    observation.document = document("letter " + number, "words of letter " + number);
    observation.operation_id = "import-" + number;
    observation.claims.push_back({strong("ada" + number + "@example.org"), "Ada"});
    if (sequence > 1) observation.derived_from.push_back("letter 1");
    static_cast<void>(store(writer, observation));
    if (sequence == 4) static_cast<void>(compact_all(compactor));
  }
}

struct Damage {
  std::string what;
  std::vector<const char*> statements;
};

struct Damaged {
  TemporaryFolder folder;
  fs::path path = folder.path() / "memory.db";
  std::map<std::string, std::vector<std::string>> sound;

  explicit Damaged(const std::vector<const char*>& statements) {
    fill(path);
    sound = dump(path);
    RawRows raw{path};
    for (const char* statement : statements) raw.execute(statement);
  }
  RepairReport repair_now(const RepairOptions& options = {}) const {
    const auto report = repair(open_book(path), options, soon());
    if (!report) FAIL(to_string(report.error()));
    return *report;
  }
};

const std::vector<Damage>& mendable() {
  static const std::vector<Damage> all = {
      {"nothing at all", {}},
      {"the key index gone", {"DROP INDEX alias_key"}},
      {"another index gone", {"DROP INDEX observation_document", "DROP INDEX derivation_observation"}},
      {"a stale search index", {"INSERT INTO search(search) VALUES ('delete-all')"}},
      {"triples without a mirror", {"DELETE FROM mirror WHERE observation IN (1, 3)"}},
      {"a mirror without a triple",
       {"INSERT INTO mirror(object, predicate, subject, observation) VALUES (1, 1, 1, 1)"}},
      {"triples lost, but not their mirror", {"DELETE FROM triple WHERE observation = 2"}},
      {"an id that was never reserved", {"UPDATE meta SET next_entity = 2"}},
      {"a watermark past the tail", {"UPDATE meta SET watermark = 999999"}},
      {"counters that went back", {"UPDATE sqlite_sequence SET seq = 1"}},
      {"a wrong count of triples", {"UPDATE meta SET triple_rows = 12345"}},
  };
  return all;
}

const std::vector<Damage>& unmendable() {
  static const std::vector<Damage> all = {
      {"half an observation in the tail", {"DELETE FROM assertion WHERE seq = (SELECT max(seq) FROM assertion)"}},
      {"a triple lost with its mirror",
       {"DELETE FROM mirror WHERE observation = 2", "DELETE FROM triple WHERE observation = 2"}},
      {"a key gone", {"DELETE FROM alias WHERE entity = 3"}},
      {"two entities for a key, the index gone",
       {"DROP INDEX alias_key",
        "INSERT INTO alias(entity, space, scheme, value) SELECT 1, space, scheme, value FROM alias WHERE entity = 3"}},
      {"a changed word", {"UPDATE entity SET spelling = 'somebody else' WHERE id = 2"}},
      {"a wrong digest", {"UPDATE meta SET row_digest = row_digest + 1"}},
  };
  return all;
}

}  // namespace

TEST_CASE("repair mends what stands twice, and the rows are what they were before the damage") {
  const Damage damage = GENERATE(from_range(mendable()));
  INFO(damage.what);
  const Damaged file{damage.statements};
  const RepairReport report = file.repair_now();
  for (const Check& check : report.verify.checks) {
    INFO(check.id << " " << check.detail);
    CHECK(check.ok);
  }
  CHECK(fs::exists(report.backup));
  CHECK(report.mended.size() >= 2);  // the indexes and the search index, always
  auto after = dump(file.path);
  for (const auto& [table, rows] : file.sound)
    if (table != "meta") CHECK(after[table] == rows);
}

TEST_CASE("repair guesses no fact: it leaves what stood in one place alone, and says so") {
  const Damage damage = GENERATE(from_range(unmendable()));
  INFO(damage.what);
  const Damaged file{damage.statements};
  auto damaged = dump(file.path);
  const RepairReport report = file.repair_now();
  CHECK_FALSE(report.verify.ok);
  auto after = dump(file.path);
  for (const auto& [table, rows] : damaged)
    if (table != "meta") CHECK(after[table] == rows);
  const auto digest = RawRows{file.path}.rows("SELECT row_digest FROM meta", 1);
  CHECK(digest == RawRows{report.backup}.rows("SELECT row_digest FROM meta", 1));
}

TEST_CASE("rows that are accepted as all there are make a sound file, when a person says so") {
  const Damaged file{{"UPDATE entity SET spelling = 'somebody else' WHERE id = 2"}};
  RepairOptions options;
  CHECK_FALSE(file.repair_now(options).verify.ok);
  options.accept_rows = true;
  const RepairReport report = file.repair_now(options);
  CHECK(report.verify.ok);
  CHECK(report.backup != file.path.string() + ".before-repair");  // the first one has that name
}

TEST_CASE("the copy that repair makes is the file as it was, damage and all") {
  const Damaged file{{"DELETE FROM mirror WHERE observation = 1"}};
  const auto before = RawRows{file.path}.integer("SELECT count(*) FROM mirror");
  const RepairReport report = file.repair_now();
  CHECK(RawRows{report.backup}.integer("SELECT count(*) FROM mirror") == before);
  CHECK(RawRows{file.path}.integer("SELECT count(*) FROM mirror") > before);
}

TEST_CASE("a repair that ends before its commit changes nothing") {
  const Damaged file{{"DELETE FROM mirror WHERE observation = 1"}};
  const auto damaged = dump(file.path);
  const Book book = open_book(file.path);
  const auto watch = Steps::instance().on("repair.before_commit", [] { throw std::bad_alloc{}; });
  const auto ended = repair(book, {}, soon());
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::out_of_memory);
  CHECK(dump(file.path) == damaged);
  const auto report = verify(book, soon());
  REQUIRE(report);
  CHECK_FALSE(report->ok);
}

TEST_CASE("vacuum gives the space of purged rows back, changes no row, and leaves no forgotten word") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const std::string secret = "zanzibarquux";
  {
    const Book book = open_book(path);
    Writer writer = open_writer(book);
    for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
      Observation observation = observed(sequence, {says("ada", "wrote", "letter " + std::to_string(sequence))});
      observation.document = document("letter " + std::to_string(sequence), std::string(20'000, 'a' + char(sequence % 20)) +
                                                                                " " + secret);
      observation.agent = sequence % 6 == 0 ? "kept" : "gone";
      if (observation.agent == "kept") observation.document = document(observation.document->id, "plain words");
      static_cast<void>(store(writer, observation));
    }
    ForgetRequest request;
    request.agent = "gone";
    REQUIRE(forget(book, request, soon()));
    REQUIRE(purge_forgotten(book, soon()));
    auto before = dump(path);
    const auto report = vacuum(book, soon());
    if (!report) FAIL(to_string(report.error()));
    CHECK(report->free_bytes_before > 500'000);
    CHECK(report->bytes_after < report->bytes_before / 2);
    CHECK(report->given_back);
    CHECK(fs::file_size(path) == static_cast<std::uintmax_t>(report->bytes_after));
    CHECK(dump(path) == before);
    require_verified(book);
    static_cast<void>(store(writer, observed(61, {says("ada", "goes", "on")})));
  }
  std::ifstream in{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  CHECK(bytes.find(secret) == std::string::npos);
}

TEST_CASE("vacuum while a reader holds a snapshot: the reader goes on, the space comes back later") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  fill(path);
  const Book book = open_book(path);
  Reader reader = open_reader(book);
  auto held = reader.hold_snapshot(soon());
  REQUIRE(held);
  const auto report = vacuum(book, soon());
  if (!report) FAIL(to_string(report.error()));
  CHECK_FALSE(report->given_back);
  held->reset();
  require_verified(book);
}
