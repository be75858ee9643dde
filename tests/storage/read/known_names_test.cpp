// Names that a process remembers from one question to the next: they are what a process shows that has just opened the
// book, whatever was written, compacted, renamed, merged or forgotten meanwhile, here or elsewhere; and they cost a row.
#include "read_support.hpp"

#include "book/spelling_tally.hpp"
#include "commonbook/storage/identity.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

constexpr std::uint64_t names_count = 30;

QueryPlan about_all() {
  QueryPlan plan = plan_about_spelled(names_count);
  plan.keys = {{Scheme::mailto, "ada@example.org", {}}, {Scheme::mailto, "bob@example.org", {}}};
  return plan;
}

}  // namespace

TEST_CASE("a process that has shown names before shows what a new one does", "[P8]") {
  const auto seed = GENERATE(from_range(seeds_to_run(3)));
  INFO("replay: COMMONBOOK_SEED=" << seed);
  Dice dice{seed};
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const ManualClock clock;
  const Book near = open_small_book(path, clock);
  const Book far = open_small_book(path, clock);
  Writer writers[] = {open_writer(near), open_writer(far)};
  Compactor compactors[] = {open_compactor(near, "near"), open_compactor(far, "far")};
  Reader reader = open_reader(near);
  std::vector<std::int64_t> entities;
  std::uint64_t owner = 0;  // of the pass that may be under way
  for (std::uint64_t sequence = 1; sequence <= 90; ++sequence) {
    const std::uint64_t side = dice.below(2);
    Observation observation = observed(sequence, random_meetings(dice, names_count));
    if (dice.below(4) == 0) {
      const std::string address = dice.below(2) == 0 ? "ada@example.org" : "bob@example.org";
      observation.triples.push_back({strong(address), "wrote", named(spelled(dice.below(names_count), 0)), Cardinality::many});
      observation.claims.push_back({strong(address), spelled(dice.below(3), dice.below(4))});
    }
    observation.valid_from = {static_cast<std::int64_t>(dice.below(2))};
    observation.trust = dice.below(3) == 0 ? Trust::confirmed : Trust::own;
    if (dice.below(8) == 0)
      observation.triples.push_back(has_text(spelled(dice.below(names_count), 0), "shown as",
                                             "given " + std::to_string(sequence)));
    const Receipt receipt = store(writers[side], observation);
    for (const ReceiptEntity& entity : receipt.entities) entities.push_back(entity.id);
    if (dice.below(12) == 0) {
      static_cast<void>(compact_all(compactors[owner]));
      owner = dice.below(2);
    }
    if (dice.below(12) == 0) static_cast<void>(step(compactors[owner]));
    if (dice.below(15) == 0) {
      const std::int64_t id = observation_id(path, 1 + dice.below(sequence));
      REQUIRE(writers[side].retract(std::span{&id, 1}, soon()));
    }
    if (dice.below(15) == 0)
      static_cast<void>(merge_entities(side == 0 ? near : far, {.kept = entities[dice.below(entities.size())],
                                                                .merged = entities[dice.below(entities.size())]}, soon()));
    if (dice.below(3) == 0) continue;  // not every state is looked at
    const Book fresh = open_small_book(path, clock);
    Reader first_time = open_reader(fresh);
    INFO("after observation " << sequence);
    QueryPlan earlier = about_all();
    earlier.as_of = Timestamp{0};
    const Answer expected = ask(first_time, about_all());
    REQUIRE_FALSE(expected.starts.empty());
    REQUIRE(ask(reader, earlier) == ask(first_time, earlier));
    REQUIRE(ask(reader, about_all()) == expected);
  }
}

