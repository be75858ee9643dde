// P11: what a book says does not depend on the order in which it was told.
#include "import_support.hpp"

#include <map>
#include <set>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

/// Documents of the desk sample by agent.
struct Desk {
  std::vector<agents::ImportItem> calendar;
  std::vector<agents::ImportItem> email;
};

std::optional<Desk> read_desk() {
  const auto folder = test_data("desk");
  if (!folder) return std::nullopt;
  auto calendar = agents::open_calendars({*folder / "calendar.ics"}, "calendar");
  auto email = agents::open_mail({*folder / "Maildir"}, "email");
  REQUIRE((calendar && email));
  return Desk{read_all(std::move(*calendar)), read_all(std::move(*email))};
}

struct Imported {
  FileState state;
  std::vector<std::string> answers;
};

const std::vector<std::string> questions = {
    "When does the kick-off of Project Kestrel take place, in Berlin time?",
    "In which room is the weekly status on 2 March?",
    "What did Larkfield pay for the housings?",
    "Who travels from Berlin to Boston for the site visit?",
    "At what time is the stand-up on 3 February?",
};

std::string shown(const Answer& answer) {
  std::string text = answer.line;
  for (std::size_t at = 0; at < answer.citations.size() && at < 5; ++at) text += " | " + answer.citations[at].document_id;
  return text;
}

Imported import_in_order(const Desk& desk, std::uint64_t seed, std::size_t storage_actors) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  std::mt19937_64 random{seed};
  Imported imported;
  {
    auto runtime = start_runtime(path, storage_actors);
    std::vector<std::pair<std::string, std::vector<agents::ImportItem>>> agents_in_order = {{"calendar", desk.calendar},
                                                                                             {"email", desk.email}};
    shuffle_by(random, agents_in_order);
    std::vector<agents::ImportAgent> running;
    for (auto& [name, items] : agents_in_order) {
      shuffle_by(random, items);
      agents::ImportOptions options;
      options.agent = name;
      auto agent = agents::ImportAgent::start(*runtime, options, std::make_unique<VectorSource>(items));
      REQUIRE(agent);
      if (random() % 2 == 0) REQUIRE(agent->wait().failed == 0);  // one after the other, or both at once
      running.push_back(std::move(*agent));
    }
    for (auto& agent : running) {
      const auto report = agent.wait();
      CHECK(report.errors == std::vector<agents::ImportError>{});
    }
    auto asker = agents::QuestionAgent::start(*runtime);
    REQUIRE(asker);
    for (const std::string& text : questions) {
      auto answer = asker->ask({text, {1'775'000'000'000}, "Europe/Berlin"}).get();
      REQUIRE(answer);
      imported.answers.push_back(shown(*answer));
    }
    CHECK(runtime->shutdown().clean);
  }
  require_verified(path);
  imported.state = read_state(path);
  return imported;
}

}  // namespace

TEST_CASE("twenty imports in shuffled order give one content digest and the same answers", "[P11]") {
  const auto desk = read_desk();
  if (!desk) return;
  std::optional<Imported> first;
  for (const std::uint64_t seed : seeds_to_run(20)) {
    const std::size_t storage_actors = seed % 2 == 0 ? 4 : 1;
    INFO("replay: COMMONBOOK_SEED=" << seed << ", storage actors " << storage_actors);
    Imported imported = import_in_order(*desk, seed, storage_actors);
    CHECK(imported.state.stats.observations > 0);
    if (!first) {
      first = std::move(imported);
      continue;
    }
    CHECK(imported.state.content_digest == first->state.content_digest);
    CHECK(imported.answers == first->answers);
    CHECK(imported.state.stats.entities == first->state.stats.entities);
    CHECK(imported.state.stats.triples == first->state.stats.triples);
  }
}

TEST_CASE("one display name at two addresses is two people, in every order", "[P11]") {
  const auto message = [](const std::string& address, const std::string& name) {
    Observation observation;
    const EntityName person{{Scheme::mailto, address, {}}, {}};
    observation.operation_id = "mail-of-" + address;
    observation.triples = {{person, "wrote about", named("Budget"), Cardinality::many}};
    observation.claims = {{person, name}};
    agents::ImportItem item;
    item.observation = observation;
    return item;
  };
  std::set<std::uint64_t> digests;
  for (const std::uint64_t seed : seeds_to_run(6)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    std::vector<agents::ImportItem> items = {message("alex@one.example", "Alex Smith"),
                                             message("alex@two.example", "Alex Smith"),
                                             message("ALEX@One.example", "Smith, Alex")};
    items[2].observation.operation_id = "mail-3";
    std::mt19937_64 random{seed};
    shuffle_by(random, items);
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    {
      auto runtime = start_runtime(path, 2);
      auto agent = agents::ImportAgent::start(*runtime, {}, std::make_unique<VectorSource>(items));
      REQUIRE(agent);
      REQUIRE(agent->wait().acknowledged == 3);
      auto session = runtime->open_session("reader");
      REQUIRE(session);
      QueryPlan plan;
      plan.names = {"alex smith"};
      const auto answer = session->ask(plan).get();
      REQUIRE(answer);
      CHECK(answer->starts.empty());  // two claim the name: neither is meant
    }
    const FileState state = read_state(path);
    CHECK(state.stats.entities == 3);  // two addresses and "Budget"
    digests.insert(state.content_digest);
  }
  CHECK(digests.size() == 1);
}
