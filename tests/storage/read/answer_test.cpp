// What a question gets: facts and passages with the evidence that ranks highest, whatever came first.
#include "read_support.hpp"

#include "book/triple_reader.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

QueryPlan about(const std::string& name, int depth = 0) {
  QueryPlan plan;
  plan.names = {name};
  plan.walk_depth = depth;
  return plan;
}

// Ids and the commit number say who came first; all else must not.
Answer without_ids(Answer answer) {
  answer.commit_seq = 0;
  for (EntityView& start : answer.starts) start.id = 0;
  for (Passage& passage : answer.passages)
    if (passage.subject) passage.subject->id = 0;
  for (Fact& fact : answer.facts) {
    fact.subject.id = 0;
    if (auto* object = std::get_if<EntityView>(&fact.object)) object->id = 0;
  }
  return answer;
}

std::vector<std::string> values(const Answer& answer, bool superseded) {
  std::vector<std::string> found;
  for (const Fact& fact : answer.facts)
    if (fact.superseded == superseded)
      if (const auto* literal = std::get_if<Literal>(&fact.object)) found.push_back(literal->text);
  return found;
}

Observation starts_at(std::uint64_t sequence, const std::string& date, std::int64_t revision) {
  Observation observation =
      observed(sequence, {{named("planning"), "starts at", Literal{LiteralType::date, date}, Cardinality::single}});
  observation.revision = revision;
  observation.valid_from = {revision * 1'000};
  observation.document = document("planning", "planning on " + date);
  return observation;
}

// Observations that meet in everything that an answer ranks by: names in several spellings, documents with equal words,
// versions of documents, claims, single values.
std::vector<Observation> rich_observations(std::uint64_t seed) {
  Dice dice{seed};
  std::vector<Observation> observations;
  const char* spellings[] = {"Ada Byron", "ada byron", "ADA BYRON", "Ada  Byron"};
  for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
    Observation made = random_observation(dice, sequence);
    made.session = "session " + std::to_string(sequence);  // so that any order is a legal one
    made.sequence = 1;
    made.triples.push_back({named(spellings[dice.below(4)]), "seen with",
                            named("name " + std::to_string(dice.below(9))), Cardinality::many});
    made.triples.push_back(
        {named("ada byron"), "lives in", named("town " + std::to_string(dice.below(3))), Cardinality::single});
    made.claims.push_back({strong("ada" + std::to_string(dice.below(2)) + "@example.org"), "Countess"});
    made.document = document("report " + std::to_string(dice.below(30)), "equal words in all");
    made.document->hash = content_hash(std::to_string(dice.below(3)));
    made.revision = static_cast<std::int64_t>(dice.below(3));
    made.valid_from = {static_cast<std::int64_t>(dice.below(4))};
    made.position = "line " + std::to_string(sequence);
    observations.push_back(std::move(made));
  }
  return observations;
}

void shuffle(std::vector<Observation>& observations, Dice& dice) {
  for (std::size_t left = observations.size(); left > 1; --left)
    std::swap(observations[left - 1], observations[dice.below(left)]);
}

QueryPlan wide_plan() {
  QueryPlan plan = about("Ada Byron", 2);
  plan.names.push_back("Countess");
  plan.terms = {"equal", "words"};
  plan.documents_max = 3;  // fewer than match equally well
  plan.entities_max = 25;
  return plan;
}

}  // namespace

TEST_CASE("answers and content digest are equal for every order of arrival", "[P11]") {
  const auto seed = GENERATE(from_range(seeds_to_run(4)));
  INFO("replay: COMMONBOOK_SEED=" << seed);
  auto observations = rich_observations(seed);
  Dice dice{seed + 100};
  std::optional<Answer> first;
  std::uint64_t first_digest = 0;
  for (int order = 0; order < 4; ++order) {
    TestBook test;
    for (const Observation& observation : observations) static_cast<void>(store(test.writer, observation));
    if (order % 2 == 1) {
      Compactor compactor = open_compactor(test.book);
      static_cast<void>(compact_all(compactor));
    }
    Reader reader = open_reader(test.book);
    const Answer now = without_ids(ask(reader, wide_plan()));
    const auto digest = reader.content_digest(soon());
    REQUIRE(digest);
    if (!first) {
      first = now;
      first_digest = *digest;
      REQUIRE(now.facts.size() > 20);
      REQUIRE(now.passages.size() == 3);
    }
    INFO("order " << order);
    CHECK(now.starts == first->starts);
    CHECK(now.passages == first->passages);
    CHECK(now.facts == first->facts);
    CHECK(now == *first);
    CHECK(*digest == first_digest);
    shuffle(observations, dice);
  }
}

