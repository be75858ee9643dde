// Finding in bounded work: what is read is cut where a book is large, never what a small one says; words that nobody
// wrote are read as the nearest; the walk goes to the closest first.
#include "read_support.hpp"

#include "book/trigram.hpp"

#include <algorithm>
#include <set>
#include <span>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

QueryPlan words(std::vector<std::string> terms) {
  QueryPlan plan;
  plan.terms = std::move(terms);
  plan.walk_depth = 0;
  return plan;
}

std::vector<std::string> ids(const Answer& answer) {
  std::vector<std::string> found;
  for (const Passage& passage : answer.passages) found.push_back(passage.citation.document_id);
  return found;
}

bool holds_value(const Answer& answer, const std::string& text) {
  return std::any_of(answer.facts.begin(), answer.facts.end(), [&](const Fact& fact) {
    const auto* literal = std::get_if<Literal>(&fact.object);
    const auto* entity = std::get_if<EntityView>(&fact.object);
    return (literal != nullptr && literal->text == text) || (entity != nullptr && entity->spelling == text);
  });
}

/// Stores the observations in few commits.
void store_all(Writer& writer, const std::vector<Observation>& observations) {
  constexpr std::size_t batch = 256;
  for (std::size_t at = 0; at < observations.size(); at += batch) {
    const std::size_t count = std::min(batch, observations.size() - at);
    for (const auto& result : writer.store(std::span{observations}.subspan(at, count), soon())) REQUIRE(result);
  }
}

}  // namespace

TEST_CASE("a word with a slip finds what the right word finds, and the answer says how it was read") {
  TestBook test;
  store_document(test.writer, 1, "one", "The telemetry server is down on Friday.");
  store_document(test.writer, 2, "two", "The canteen serves soup.");
  Reader reader = open_reader(test.book);
  const std::string typed = GENERATE("telemtry", "telemetyr", "tellemetry", "telemetrx", "xelemetry", "telemetery");
  INFO(typed);
  QueryPlan plan = words({typed});
  const Answer answer = ask(reader, plan);
  CHECK(ids(answer) == std::vector<std::string>{"one"});
  REQUIRE_FALSE(answer.corrections.empty());
  CHECK(answer.corrections.front().asked == typed);
  plan.parts.spelling = false;
  CHECK(ask(reader, plan).passages.empty());
  CHECK(ask(reader, plan).corrections.empty());
}

TEST_CASE("what a word with a slip stands for is looked for once, until documents come or go") {
  TestBook test;
  store_document(test.writer, 1, "one", "The telemetry server is down on Friday.");
  Reader reader = open_reader(test.book);
  const QueryPlan plan = words({"telemtry"});
  const auto read_as = [&] {
    std::set<std::string> all;
    for (const auto& each : ask(reader, plan).corrections) all.insert(each.read_as);
    return all;
  };
  const auto first = read_as();
  REQUIRE(first.size() == 1);
  const auto rows = reader.last_rows_read();
  CHECK(read_as() == first);
  CHECK(reader.last_rows_read() < rows / 5);
  Reader other = open_reader(test.book);
  CHECK(ask(other, plan).corrections.size() == 1);
  CHECK(other.last_rows_read() < rows / 5);
  store(test.writer, observed(2, {has_text("Ada", "plays", "cello")}));  // no document
  CHECK(read_as() == first);
  CHECK(reader.last_rows_read() < rows / 5);

  store_document(test.writer, 3, "two", "A telemtr is no word, but it stands here.");
  CHECK(read_as().contains("telemtr"));
  CHECK(reader.last_rows_read() > rows / 2);

  // Who looks while a document is being taken away must not be told of it later.
  constexpr std::int64_t of_two = 3;
  REQUIRE(test.writer.retract(std::span{&of_two, 1}, soon()));
  CHECK(read_as().contains("telemtr"));
  auto compactor = open_compactor(test.book);
  compact_all(compactor);
  CHECK(read_as() == first);
}

TEST_CASE("known words, short words and numbers are never read as others") {
  TestBook test;
  store_document(test.writer, 1, "one", "The boxes of order 77413 arrived in good order.");
  Reader reader = open_reader(test.book);
  CHECK(ask(reader, words({"77412"})).passages.empty());
  CHECK(ask(reader, words({"goad"})).passages.empty());
  CHECK(ask(reader, words({"zygote"})).passages.empty());
  const Answer known = ask(reader, words({"order", "boxes"}));
  CHECK(known.corrections.empty());
  CHECK(known.passages.size() == 1);
}

