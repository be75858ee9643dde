// Merging, taking merges back, renaming, deciding suggestions: what readers see, and that nothing is lost on the way back.
#include "read_support.hpp"

#include "book/schema.hpp"
#include "commonbook/storage/forget.hpp"
#include "commonbook/storage/identity.hpp"
#include "commonbook/storage/transfer.hpp"

#include <algorithm>
#include <set>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

std::uint64_t content_digest(const Book& book) {
  const auto digest = open_reader(book).content_digest(soon());
  if (!digest) FAIL(to_string(digest.error()));
  return *digest;
}

std::int64_t id_of(const Book& book, const std::string& text) {
  const auto found = find_entities(book, text, soon());
  if (!found) FAIL(to_string(found.error()));
  INFO(text);
  REQUIRE(found->size() == 1);
  return found->front().id;
}

MergeReport merge(const Book& book, const std::string& kept, const std::string& merged) {
  const auto report = merge_entities(book, {.kept = id_of(book, kept), .merged = id_of(book, merged)}, soon());
  if (!report) FAIL(to_string(report.error()));
  return *report;
}

UnmergeReport unmerge(const Book& book, const std::string& one, const std::string& other) {
  const auto report = unmerge_entities(book, {.one = id_of(book, one), .other = id_of(book, other)}, soon());
  if (!report) FAIL(to_string(report.error()));
  return *report;
}

Answer ask(const Book& book, const std::string& name) {
  QueryPlan plan;
  plan.names = {name};
  auto answer = open_reader(book).answer(plan, soon());
  if (!answer) FAIL(to_string(answer.error()));
  return std::move(*answer);
}

// "subject predicate object [agent]" of the facts about what the name leads to.
std::set<std::string> facts_about(const Book& book, const std::string& name) {
  const Answer answer = ask(book, name);
  std::set<std::string> lines;
  for (const Fact& fact : answer.facts) {
    if (fact.distance > 0) continue;
    const auto* object = std::get_if<EntityView>(&fact.object);
    lines.insert(fact.subject.spelling + '|' + fact.predicate + '|' +
                 (object != nullptr ? object->spelling : std::get<Literal>(fact.object).text) + '|' +
                 fact.citation.position + '|' + std::to_string(fact.evidence_count));
  }
  return lines;
}

std::string name_of(int number) { return number % 4 == 0 ? "p" + std::to_string(number) + "@example.org" : "name " + std::to_string(number); }

EntityName entity_of(int number) { return number % 4 == 0 ? strong(name_of(number)) : named(name_of(number)); }

void fill(Writer& writer, std::uint64_t seed, int entities) {
  Dice dice{seed};
  const auto any = [&] { return entity_of(static_cast<int>(dice.below(static_cast<std::uint64_t>(entities)))); };
  for (int number = 0; number < entities; ++number) REQUIRE(writer.find_or_create(entity_of(number), soon()));
  for (std::uint64_t sequence = 1; sequence <= 30; ++sequence) {
    Observation observation = observed(sequence, {{any(), "knows", any()}, {any(), "likes", Literal{LiteralType::text, "tea"}}});
    observation.position = "place " + std::to_string(sequence);
    static_cast<void>(store(writer, observation));
  }
}

using Pair = std::pair<int, int>;  // merged, kept

}  // namespace

TEST_CASE("any merges and unmerges end in the content that the remaining merges alone would give", "[property]") {
  for (const std::uint64_t seed : seeds_to_run(12)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    constexpr int entities = 9;
    TestBook test;
    fill(test.writer, seed, entities);
    std::vector<std::int64_t> ids;
    for (int number = 0; number < entities; ++number) ids.push_back(id_of(test.book, name_of(number)));
    Dice dice{seed + 1000};
    std::vector<Pair> standing;
    const auto same = [](const Pair& left, const Pair& right) {
      return left == right || left == Pair{right.second, right.first};
    };
    for (int step = 0; step < 40; ++step) {
      const int one = static_cast<int>(dice.below(entities));
      const int other = static_cast<int>(dice.below(entities));
      const auto known = std::find_if(standing.begin(), standing.end(), [&](const Pair& pair) { return same(pair, {one, other}); });
      if (dice.below(5) < 3) {
        const auto merged = merge_entities(test.book, {.kept = ids[static_cast<std::size_t>(other)], .merged = ids[static_cast<std::size_t>(one)]}, soon());
        CHECK(merged.has_value() == (one != other));
        if (merged) CHECK(merged->changed == (known == standing.end()));
        if (one != other && known == standing.end()) standing.emplace_back(one, other);
      } else {
        const auto undone = unmerge_entities(
            test.book, {.one = ids[static_cast<std::size_t>(one)], .other = ids[static_cast<std::size_t>(other)]}, soon());
        CHECK(undone.has_value() == (known != standing.end()));
        if (known != standing.end()) standing.erase(known);
      }
    }
    require_verified(test.book);
    CHECK(kept_digest(test.path) == recomputed_digest(test.path));

    TestBook alone;
    fill(alone.writer, seed, entities);
    for (std::size_t left = standing.size(); left > 1; --left) std::swap(standing[left - 1], standing[dice.below(left)]);
    for (const auto& [merged, kept] : standing) static_cast<void>(merge(alone.book, name_of(kept), name_of(merged)));
    CHECK(content_digest(test.book) == content_digest(alone.book));
    for (int number = 0; number < entities; ++number) {
      INFO(name_of(number));
      CHECK(facts_about(test.book, name_of(number)) == facts_about(alone.book, name_of(number)));
    }
  }
}