TEST_CASE("an answer is the same before, during and after compaction", "[P8]") {
  TemporaryFolder folder;
  TickingClock clock;
  const Book book = open_small_book(folder.path() / "memory.db", clock);
  Writer writer = open_writer(book);
  for (const Observation& observation : rich_observations(1)) static_cast<void>(store(writer, observation));
  Reader reader = open_reader(book);
  Compactor compactor = open_compactor(book);
  const Answer before = ask(reader, wide_plan());
  const auto digest = reader.content_digest(soon());
  REQUIRE(digest);
  REQUIRE(before.facts.size() > 20);
  int slices = 0;
  for (; step(compactor).outcome != CompactionOutcome::idle; ++slices) {
    INFO("after slice " << slices);
    REQUIRE(ask(reader, wide_plan()) == before);
    REQUIRE(*reader.content_digest(soon()) == *digest);
  }
  CHECK(slices > 5);
}

TEST_CASE("a reader sees what was acknowledged, from any process", "[P8]") {
  TestBook test;
  const Book other = open_book(test.path);  // as a second process would open it
  Reader near = open_reader(test.book);
  Reader far = open_reader(other);
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
    const std::string object = "friend " + std::to_string(sequence);
    const Receipt receipt = store(test.writer, observed(sequence, {says("ada", "knows", object)}));
    for (Reader* reader : {&near, &far}) {
      const Answer now = ask(*reader, about("ada"));
      CHECK(now.commit_seq == receipt.commit_seq);
      CHECK(now.facts.size() == sequence);
    }
  }
}

TEST_CASE("a snapshot stays as it was while others write, compact and purge", "[P8]") {
  TemporaryFolder folder;
  TickingClock clock;
  const auto path = folder.path() / "memory.db";
  const Book book = open_small_book(path, clock);
  Writer writer = open_writer(book);
  for (std::uint64_t sequence = 1; sequence <= 30; ++sequence)
    static_cast<void>(store(writer, observed(sequence, {says("ada", "knows", "friend " + std::to_string(sequence))})));

  auto connection = book.shared().connect(Role::reader, soon());
  REQUIRE(connection);
  auto snapshot = Snapshot::begin(book.shared(), *connection, soon());
  REQUIRE(snapshot);
  const auto count = [&snapshot] {
    std::size_t rows = 0;
    REQUIRE(visit_all(*snapshot, [&rows](const TailRow& row) { rows += row.predicate != 1 ? 1U : 0U; }));
    return rows;
  };
  REQUIRE(count() == 30);
  static_cast<void>(store(writer, observed(31, {says("ada", "knows", "friend 31")})));
  CHECK(count() == 30);
  Compactor compactor = open_compactor(book);
  static_cast<void>(compact_all(compactor));
  CHECK(count() == 30);
  const std::int64_t retracted = observation_id(path, 3);
  REQUIRE(writer.retract(std::span{&retracted, 1}, soon()));
  static_cast<void>(compact_all(compactor));
  CHECK(count() == 30);
}