TEST_CASE("a name with a slip leads to the entity, but not where documents spell it so") {
  TestBook test;
  store(test.writer, observed(1, {has_text("Jonas Brandweil", "plays", "cello")}));
  Reader reader = open_reader(test.book);
  QueryPlan plan;
  plan.names = {"Jonas Brandwiel"};
  const Answer answer = ask(reader, plan);
  CHECK(holds_value(answer, "cello"));
  REQUIRE(answer.corrections.size() == 1);
  CHECK(answer.corrections.front().read_as == "jonas brandweil");
  plan.parts.spelling = false;
  CHECK(ask(reader, plan).facts.empty());

  store(test.writer, observed(3, {has_text("Meeting room 12", "holds", "a piano")}));
  plan.parts.spelling = true;
  plan.names = {"Meeting room 13"};  // another room, not a slip
  CHECK_FALSE(holds_value(ask(reader, plan), "a piano"));
  plan.names = {"Meetnig room 12"};
  CHECK(holds_value(ask(reader, plan), "a piano"));
  plan.names = {"Jonas Brandwiel"};

  store_document(test.writer, 2, "other", "Jonas Brandwiel is somebody else.");
  plan.parts.spelling = true;
  CHECK_FALSE(holds_value(ask(reader, plan), "cello"));
}

TEST_CASE("texts are like each other by their pieces, and each single slip is among the edits") {
  CHECK(trigram_similarity("kestrel", "kestrel") == 1.0);
  CHECK(trigram_similarity("kestrel", "kestrl") > trigram_similarity("kestrel", "kettle"));
  CHECK(trigram_similarity("abc", "xyz") == 0.0);
  const auto edits = one_edit_away("house");
  for (const char* edit : {"hous", "ohuse", "houses", "mouse", "hose", "horse", "chouse"})
    CHECK(std::binary_search(edits.begin(), edits.end(), edit));
  CHECK_FALSE(std::binary_search(edits.begin(), edits.end(), "house"));
  CHECK(one_edit_away(std::string(edited_bytes_max + 1, 'a')).empty());
  CHECK(one_edit_away("caf\xC3\xA9").empty());
}