TEST_CASE("a merge that is taken back leaves every row as it was, evidence and all") {
  TestBook test;
  fill(test.writer, 3, 8);
  auto before = dump(test.path);
  const auto facts = facts_about(test.book, "name 1");
  static_cast<void>(merge(test.book, "name 1", "name 2"));
  static_cast<void>(merge(test.book, "name 2", "name 3"));
  static_cast<void>(merge(test.book, "p4@example.org", "name 1"));
  CHECK(facts_about(test.book, "name 1") != facts);
  CHECK(facts_about(test.book, "name 1") == facts_about(test.book, "name 3"));
  const auto all = unmerge_entities(test.book, {.one = id_of(test.book, "name 1"), .other = {}}, soon());
  REQUIRE(all);
  CHECK(all->merges == 2);
  static_cast<void>(unmerge(test.book, "name 3", "name 2"));
  auto after = dump(test.path);
  before.erase("meta");  // the epoch
  after.erase("meta");
  CHECK(after == before);
  CHECK(facts_about(test.book, "name 1") == facts);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("readers take merged entities for one: by each name, as subject and as object, and around it") {
  TestBook test;
  Observation first = observed(1, {says("Acme Corp", "employs", "Priya"), says("Owen", "works at", "Acme Corp")});
  Observation second = observed(2, {says("ACME Corporation", "employs", "Priya"), says("ACME Corporation", "based in", "Utrecht")});
  second.document = document("<offer>", "an offer by the corporation");
  second.document->subject = named("ACME Corporation");
  static_cast<void>(store(test.writer, first));
  static_cast<void>(store(test.writer, second));
  CHECK(merge(test.book, "Acme Corp", "ACME Corporation").set_size == 2);
  for (const char* name : {"Acme Corp", "acme corporation"}) {
    INFO(name);
    const Answer answer = ask(test.book, name);
    REQUIRE(answer.starts.size() == 1);
    CHECK(answer.starts[0].id == id_of(test.book, "Acme Corp"));
    CHECK(facts_about(test.book, name).size() == 2);  // one employs with two pieces of evidence, one based in
    std::set<std::string> around;
    for (const Fact& fact : answer.facts) around.insert(fact.subject.spelling + ' ' + fact.predicate);
    CHECK(around.count("Owen works at") == 1);
  }
  const Answer owen = ask(test.book, "Owen");
  const auto works = std::find_if(owen.facts.begin(), owen.facts.end(), [](const Fact& fact) { return fact.predicate == "works at"; });
  REQUIRE(works != owen.facts.end());
  CHECK(std::get<EntityView>(works->object).id == id_of(test.book, "Acme Corp"));
  QueryPlan words;
  words.terms = {"offer"};
  const auto found = open_reader(test.book).answer(words, soon());
  REQUIRE(found);
  REQUIRE(found->passages.size() == 1);
  CHECK(found->passages[0].subject->id == id_of(test.book, "Acme Corp"));
  // Forgetting what one of them was told by leaves the other's, and the merge.
  ForgetRequest request;
  request.document = "<offer>";
  REQUIRE(forget(test.book, request, soon()));
  CHECK(facts_about(test.book, "ACME Corporation") == facts_about(test.book, "Acme Corp"));
  CHECK(facts_about(test.book, "ACME Corporation").size() == 1);
  REQUIRE(purge_forgotten(test.book, soon()));
  require_verified(test.book);
}

TEST_CASE("a merged name leads to the address that claims the other name") {
  TestBook test;
  Observation observation = observed(1, {says("M. Tessaly", "wrote", "minutes"), says("Mira Tessaly", "wrote", "agenda")});
  observation.claims = {{strong("mira@example.org"), "Mira Tessaly"}};
  static_cast<void>(store(test.writer, observation));
  const auto leads_to_address = [&] {
    const Answer answer = ask(test.book, "M. Tessaly");
    return std::any_of(answer.starts.begin(), answer.starts.end(),
                       [](const EntityView& start) { return start.key.scheme == Scheme::mailto; });
  };
  CHECK_FALSE(leads_to_address());
  static_cast<void>(merge(test.book, "Mira Tessaly", "M. Tessaly"));
  CHECK(leads_to_address());
}

TEST_CASE("merges run in a circle and through others; each is undone alone, and what holds two together is named") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("a", "x", "b"), says("c", "x", "d")})));
  static_cast<void>(merge(test.book, "a", "b"));
  static_cast<void>(merge(test.book, "b", "c"));
  const MergeReport closing = merge(test.book, "c", "a");
  CHECK(closing.changed);
  CHECK(closing.were_one);
  CHECK_FALSE(merge(test.book, "b", "a").changed);
  require_verified(test.book);
  CHECK(unmerge(test.book, "a", "b").still_one);
  CHECK_FALSE(unmerge(test.book, "c", "a").still_one);
  const auto refused = unmerge_entities(test.book, {.one = id_of(test.book, "a"), .other = id_of(test.book, "b")}, soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::not_found);
  static_cast<void>(merge(test.book, "c", "d"));
  const auto indirect = unmerge_entities(test.book, {.one = id_of(test.book, "b"), .other = id_of(test.book, "d")}, soon());
  REQUIRE_FALSE(indirect);
  CHECK(indirect.error().message.find("\"c\"") != std::string::npos);
}

