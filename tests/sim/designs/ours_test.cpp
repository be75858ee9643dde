// Our own runtime behind the interface: many threads, random spellings, one entity a name.
#include "designs_support.hpp"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

constexpr std::size_t threads_count = 8;
constexpr std::uint64_t operations_each = 200;
constexpr std::uint64_t names_count = 20;

/// One name in one of several spellings that are one key.
std::string spelling_of(std::uint64_t name, std::uint64_t variant) {
  const std::string number = std::to_string(name);
  switch (variant % 5) {
    case 0: return "Profi " + number;
    case 1: return "PROFI " + number;
    case 2: return " pro\uFB01  " + number;
    case 3: return "\uFF30rofi\u00A0" + number;
    default: return "pro\u200Bfi " + number;
  }
}

/// What all threads together were told.
struct Told {
  std::mutex mutex;
  std::map<std::uint64_t, std::set<std::int64_t>> ids;       // by name
  std::map<std::uint64_t, std::uint64_t> created;            // by name
  std::map<std::uint64_t, std::uint64_t> lines_acknowledged; // by item
  std::vector<std::string> errors;
};

void note(Told& told, std::uint64_t name, const Result<Created>& answer) {
  const std::lock_guard guard{told.mutex};
  if (!answer) {
    told.errors.push_back(to_string(answer.error()));
    return;
  }
  told.ids[name].insert(answer->id);
  told.created[name] += answer->created ? 1 : 0;
}

void look_up(DesignClient& client, Told& told, std::uint64_t name, const std::string& spelling) {
  const auto found = client.look_up(spelling, soon());
  const std::lock_guard guard{told.mutex};
  if (!found) told.errors.push_back(to_string(found.error()));
  if (found && *found) told.ids[name].insert(**found);
}

void store(DesignClient& client, Told& told, const WorkItem& item) {
  const auto stored = client.store(item, soon());
  const std::lock_guard guard{told.mutex};
  if (!stored) told.errors.push_back(to_string(stored.error()));
  if (stored) told.lines_acknowledged[item.number] = item.lines.size();
}

void work(DesignClient& client, Told& told, std::uint64_t seed, std::uint64_t thread) {
  std::mt19937_64 random{seed * 1'000 + thread};
  for (std::uint64_t at = 0; at < operations_each; ++at) {
    const std::uint64_t name = random() % names_count;
    const std::string spelling = spelling_of(name, random());
    switch (random() % 4) {
      case 0: look_up(client, told, name, spelling); break;
      case 1: {
        WorkItem item;
        item.number = thread * operations_each + at;
        item.lines = {{spelling, "knows", spelling_of(random() % names_count, random())},
                      {spelling, "likes", spelling_of(random() % names_count, random())}};
        store(client, told, item);
        break;
      }
      default: note(told, name, client.find_or_create(spelling, soon()));
    }
  }
}

}  // namespace

TEST_CASE("ours: 8 threads, 200 operations each over 20 names in random spellings, and nothing is wrong") {
  const auto seed = GENERATE(from_range(seeds_to_run(3)));
  INFO("replay: COMMONBOOK_SEED=" << seed);
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  const DesignChoice choice = *preset("commonbook");
  Told told;
  {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    std::vector<std::unique_ptr<DesignClient>> clients;
    for (std::size_t thread = 0; thread < threads_count; ++thread) {
      auto client = (*design)->open_client(thread, soon());
      REQUIRE(client);
      clients.push_back(std::move(*client));
    }
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < threads_count; ++thread)
      threads.emplace_back([&, thread] { work(*clients[thread], told, seed, thread); });
    for (std::thread& thread : threads) thread.join();
    clients.clear();
    REQUIRE((*design)->close());
    CHECK((*design)->fallbacks() == 0);  // one process: its gate decides, the constraint never has to
  }
  CHECK(told.errors == std::vector<std::string>{});
  for (const auto& [name, ids] : told.ids) {
    INFO(name);
    CHECK(ids.size() == 1);
    CHECK(told.created[name] <= 1);  // none, where an observation was the first to mention it
  }
  const Audit audit = audit_of(choice, file);
  CHECK(audit.entities == names_count);
  CHECK(audit.duplicates == 0);
  CHECK(audit.invisible_entities == 0);
  CHECK(audit.dangling == 0);
  CHECK(audit.verify == "ok");
  CHECK(audit.verify_failures == 0);
  CHECK(audit.lines_of_item == told.lines_acknowledged);
  REQUIRE(audit.entity_of_key.size() == names_count);
  for (const auto& [name, ids] : told.ids)
    CHECK(audit.entity_of_key.at(normal_form(spelling_of(name, 0))) == *ids.begin());
}

TEST_CASE("ours: many threads ask for one entity at one moment, and one of them is told that it created it") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  const DesignChoice choice = *preset("commonbook");
  Told told;
  {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    std::atomic<std::size_t> waiting{0};
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 16; ++thread)
      threads.emplace_back([&, thread] {
        auto client = (*design)->open_client(thread, soon());
        ++waiting;
        while (waiting < 16) std::this_thread::yield();
        note(told, 0, client ? (*client)->find_or_create(spelling_of(0, thread), soon()) : client.error());
      });
    for (std::thread& thread : threads) thread.join();
    REQUIRE((*design)->close());
  }
  CHECK(told.errors == std::vector<std::string>{});
  CHECK(told.ids[0].size() == 1);
  CHECK(told.created[0] == 1);
  CHECK(audit_of(choice, file).entities == 1);
}

TEST_CASE("ours: a look-up reads what another process's runtime committed, and so does find-or-create") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  const DesignChoice choice = *preset("commonbook");
  auto first = open_design(choice, file, soon());
  auto second = open_design(choice, file, soon());
  REQUIRE(first);
  REQUIRE(second);
  auto writer = (*first)->open_client(0, soon());
  auto reader = (*second)->open_client(0, soon());
  REQUIRE(writer);
  REQUIRE(reader);
  const auto before = (*reader)->look_up("Acme", soon());
  REQUIRE(before);
  CHECK_FALSE(*before);
  const Created created = created_by(**writer, "Acme");
  CHECK(created.created);
  const auto after = (*reader)->look_up("ACME", soon());
  REQUIRE(after);
  CHECK(*after == created.id);
  const Created again = created_by(**reader, "acme");
  CHECK_FALSE(again.created);
  CHECK(again.id == created.id);
  REQUIRE((*first)->close());
  REQUIRE((*second)->close());
}

TEST_CASE("ours: to find, to look up and to read what is known writes nothing") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "memory.db";
  const DesignChoice choice = *preset("commonbook");
  std::vector<std::uint64_t> digests;
  for (int round = 0; round < 2; ++round) {
    auto design = open_design(choice, file, soon());
    REQUIRE(design);
    auto client = (*design)->open_client(0, soon());
    REQUIRE(client);
    CHECK(created_by(**client, "Acme").created == (round == 0));
    REQUIRE((*client)->look_up("nobody", soon()));
    REQUIRE((*client)->read("Acme", soon()));
    REQUIRE((*design)->close());
    digests.push_back(audit_of(choice, file).row_digest);
  }
  CHECK(digests[0] == digests[1]);
}

TEST_CASE("ours: after close a client gets an error, not a wait") {
  const TemporaryFolder folder;
  auto design = open_design(*preset("commonbook"), folder.path() / "memory.db", soon());
  REQUIRE(design);
  auto client = (*design)->open_client(0, soon());
  REQUIRE(client);
  REQUIRE((*design)->close());
  const auto refused = (*client)->find_or_create("Acme", soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::cancelled);
}
