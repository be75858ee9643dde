// Every preset, used by one thread alone: what all of them can do, and where their own logic breaks without any help.
#include "designs_support.hpp"

#include <algorithm>
#include <set>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

WorkItem item_of(std::uint64_t number, std::vector<WorkItem::Line> lines) {
  WorkItem item;
  item.number = number;
  item.lines = std::move(lines);
  return item;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const DesignChoice& choice : presets()) names.push_back(choice.name);
  return names;
}

std::uint64_t sum_of_failures(const Audit& audit) {
  return audit.duplicates + audit.invisible_entities + audit.dangling + audit.verify_failures;
}

}  // namespace

TEST_CASE("the presets are those of the contract, each under a name of its own") {
  const auto names = preset_names();
  CHECK(std::set<std::string>(names.begin(), names.end()) ==
        std::set<std::string>{"article", "article-store-per-agent", "article-without-fallback",
                              "article-without-lock", "commonbook", "default", "shared-connection", "wal-deferred",
                              "wal-only"});
  CHECK(names.size() == 9);
  CHECK_FALSE(preset("no such design"));
}

TEST_CASE("one thread alone: every preset finds what it created, stores, reads, and leaves a clean file") {
  const auto choice = *preset(GENERATE(from_range(preset_names())));
  INFO(choice.name);
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    auto opened = (*design)->open_client(0, soon());
    REQUIRE(opened);
    DesignClient& client = **opened;

    const Created first = created_by(client, "Acme");
    const Created second = created_by(client, "ACME");
    CHECK(first.created);
    CHECK_FALSE(second.created);
    CHECK(second.id == first.id);
    const auto found = client.look_up(" acme ", soon());
    REQUIRE(found);
    CHECK(*found == first.id);
    const auto missing = client.look_up("nobody", soon());
    REQUIRE(missing);
    CHECK_FALSE(*missing);

    REQUIRE(client.store(item_of(7, {{"Acme", "employs", "Ada"}, {"acme", "employs", "Bob"}}), soon()));
    REQUIRE(client.store(item_of(8, {{"Ada", "knows", "Bob"}, {"ADA", "knows", "BOB"}}), soon()));
    const auto read = client.read("ACME", soon());
    REQUIRE(read);
    CHECK(*read >= 2);  // ours also says that the name was mentioned
    const auto nothing = client.read("nobody", soon());
    REQUIRE(nothing);
    CHECK(*nothing == 0);
    opened->reset();
    CHECK((*design)->fallbacks() == 0);
    REQUIRE((*design)->close());
  }
  const Audit audit = audit_of(choice, file);
  CHECK(audit.entities == 3);
  CHECK(sum_of_failures(audit) == 0);
  CHECK(audit.lines_of_item == std::map<std::uint64_t, std::uint64_t>{{7, 2}, {8, 2}});
  CHECK(audit.entity_of_key.size() == 3);
  CHECK(audit.entity_of_key.count("acme") == 1);
  CHECK(audit.verify == (choice.is_ours ? "ok" : "-"));
  CHECK((audit.row_digest != 0) == choice.is_ours);
}

TEST_CASE("a second process that opens the file finds what the first one stored") {
  const auto choice = *preset(GENERATE(from_range(preset_names())));
  INFO(choice.name);
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  std::int64_t id = 0;
  for (int round = 0; round < 2; ++round) {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    auto client = (*design)->open_client(0, soon());
    REQUIRE(client);
    const Created created = created_by(**client, "Acme");
    CHECK(created.created == (round == 0));
    if (round == 0) id = created.id;
    CHECK(created.id == id);
    client->reset();
    REQUIRE((*design)->close());
  }
}

// The article's own logic, alone on the machine: its normal form is lower case and white space, no more.
TEST_CASE("spellings in compatibility forms are two entities to every naive design, and one to ours") {
  const auto choice = *preset(GENERATE(from_range(preset_names())));
  INFO(choice.name);
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    auto client = (*design)->open_client(0, soon());
    REQUIRE(client);
    created_by(**client, "Profi");
    created_by(**client, "Pro\uFB01");  // a ligature
    client->reset();
    REQUIRE((*design)->close());
  }
  const Audit audit = audit_of(choice, file);
  CHECK(audit.duplicates == (choice.is_ours ? 0u : 1u));
  CHECK(audit.entities == (choice.is_ours ? 1u : 2u));
}