TEST_CASE("a renamed entity is shown under its new name, found by both, and the renaming is cited and taken back") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("Project Kestrel", "led by", "Mira"), says("Mira", "leads", "Project Kestrel")})));
  static_cast<void>(store(test.writer, observed(2, {says("Mira", "owns", "Project Kestrel")})));
  const std::int64_t entity = id_of(test.book, "Project Kestrel");
  const auto renamed = rename_entity(test.book, {.entity = entity, .name = "Kestrel Programme"}, soon());
  REQUIRE(renamed);
  CHECK(renamed->created);
  CHECK(renamed->merged);
  for (const char* name : {"project kestrel", "KESTREL PROGRAMME"}) {
    const Answer answer = ask(test.book, name);
    REQUIRE(answer.starts.size() == 1);
    CHECK(answer.starts[0].spelling == "Kestrel Programme");
    CHECK(facts_about(test.book, name).size() == 2);  // led by, and how it is shown
  }
  const Answer mira = ask(test.book, "Mira");
  CHECK(std::all_of(mira.facts.begin(), mira.facts.end(), [](const Fact& fact) {
    const auto* object = std::get_if<EntityView>(&fact.object);
    return object == nullptr || object->spelling != "Project Kestrel";
  }));
  // Again, in capitals: the same name, shown otherwise.
  const auto louder = rename_entity(test.book, {.entity = entity, .name = "KESTREL PROGRAMME"}, soon());
  REQUIRE(louder);
  CHECK_FALSE(louder->created);
  const auto taken = rename_entity(test.book, {.entity = entity, .name = "Mira"}, soon());
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == ErrorCode::already_exists);
  require_verified(test.book);
  static_cast<void>(unmerge(test.book, "Kestrel Programme", "Project Kestrel"));
  CHECK(ask(test.book, "Project Kestrel").starts[0].spelling == "Project Kestrel");
}

TEST_CASE("nobody but a person renames anything") {
  TestBook test;
  Observation observation = observed(1, {has_text("Acme", "shown as", "Mallory Ltd")});
  for (const Trust trust : {Trust::own, Trust::imported, Trust::untrusted}) {
    observation.trust = trust;
    observation.sequence = static_cast<std::uint64_t>(trust);
    static_cast<void>(store(test.writer, observation));
  }
  CHECK(ask(test.book, "Acme").starts[0].spelling == "Acme");
}

namespace {

std::size_t count(const Book& book, Decision decision) {
  const auto list = list_suggestions(book, decision, 100, soon());
  if (!list) FAIL(to_string(list.error()));
  CHECK(list->total == static_cast<std::int64_t>(list->suggestions.size()));
  return list->suggestions.size();
}

}  // namespace