TEST_CASE("the walk reads the closest entities first and never follows a predicate of weight zero") {
  TestBook test;
  store(test.writer, observed(1, {says("Ada", "mentions", "Zoo"), says("Ada", "works for", "Mill"),
                                  says("Ada", "blocks", "Spam"), has_text("Zoo", "is", "a park"),
                                  has_text("Mill", "is", "a factory"), has_text("Spam", "is", "unwanted")}));
  Reader reader = open_reader(test.book);
  QueryPlan plan;
  plan.names = {"Ada"};
  plan.walk_depth = 1;
  plan.walk_weights = {{"works for", 0.9}, {"mentions", 0.2}, {"blocks", 0}};
  const Answer all = ask(reader, plan);
  CHECK(holds_value(all, "a park"));
  CHECK_FALSE(holds_value(all, "unwanted"));
  for (const Fact& fact : all.facts)
    CHECK(fact.closeness == Approx(fact.subject.spelling == "Ada" ? 1.0 : fact.subject.spelling == "Mill" ? 0.9 : 0.2));
  plan.entities_max = 2;
  const Answer cut = ask(reader, plan);
  CHECK(holds_value(cut, "a factory"));
  CHECK_FALSE(holds_value(cut, "a park"));
  CHECK(cut.truncated);
  plan.parts.graph = false;
  CHECK_FALSE(holds_value(ask(reader, plan), "a factory"));
  plan.walk_weights = {{"works for", 1.5}};
  CHECK(reader.answer(plan, soon()).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("an entity with very many rows is read in part, and no predicate crowds out another") {
  const bool compacted = GENERATE(false, true);
  INFO((compacted ? "in the sorted part" : "in the tail"));
  ManualClock clock;
  TemporaryFolder folder;
  Book book = open_small_book(folder.path() / "memory.db", clock);
  Writer writer = open_writer(book);
  std::vector<Observation> observations;
  observations.push_back(observed(62, {has_text("hub", "belongs to", "the town")}));
  for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
    std::vector<Triple> triples;
    for (std::uint64_t at = 0; at < 100; ++at)
      triples.push_back(says("hub", "has seen", "visitor " + std::to_string(sequence * 100 + at)));
    observations.push_back(observed(sequence, std::move(triples)));
    observations.back().ack_class = AckClass::applied;
  }
  observations.push_back(observed(61, {has_text("hub", "stands in", "the yard")}));
  store_all(writer, observations);
  if (compacted) {
    Compactor compactor = open_compactor(book);
    compact_all(compactor);
  }
  Reader reader = open_reader(book);
  QueryPlan plan;
  plan.names = {"hub"};
  plan.walk_depth = 0;
  plan.facts_max = 100'000;
  const Answer answer = ask(reader, plan);
  CHECK(holds_value(answer, "the yard"));
  CHECK(holds_value(answer, "the town"));
  CHECK(answer.truncated);
  CHECK(answer.facts.size() < 1'000);
  if (compacted) CHECK(reader.last_rows_read() < 15'000);
}

TEST_CASE("a few facts cost as much of an entity with very many as of one with few, and the best of a small one are found") {
  TestBook test;
  std::vector<Observation> observations;
  std::uint64_t sequence = 0;
  const auto visits = [&](const std::string& host, std::size_t count) {
    for (std::size_t at = 0; at < count; at += 50) {
      std::vector<Triple> triples;
      for (std::size_t guest = at; guest < std::min(count, at + 50); ++guest) {
        triples.push_back(says(host, "has seen", host + "'s guest " + std::to_string(guest)));
        triples.push_back(says(host + "'s guest " + std::to_string(guest), "waits for", host));
      }
      observations.push_back(observed(++sequence, std::move(triples)));
      observations.back().ack_class = AckClass::applied;
      observations.back().valid_from = {static_cast<std::int64_t>(sequence)};
    }
    observations.push_back(observed(++sequence, {has_text(host, "lives in", "the yard")}));
  };
  visits("small", 200);
  visits("large", 2'000);
  visits("huge", 20'000);
  store_all(test.writer, observations);
  Compactor compactor = open_compactor(test.book);
  compact_all(compactor);
  Reader reader = open_reader(test.book);
  const auto rows_of = [&](const std::string& name, int depth, std::size_t facts, Answer& answer) {
    QueryPlan plan;
    plan.names = {name};
    plan.walk_depth = depth;
    plan.facts_max = facts;
    answer = ask(reader, plan);
    CHECK(answer.facts.size() == facts);
    CHECK(answer.truncated);
    return reader.last_rows_read();
  };
  for (const int depth : {0, 1, 2}) {
    INFO("depth " << depth);
    Answer answer;
    const std::size_t facts = depth == 0 ? 20 : 100;
    rows_of("small", depth, facts, answer);
    if (depth == 0) {  // the latest of all, since there are few enough to look at each
      for (const Fact& fact : answer.facts) CHECK(fact.valid_from.unix_ms == 4);
    }
    const auto large = rows_of("large", depth, facts, answer);
    const auto huge = rows_of("huge", depth, facts, answer);
    CHECK(static_cast<double>(huge) <= 1.1 * static_cast<double>(large) + 20);
    CHECK(huge < (depth == 0 ? 1'500U : 6'000U));
  }
}

TEST_CASE("of a single-valued predicate the last value is found among very many, also where few facts are wanted") {
  const bool compacted = GENERATE(false, true);
  INFO((compacted ? "in the sorted part" : "in the tail"));
  TestBook test;
  std::vector<Observation> observations;
  for (std::uint64_t sequence = 1; sequence <= 1'500; ++sequence) {
    // Neither the least nor the greatest text, nor first or last by arrival.
    const std::uint64_t number = (sequence * 739) % 1'500;
    observations.push_back(observed(sequence, {{named("pump"), "pressure",
                                                Literal{LiteralType::text, "bar " + std::to_string(10'000 + number)},
                                                Cardinality::single}}));
    observations.back().ack_class = AckClass::applied;
    observations.back().valid_from = {static_cast<std::int64_t>((number * 367) % 1'500)};
  }
  store_all(test.writer, observations);
  if (compacted) {
    Compactor compactor = open_compactor(test.book);
    compact_all(compactor);
  }
  Reader reader = open_reader(test.book);
  QueryPlan plan;
  plan.names = {"pump"};
  plan.walk_depth = 0;
  plan.facts_max = 1;
  const Answer answer = ask(reader, plan);
  REQUIRE(answer.facts.size() == 1);
  CHECK_FALSE(answer.facts.front().superseded);
  CHECK(answer.facts.front().valid_from.unix_ms == 1'499);
}

TEST_CASE("of words that very many documents hold, those documents are found that hold them together, or a rare one") {
  TestBook test;
  std::vector<Observation> observations;
  for (std::uint64_t sequence = 1; sequence <= 2'600; ++sequence) {
    const bool both = sequence == 40;
    const std::string text = both                  ? "river and mountain in one picture"
                             : sequence == 50      ? "the river has an otter"
                             : sequence % 2 == 0   ? "the river is high today"
                                                   : "the mountain is white today";
    observations.push_back(observed(sequence, {}));
    observations.back().document = document("d" + std::to_string(sequence), text);
    observations.back().ack_class = AckClass::applied;
  }
  store_all(test.writer, observations);
  Reader reader = open_reader(test.book);
  CHECK(ids(ask(reader, words({"river", "mountain"}))).front() == "d40");
  CHECK(ids(ask(reader, words({"river", "otter"}))).front() == "d50");
  CHECK(reader.last_rows_read() < 10'000);
}

TEST_CASE("words, entities and time are looked for only where they are switched on") {
  TestBook test;
  store_document(test.writer, 1, "one", "Nothing but a walrus.", {has_text("Walrus", "weighs", "1200 kg")});
  Reader reader = open_reader(test.book);
  QueryPlan plan = words({"walrus"});
  plan.names = {"Walrus"};
  plan.parts.words = false;
  CHECK(ask(reader, plan).passages.empty());
  CHECK(holds_value(ask(reader, plan), "1200 kg"));
  plan.parts = {};
  plan.parts.entities = false;
  CHECK(ask(reader, plan).passages.size() == 1);
  CHECK(ask(reader, plan).starts.empty());
}

TEST_CASE("a question that corrects words and walks reads one snapshot, whatever is committed meanwhile", "[P8]") {
  TestBook test;
  store_document(test.writer, 1, "first", "The telemetry server.", {says("Telemetry", "runs on", "Atlas")});
  Writer other = open_writer(test.book);
  Reader reader = open_reader(test.book);
  std::uint64_t stored = 1;
  auto watch = Steps::instance().on("read.before_sorted", [&] {
    if (stored >= 4) return;
    ++stored;
    store_document(other, 100 + stored, "late" + std::to_string(stored), "The telemtry of later, telemetry too.",
                   {says("Atlas", "stands in", "room " + std::to_string(stored))});
  });
  QueryPlan plan = words({"telemtry"});
  plan.names = {"Telemetry"};
  plan.walk_depth = 2;
  const Answer answer = ask(reader, plan);
  REQUIRE(stored == 4);
  CHECK(ids(answer) == std::vector<std::string>{"first"});
  for (std::uint64_t room = 2; room <= stored; ++room) CHECK_FALSE(holds_value(answer, "room " + std::to_string(room)));
}

TEST_CASE("a walk ends where the answer is full, and gives what a longer one would have given", "[P8]") {
  TestBook test;
  std::uint64_t sequence = 0;
  const auto hop = [&](const std::string& from, const std::string& to) {
    Observation observation = observed(++sequence, {says(from, "knows", to)});
    observation.valid_from = {static_cast<std::int64_t>(sequence)};
    static_cast<void>(store(test.writer, observation));
  };
  for (int near = 0; near < 12; ++near) {
    hop("ada", "friend " + std::to_string(near));
    for (int far = 0; far < 40; ++far)
      hop("friend " + std::to_string(near), "stranger " + std::to_string(near) + "." + std::to_string(far));
  }
  Reader reader = open_reader(test.book);
  QueryPlan plan;
  plan.names = {"ada"};
  plan.facts_max = 30;
  plan.walk_depth = 1;
  const Answer near = ask(reader, plan);
  const auto rows_of_near = reader.last_rows_read();
  plan.walk_depth = 3;
  const Answer far = ask(reader, plan);
  CHECK(far == near);
  CHECK(far.truncated);
  CHECK(far.facts.size() == 30);
  CHECK(reader.last_rows_read() <= rows_of_near);
  // With room for all of them it goes on.
  plan.facts_max = 100'000;
  plan.entities_max = 10'000;
  CHECK(ask(reader, plan).facts.size() == 12 + 12 * 40);
}

TEST_CASE("of facts that weigh the same, documents and agents decide which is the best evidence") {
  TestBook test;
  Reader reader = open_reader(test.book);
  const auto tell = [&](std::uint64_t sequence, const std::string& agent, const std::string& value) {
    Observation observation = observed(sequence, {has_text("ada", "lives in", value)});
    observation.triples.front().cardinality = Cardinality::single;
    observation.agent = agent;
    observation.session = agent;
    static_cast<void>(store(test.writer, observation));
  };
  tell(1, "zoe", "Paris");
  tell(1, "bob", "Rome");
  QueryPlan plan;
  plan.names = {"ada"};
  plan.walk_depth = 0;
  const Answer answer = ask(reader, plan);
  REQUIRE(answer.facts.size() == 2);
  CHECK(answer.facts[0].citation.agent == "zoe");
  CHECK_FALSE(answer.facts[0].superseded);
  CHECK(answer.facts[1].citation.agent == "bob");
  CHECK(answer.facts[1].superseded);
}