TEST_CASE("a name that very many observations tell is read once, and a given one is shown at once", "[P8]") {
  const bool compacted = GENERATE(false, true);
  INFO((compacted ? "in the sorted part" : "in the tail"));
  TestBook test;
  std::vector<Observation> observations;
  std::uint64_t sequence = 0;
  for (std::size_t count = 0; count < 400; ++count) {
    observations.push_back(observed(++sequence, {says("Hub", "meets", "Other Hub"), says("Third Hub", "knows", "Hub")}));
    observations.back().ack_class = AckClass::applied;
  }
  for (const Observation& observation : observations) static_cast<void>(store(test.writer, observation));
  if (compacted) {
    Compactor compactor = open_compactor(test.book);
    static_cast<void>(compact_all(compactor));
  }
  Reader reader = open_reader(test.book);
  const auto rows_of = [&] {
    QueryPlan plan = plan_about("Hub");
    plan.names.push_back("Third Hub");
    CHECK(ask(reader, plan).starts.size() == 2);
    return reader.last_rows_read();
  };
  const auto first = rows_of();
  CHECK(rows_of() + 90 <= first);  // 32 observations for each of three names
  static_cast<void>(store(test.writer, observed(++sequence, {says("HUB", "meets", "Other Hub")})));
  CHECK(rows_of() + 90 <= first);
  CHECK(shown(reader, "hub") == "Hub");
  Observation given = observed(++sequence, {has_text("Hub", "shown as", "The Hub")});
  given.trust = Trust::confirmed;
  static_cast<void>(store(test.writer, given));
  CHECK(shown(reader, "hub") == "The Hub");
}

TEST_CASE("a remembered name outlives the pass that compacts its rows, here or elsewhere") {
  const bool elsewhere = GENERATE(false, true);
  INFO((elsewhere ? "compacted by another process" : "compacted here"));
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const ManualClock clock;
  const Book near = open_small_book(path, clock);
  const Book far = open_small_book(path, clock);
  Writer writer = open_writer(near);
  Compactor compactor = open_compactor(elsewhere ? far : near);
  Reader reader = open_reader(near);
  static_cast<void>(store(writer, observed(1, {says("ada BYRON", "wrote", "notes")})));
  static_cast<void>(store(writer, observed(2, {says("somebody", "wrote", "letters")})));
  CHECK(shown(reader, "ada byron") == "ada BYRON");
  const auto first = reader.last_rows_read();
  static_cast<void>(store(writer, observed(3, {says("somebody", "wrote", "books")})));
  static_cast<void>(compact_all(compactor));
  static_cast<void>(store(writer, observed(4, {says("somebody", "wrote", "plays")})));
  CHECK(shown(reader, "ada byron") == "ada BYRON");
  CHECK(reader.last_rows_read() + 2 <= first);  // its key, and who names it
  static_cast<void>(store(writer, observed(5, {says("Ada Byron", "wrote", "tables")})));
  static_cast<void>(store(writer, observed(6, {says("Ada Byron", "wrote", "programs")})));
  static_cast<void>(compact_all(compactor));
  CHECK(shown(reader, "ada byron") == "Ada Byron");
}

TEST_CASE("a remembered name counts those who name the entity later, one row each, until as many were asked as ever are") {
  TestBook test;
  Reader reader = open_reader(test.book);
  std::uint64_t sequence = 0;
  const auto tell = [&](const std::string& name) {
    Observation observation = observed(sequence + 1, {says(name, "met", "somebody")});
    ++sequence;
    static_cast<void>(store(test.writer, observation));
  };
  for (int count = 0; count < 10; ++count) tell("ada BYRON");
  CHECK(shown(reader, "ada byron") == "ada BYRON");
  for (int count = 0; count < 11; ++count) {
    tell("Ada Byron");
    CHECK(shown(reader, "ada byron") == (count < 9 ? "ada BYRON" : "Ada Byron"));  // of two equally common ones, the lesser
    CHECK(reader.last_rows_read() < 3 * sequence + 8);  // its facts and their evidence, not who spelled it how before
  }
  // Whoever names it while it is read counts with the next question, though this one has asked enough.
  for (int count = 0; count < 10; ++count) tell("Ada Byron");
  CHECK(shown(reader, "ada byron") == "Ada Byron");
  tell("Ada Byron");
  std::uint64_t meanwhile = 0;
  auto watch = Steps::instance().on("read.after_begin", [&] {
    if (meanwhile++ == 0) tell("Ada Byron");
  });
  CHECK(shown(reader, "ada byron") == "Ada Byron");
  CHECK(shown(reader, "ada byron") == "Ada Byron");
  for (int count = 0; count < 3; ++count) {
    tell("ADA BYRON");
    CHECK(shown(reader, "ada byron") == "Ada Byron");
  }
}