TEST_CASE("the value of the later revision holds, whichever arrived last", "[P11]") {
  const bool reversed = GENERATE(false, true);
  TestBook test;
  std::vector<Observation> observations = {starts_at(1, "2026-01-20", 0), starts_at(2, "2026-01-22", 1),
                                           starts_at(3, "2026-01-21", 2)};
  if (reversed) std::reverse(observations.begin(), observations.end());
  for (const Observation& observation : observations) static_cast<void>(store(test.writer, observation));
  Reader reader = open_reader(test.book);

  const Answer all = ask(reader, about("planning"));
  CHECK(values(all, false) == std::vector<std::string>{"2026-01-21"});
  CHECK(values(all, true) == std::vector<std::string>{"2026-01-22", "2026-01-20"});

  QueryPlan current = about("planning");
  current.superseded = false;
  CHECK(ask(reader, current).facts.size() == 1);

  QueryPlan earlier = about("planning");
  earlier.as_of = Timestamp{1'500};
  CHECK(values(ask(reader, earlier), false) == std::vector<std::string>{"2026-01-22"});

  QueryPlan words;
  words.terms = {"planning"};
  const Answer found = ask(reader, words);
  REQUIRE(found.passages.size() == 1);  // three versions of one document: the best one
  CHECK(found.passages[0].text == "planning on 2026-01-21");
}

TEST_CASE("a single value from before 1970 holds like any other") {
  TestBook test;
  Observation birth =
      observed(1, {{named("ada"), "born on", Literal{LiteralType::date, "1815-12-10"}, Cardinality::single}});
  birth.valid_from = {-4'861'000'000'000};
  static_cast<void>(store(test.writer, birth));
  Reader reader = open_reader(test.book);
  CHECK(values(ask(reader, about("ada")), false) == std::vector<std::string>{"1815-12-10"});
}

TEST_CASE("an entity is shown as most evidence spells it, retracted evidence left out") {
  TestBook test;
  const char* spellings[] = {"ada BYRON", "Ada Byron", "Ada Byron", "ada BYRON", "ada BYRON"};
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence)
    static_cast<void>(store(test.writer, observed(sequence, {says(spellings[sequence - 1], "wrote", "notes")})));
  Reader reader = open_reader(test.book);
  Compactor compactor = open_compactor(test.book);
  CHECK(ask(reader, about("ada byron")).starts.at(0).spelling == "ada BYRON");
  const std::vector<std::int64_t> ids = {observation_id(test.path, 4), observation_id(test.path, 5)};
  REQUIRE(test.writer.retract(ids, soon()));
  for (auto outcome = CompactionOutcome::slice; outcome != CompactionOutcome::idle; outcome = step(compactor).outcome)
    CHECK(ask(reader, about("ada byron")).starts.at(0).spelling == "Ada Byron");
}

TEST_CASE("retracted evidence is gone from the next answer on, and other evidence stays") {
  TestBook test;
  Observation first = observed(1, {says("ada", "knows", "charles")});
  first.document = document("letter one", "about engines");
  Observation second = observed(2, {says("ada", "knows", "charles"), says("ada", "knows", "mary")});
  second.document = document("letter two", "about engines");
  static_cast<void>(store(test.writer, first));
  static_cast<void>(store(test.writer, second));
  Reader reader = open_reader(test.book);
  QueryPlan plan = about("ada");
  plan.terms = {"engines"};
  REQUIRE(ask(reader, plan).passages.size() == 2);

  const std::int64_t id = observation_id(test.path, 2);
  REQUIRE(test.writer.retract(std::span{&id, 1}, soon()));
  const Answer now = ask(reader, plan);
  REQUIRE(now.facts.size() == 1);
  CHECK(now.facts[0].evidence_count == 1);
  CHECK(now.facts[0].citation.document_id == "letter one");
  REQUIRE(now.passages.size() == 1);
  CHECK(now.passages[0].citation.document_id == "letter one");
}

TEST_CASE("a name leads to the one strong entity that claims it, and to none of several") {
  TestBook test;
  Observation one = observed(1, {});
  one.triples.push_back({strong("jonas@example.org"), "wrote", named("the plan"), Cardinality::many});
  one.claims.push_back({strong("jonas@example.org"), "Jonas Brandweil"});
  static_cast<void>(store(test.writer, one));
  Reader reader = open_reader(test.book);
  const Answer found = ask(reader, about("jonas BRANDWEIL"));
  REQUIRE(found.starts.size() == 1);
  CHECK(found.starts[0].key.value == "jonas@example.org");
  CHECK(found.starts[0].spelling == "Jonas Brandweil");
  CHECK(found.facts.size() == 1);

  Observation two = observed(2, {});
  two.triples.push_back({strong("other@example.org"), "wrote", named("the other plan"), Cardinality::many});
  two.claims.push_back({strong("other@example.org"), "Jonas Brandweil"});
  static_cast<void>(store(test.writer, two));
  CHECK(ask(reader, about("jonas brandweil")).starts.empty());
}

