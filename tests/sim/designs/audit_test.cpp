// An audit finds what was planted, in the naive tables and in ours, and nothing where nothing was.
#include "designs_support.hpp"
#include "our_design.hpp"
#include "raw_sqlite.hpp"

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

WorkItem two_lines(std::uint64_t number, const std::string& subject) {
  WorkItem item;
  item.number = number;
  item.lines = {{subject, "employs", "Ada"}, {subject, "employs", "Bob"}};
  return item;
}

/// A file of a design with two observations, of items 1 and 2, closed.
struct Stored {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "memory.db";
  DesignChoice choice;

  explicit Stored(const std::string& name) : choice(*preset(name)) {
    auto design = open_design(choice, file, soon());
    if (!design) FAIL(to_string(design.error()));
    auto client = (*design)->open_client(0, soon());
    if (!client) FAIL(to_string(client.error()));
    REQUIRE((*client)->store(two_lines(1, "Acme"), soon()));
    REQUIRE((*client)->store(two_lines(2, "Nord"), soon()));
    client->reset();
    REQUIRE((*design)->close());
  }
  void plant(const char* sql) const {
    auto connection = RawConnection::open(file, RawConnection::Threads::one);
    REQUIRE(connection);
    if (auto done = connection->execute(sql); !done) FAIL(to_string(done.error()));
  }
  [[nodiscard]] Audit audit() const { return audit_of(choice, file); }
};

}  // namespace

TEST_CASE("audit of naive tables: duplicates, invisible entities, dangling rows, half-written items") {
  const Stored stored{"wal-only"};
  const Audit clean = stored.audit();
  CHECK(clean.entities == 4);
  CHECK(clean.duplicates + clean.invisible_entities + clean.dangling == 0);
  CHECK(clean.lines_of_item == std::map<std::uint64_t, std::uint64_t>{{1, 2}, {2, 2}});

  SECTION("a duplicate that an alias leads to") {
    stored.plant("INSERT INTO entity(id, name) VALUES (90, 'ACME'); INSERT INTO alias VALUES ('acme', 90)");
    CHECK(stored.audit().duplicates == 1);
    CHECK(stored.audit().invisible_entities == 0);
    CHECK(stored.audit().entity_of_key == clean.entity_of_key);  // a look-up still gives the first
  }
  SECTION("two duplicates of one key, in compatibility forms") {
    stored.plant("INSERT INTO entity(id, name) VALUES (90, '\uFF21cme'), (91, ' acme ');"
                 "INSERT INTO alias VALUES ('\uFF41cme', 90), ('acme', 91)");
    CHECK(stored.audit().duplicates == 2);
    CHECK(stored.audit().entity_of_key == clean.entity_of_key);
  }
  SECTION("an alias that is the key itself comes before an older one that is the same key") {
    stored.plant("INSERT INTO entity(id, name) VALUES (90, '\uFF2Eova'), (91, 'Nova');"
                 "INSERT INTO alias VALUES ('\uFF4Eova', 90), ('nova', 91)");
    CHECK(stored.audit().entity_of_key.at("nova") == 91);
  }
  SECTION("an invisible entity") {
    stored.plant("INSERT INTO entity(id, name) VALUES (90, 'Nobody')");
    CHECK(stored.audit().invisible_entities == 1);
    CHECK(stored.audit().duplicates == 0);
    CHECK(stored.audit().entity_of_key == clean.entity_of_key);
  }
  SECTION("a subject, an object and an alias that point to nothing") {
    stored.plant("INSERT INTO triple(subject, predicate, object, item, line) VALUES (77, 'p', 1, 3, 0), "
                 "(1, 'p', 78, 3, 1); INSERT INTO alias VALUES ('ghost', 79)");
    CHECK(stored.audit().dangling == 3);
  }
  SECTION("half of an item, and an item that is not there") {
    stored.plant("DELETE FROM triple WHERE item = 1 AND line = 1; DELETE FROM triple WHERE item = 2");
    CHECK(stored.audit().lines_of_item == std::map<std::uint64_t, std::uint64_t>{{1, 1}});
  }
  SECTION("a line that stands twice counts once") {
    stored.plant("INSERT INTO triple(subject, predicate, object, item, line) SELECT subject, predicate, object, item, "
                 "line FROM triple WHERE item = 1");
    CHECK(stored.audit().lines_of_item == clean.lines_of_item);
  }
}