TEST_CASE("an observation with very many rows is one voice among those who say how an entity is spelled") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const ManualClock clock;
  const Book book = open_small_book(path, clock);
  Writer writer = open_writer(book);
  Observation many = observed(1, {});
  for (int count = 0; count < 40; ++count) many.triples.push_back(says("Ada BYRON", "met", "guest " + std::to_string(count)));
  static_cast<void>(store(writer, many));
  for (std::uint64_t sequence = 2; sequence <= 6; ++sequence)
    static_cast<void>(store(writer, observed(sequence, {says("Ada Byron", "wrote", "notes " + std::to_string(sequence))})));
  Reader reader = open_reader(book);
  CHECK(shown(reader, "ada byron") == "Ada Byron");
  Compactor compactor = open_compactor(book);
  static_cast<void>(compact_all(compactor));
  CHECK(shown(reader, "ada byron") == "Ada Byron");
  const Book fresh = open_small_book(path, clock);
  Reader first_time = open_reader(fresh);
  CHECK(shown(first_time, "ada byron") == "Ada Byron");
}

TEST_CASE("the spelling of an entity that few observations name changes with the next of them") {
  TestBook test;
  Reader reader = open_reader(test.book);
  static_cast<void>(store(test.writer, observed(1, {says("ada BYRON", "wrote", "notes")})));
  CHECK(shown(reader, "ada byron") == "ada BYRON");
  static_cast<void>(store(test.writer, observed(2, {says("notes", "written by", "Ada Byron")})));
  static_cast<void>(store(test.writer, observed(3, {says("Ada Byron", "wrote", "letters")})));
  CHECK(shown(reader, "ada byron") == "Ada Byron");
}

TEST_CASE("what was concluded cites its document as soon as that is there, and evidence is gone with the next question") {
  TestBook test;
  Reader reader = open_reader(test.book);
  Observation concluded = observed(1, {has_text("engine", "runs on", "steam")});
  concluded.derived_from = {"letter"};
  static_cast<void>(store(test.writer, concluded));
  const auto cited = [&] {
    const Answer answer = ask(reader, plan_about("engine"));
    return answer.facts.empty() ? std::string{"nothing"} : answer.facts.front().citation.document_id;
  };
  CHECK(cited().empty());
  Observation letter = observed(2, {});
  letter.document = document("letter", "The engine runs on steam.");
  static_cast<void>(store(test.writer, letter));
  CHECK(cited() == "letter");
  const std::int64_t id = observation_id(test.path, 1);
  REQUIRE(test.writer.retract(std::span{&id, 1}, soon()));
  CHECK(cited() == "nothing");
}

TEST_CASE("a spelling is decided no sooner than nothing that follows can change it, and no later than a majority of all") {
  for (const std::uint64_t seed : seeds_to_run(200)) {
    INFO("seed " << seed);
    std::mt19937_64 dice{seed};
    const std::size_t kinds = 1 + dice() % 4;
    const std::size_t sources = 32;
    std::vector<std::string> said;
    SpellingTally tally;
    std::optional<std::size_t> decided_at;
    std::map<std::string, std::size_t> counts;
    std::string decided;
    for (std::size_t at = 0; at < sources; ++at) {
      if (!decided_at && tally.is_decided(static_cast<std::int64_t>(sources - at))) {
        decided_at = at;
        decided = std::max_element(counts.begin(), counts.end(), [](auto& left, auto& right) {
                    return left.second < right.second;
                  })->first;
      }
      // The first is the likeliest; now and then a source says nothing.
      if (dice() % 8 != 0) said.push_back(std::string(1, static_cast<char>('a' + std::min(dice() % kinds, dice() % kinds))));
      tally.add_up_to(said.size(), [&](std::size_t place) { return &said[place]; });
      if (!said.empty()) counts = {};
      for (const std::string& text : said) ++counts[text];
      for (const auto& [text, count] : counts)
        if (2 * count > sources) CHECK(tally.is_decided(static_cast<std::int64_t>(sources - at) - 1));
    }
    if (!decided_at) continue;
    for (const auto& [text, count] : counts) CHECK((text == decided || count < counts[decided]));
  }
}