TEST_CASE("words of a question are never read as search syntax") {
  TestBook test;
  Observation letter = observed(1, {says("ada", "wrote", "letter")});
  letter.document = document("letter", "engines near NOT AND OR");
  static_cast<void>(store(test.writer, letter));
  Reader reader = open_reader(test.book);
  QueryPlan plan;
  plan.terms = {"\"", "NOT", "(engines", "title:x", "*", "", "a\" OR \"b", std::string{"\0", 1}, "^near", "-"};
  CHECK(ask(reader, plan).passages.size() == 1);
}

TEST_CASE("a literal, and a range of literals, lead to their subjects") {
  TestBook test;
  for (std::uint64_t day = 1; day <= 9; ++day) {
    const std::string date = "2026-01-0" + std::to_string(day);
    static_cast<void>(store(test.writer, observed(day, {{named("meeting " + std::to_string(day)), "on",
                                                         Literal{LiteralType::date, date}, Cardinality::many}})));
  }
  Reader reader = open_reader(test.book);
  for (const bool compacted : {false, true}) {
    if (compacted) {
      Compactor compactor = open_compactor(test.book);
      static_cast<void>(compact_all(compactor));
    }
    QueryPlan plan;
    plan.walk_depth = 0;
    plan.literals = {{LiteralType::date, "2026-01-05"}};
    CHECK(ask(reader, plan).facts.size() == 1);
    plan.literals.clear();
    plan.ranges = {{"on", {LiteralType::date, "2026-01-03"}, {LiteralType::date, "2026-01-06"}}};
    CHECK(ask(reader, plan).facts.size() == 4);
  }
}

TEST_CASE("of a common entity's neighbours the walk keeps those with the most evidence, then those with the least keys") {
  TestBook test;
  std::uint64_t sequence = 0;
  const auto meets = [&](const std::string& guest) {
    static_cast<void>(store(test.writer, observed(++sequence, {says("host", "meets", guest), has_text(guest, "is", "here")})));
  };
  for (int guest = 100; guest < 400; ++guest) meets("guest " + std::to_string(guest));
  for (int time = 0; time < 3; ++time) meets("zoe");  // last by key, first by evidence
  meets("guest 399");
  Reader reader = open_reader(test.book);
  QueryPlan plan = about("host", 1);
  plan.entities_max = 1'000;
  for (const bool compacted : {false, true}) {
    if (compacted) {
      Compactor compactor = open_compactor(test.book);
      static_cast<void>(compact_all(compactor));
    }
    std::vector<std::string> around;
    for (const Fact& fact : ask(reader, plan).facts)
      if (fact.distance == 1) around.push_back(fact.subject.spelling);
    REQUIRE(around.size() == 200);
    CHECK(around[0] == "zoe");
    CHECK(around[1] == "guest 399");
    CHECK(around[2] == "guest 100");
    CHECK(around[199] == "guest 297");
    CHECK(ask(reader, plan).truncated);
  }
}

TEST_CASE("limits of a plan and of time are told, not run into") {
  TestBook test;
  Dice dice{1};
  for (std::uint64_t sequence = 1; sequence <= 200; ++sequence)
    static_cast<void>(store(test.writer, random_observation(dice, sequence)));
  Reader reader = open_reader(test.book);
  QueryPlan plan = about("name 1", 4);
  CHECK(reader.answer(plan, soon()).error().code == ErrorCode::invalid_argument);
  plan.walk_depth = 3;
  plan.facts_max = 5;
  const Answer cut = ask(reader, plan);
  CHECK(cut.facts.size() == 5);
  CHECK(cut.truncated);
  const auto late = reader.content_digest(std::chrono::steady_clock::now() - std::chrono::seconds{1});
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::timeout);
  CHECK(reader.content_digest(soon()));  // the reader goes on
}