TEST_CASE("a suggestion is listed with its reason, accepted, and open again when the merge is taken back") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("Katharina Waldstein", "x", "1"), says("Katharina Waldstien", "x", "2")})));
  suggest_all(test.book);
  const auto list = list_suggestions(test.book, Decision::open, 10, soon());
  REQUIRE(list);
  REQUIRE(list->suggestions.size() == 1);
  const ListedSuggestion& found = list->suggestions.front();
  CHECK(found.left.name == "Katharina Waldstein");
  CHECK(found.reason.find("katharina waldstien") != std::string::npos);
  const auto accepted = accept_suggestion(test.book, found.left.id, found.right.id, soon());
  REQUIRE(accepted);
  CHECK(accepted->changed);
  CHECK(count(test.book, Decision::open) == 0);
  CHECK(count(test.book, Decision::accepted) == 1);
  CHECK(facts_about(test.book, "Katharina Waldstien").size() == 2);
  static_cast<void>(unmerge(test.book, "Katharina Waldstien", "Katharina Waldstein"));
  CHECK(count(test.book, Decision::open) == 1);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
  const auto unknown = accept_suggestion(test.book, found.left.id, id_of(test.book, "1"), soon());
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::not_found);
}

TEST_CASE("a rejected pair stays rejected: by later passes, through others, and against a merge") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("Jonas Brandweil", "x", "1"), says("Jonas Brandweill", "x", "2")})));
  CHECK(*reject_suggestion(test.book, id_of(test.book, "Jonas Brandweil"), id_of(test.book, "Jonas Brandweill"), soon()));
  suggest_all(test.book);
  CHECK(count(test.book, Decision::open) == 0);
  CHECK(count(test.book, Decision::rejected) == 1);
  CHECK_FALSE(*reject_suggestion(test.book, id_of(test.book, "Jonas Brandweill"), id_of(test.book, "Jonas Brandweil"), soon()));
  const auto merged = merge_entities(
      test.book, {.kept = id_of(test.book, "Jonas Brandweil"), .merged = id_of(test.book, "Jonas Brandweill")}, soon());
  REQUIRE_FALSE(merged);
  CHECK(merged.error().code == ErrorCode::already_exists);
  // A third spelling of the one is like the other, too; once it is the one, it is not suggested for the other.
  static_cast<void>(store(test.writer, observed(2, {says("Jonas Brandweilll", "x", "3")})));
  suggest_all(test.book);
  REQUIRE(count(test.book, Decision::open) == 2);
  static_cast<void>(merge(test.book, "Jonas Brandweil", "Jonas Brandweilll"));
  CHECK(count(test.book, Decision::open) == 0);
  const auto through = merge_entities(
      test.book, {.kept = id_of(test.book, "Jonas Brandweill"), .merged = id_of(test.book, "Jonas Brandweilll")}, soon());
  REQUIRE_FALSE(through);
  const auto forced = merge_entities(test.book,
                                     {.kept = id_of(test.book, "Jonas Brandweil"),
                                      .merged = id_of(test.book, "Jonas Brandweill"),
                                      .despite_rejection = true},
                                     soon());
  REQUIRE(forced);
  require_verified(test.book);
}

TEST_CASE("merges, renamings and decisions come along in an export, and an import of them twice changes nothing") {
  TestBook test;
  fill(test.writer, 7, 8);
  static_cast<void>(merge(test.book, "name 1", "name 2"));
  static_cast<void>(merge(test.book, "name 3", "name 2"));
  static_cast<void>(merge(test.book, "name 1", "name 3"));
  REQUIRE(rename_entity(test.book, {.entity = id_of(test.book, "name 5"), .name = "Name Five"}, soon()));
  REQUIRE(reject_suggestion(test.book, id_of(test.book, "name 6"), id_of(test.book, "name 7"), soon()));
  std::vector<BookRecord> records;
  REQUIRE(export_book(
      test.book,
      [&records](const BookRecord& record) -> Result<void> {
        records.push_back(record);
        return {};
      },
      soon()));
  TemporaryFolder folder;
  BookOptions options;
  options.similarity = SimilarityMode::off;
  const Book copy = open_book(folder.path() / "copy.db", options);
  for (int time = 0; time < 2; ++time) {
    auto importer = BookImporter::open(copy, soon());
    REQUIRE(importer);
    for (const BookRecord& record : records) REQUIRE(importer->add(record, 1, soon()));
    REQUIRE(importer->finish(soon()));
    CHECK(importer->counts().redirects == (time == 0 ? 4 : 0));
    CHECK(content_digest(copy) == content_digest(test.book));
  }
  CHECK(ask(copy, "name 5").starts[0].spelling == "Name Five");
  CHECK(facts_about(copy, "name 2") == facts_about(test.book, "name 2"));
  CHECK(count(copy, Decision::rejected) == 1);
  require_verified(copy);
}