TEST_CASE("audit of our own tables: what raw SQL planted there is found, and verify says so too") {
  const Stored stored{"commonbook"};
  const Audit clean = stored.audit();
  CHECK(clean.entities == 4);
  CHECK(clean.duplicates + clean.invisible_entities + clean.dangling + clean.verify_failures == 0);
  CHECK(clean.verify == "ok");
  CHECK(clean.row_digest != 0);
  CHECK(clean.lines_of_item == std::map<std::uint64_t, std::uint64_t>{{1, 2}, {2, 2}});

  SECTION("a duplicate that an alias leads to") {
    stored.plant("INSERT INTO entity(id, spelling) VALUES (90, 'ACME');"
                 "INSERT INTO alias(entity, space, scheme, value) VALUES (90, '', 1, 'acme inc')");
    CHECK(stored.audit().duplicates == 1);
    CHECK(stored.audit().invisible_entities == 0);
  }
  SECTION("an invisible entity") {
    stored.plant("INSERT INTO entity(id, spelling) VALUES (90, 'Acme')");
    CHECK(stored.audit().invisible_entities == 1);
    CHECK(stored.audit().duplicates == 1);
  }
  SECTION("two people of one name are no duplicates where an address tells them apart") {
    stored.plant("INSERT INTO entity(id, spelling) VALUES (90, 'Acme');"
                 "INSERT INTO alias(entity, space, scheme, value) VALUES (90, '', 2, 'acme@one.example')");
    CHECK(stored.audit().duplicates == 0);
    CHECK(stored.audit().invisible_entities == 0);
  }
  SECTION("rows and an alias that point to nothing") {
    stored.plant("PRAGMA foreign_keys = OFF;"
                 "INSERT INTO assertion(subject, predicate, object, observation) VALUES (77, 1, '1:x', 1), "
                 "(1, 1, 78, 1), (1, 1, '1:y', 79);"
                 "INSERT INTO alias(entity, space, scheme, value) VALUES (80, '', 1, 'ghost')");
    CHECK(stored.audit().dangling == 4);
  }
  SECTION("half of an item") {
    stored.plant("DELETE FROM assertion WHERE seq = (SELECT min(seq) FROM assertion WHERE typeof(object) = 'integer');"
                 "DELETE FROM triple WHERE object = (SELECT max(object) FROM triple WHERE typeof(object) = 'integer' "
                 "AND observation = 1) AND observation = 1");
    CHECK(stored.audit().lines_of_item.at(1) == 1);
    CHECK(stored.audit().lines_of_item.at(2) == 2);
  }
  SECTION("half of an item, in both parts, as in the middle of a compaction pass: a row counts once") {
    stored.plant("INSERT OR IGNORE INTO triple SELECT subject, predicate, object, observation FROM assertion;"
                 "DELETE FROM assertion;"
                 "INSERT INTO assertion(subject, predicate, object, observation) "
                 "SELECT subject, predicate, object, observation FROM triple;"
                 "DELETE FROM triple WHERE observation = 1 AND object = (SELECT max(object) FROM assertion "
                 "WHERE observation = 1 AND typeof(object) = 'integer');"
                 "DELETE FROM assertion WHERE observation = 1 AND typeof(object) = 'integer' AND object NOT IN "
                 "(SELECT object FROM triple WHERE observation = 1)");
    CHECK(stored.audit().lines_of_item.at(1) == 1);
    CHECK(stored.audit().lines_of_item.at(2) == 2);
  }
  const Audit planted = stored.audit();
  CHECK(planted.verify_failures >= 1);
  CHECK(planted.verify != "ok");
}

TEST_CASE("a line that is said twice in one observation is one row of ours, and no half-written observation") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  const DesignChoice choice = *preset("commonbook");
  {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    auto client = (*design)->open_client(0, soon());
    REQUIRE(client);
    WorkItem item;
    item.number = 4;
    item.lines = {{"Acme", "employs", "Ada"}, {"ACME", "employs", "ada"}, {"Acme", "employs", "Bob"}};
    REQUIRE((*client)->store(item, soon()));
    REQUIRE((*design)->close());
  }
  CHECK(audit_of(choice, file).lines_of_item.at(4) == 3);
}

TEST_CASE("the position of an item reads back, and nothing else reads as one") {
  const auto read = read_item_position(item_position(18446744073709551615u, 3, 2));
  REQUIRE(read);
  CHECK(read->number == 18446744073709551615u);
  CHECK(read->lines == 3);
  CHECK(read->rows == 2);
  for (const char* wrong :
       {"", "item", "item ", "item 1 2", "item 1 2 x", "item 1 2 3 4", "item -1 2 3", "calendar.ics:5"}) {
    INFO("\"" << wrong << '"');
    CHECK_FALSE(read_item_position(wrong));
  }
}
