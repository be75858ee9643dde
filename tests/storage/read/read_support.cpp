#include "read_support.hpp"

#include "book/tail_codec.hpp"
#include "book/triple_reader.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>

namespace commonbook::testing {

using namespace storage;

namespace {

SaidRow said_row(std::uint64_t sequence, const std::string& subject, const std::string& predicate,
                 const std::string& object) {
  return std::to_string(sequence) + "|" + subject + "|" + predicate + "|" + object;
}

std::string key_text(const EntityName& name) { return normalise_key(name.key)->value; }

std::map<std::int64_t, std::string> texts_by_id(Connection& connection, const char* sql) {
  std::map<std::int64_t, std::string> texts;
  auto statement = connection.statement(sql);
  REQUIRE(statement);
  for (;;) {
    const auto row = statement->step();
    if (!row) FAIL(to_string(row.error()));  // an assertion a row would cost more than the reading
    if (!*row) return texts;
    texts.emplace(statement->integer(0), statement->text(1));
  }
}

}  // namespace

Book open_small_book(const std::filesystem::path& path, const Clock& clock, BookOptions options) {
  options.path = path;
  options.create = true;
  options.compaction_rows_min = 1;
  auto book = Book::open(options, clock, soon());
  if (!book) FAIL(to_string(book.error()));
  return *book;
}

Reader open_reader(const Book& book) {
  auto reader = Reader::open(book, soon());
  if (!reader) FAIL(to_string(reader.error()));
  return std::move(*reader);
}

Compactor open_compactor(const Book& book, const std::string& owner) {
  auto compactor = Compactor::open(book, owner, soon());
  if (!compactor) FAIL(to_string(compactor.error()));
  return std::move(*compactor);
}

void store_document(Writer& writer, std::uint64_t sequence, const std::string& id, const std::string& text,
                    std::vector<Triple> triples) {
  Observation observation = observed(sequence, std::move(triples));
  observation.document = document(id, text);
  observation.ack_class = AckClass::applied;
  store(writer, observation);
}

CompactionStep step(Compactor& compactor, bool eager) {
  const auto done = compactor.step(eager, soon());
  if (!done) FAIL(to_string(done.error()));
  return *done;
}

int compact_all(Compactor& compactor) {
  for (int slices = 0;; ++slices) {
    const auto outcome = step(compactor).outcome;
    REQUIRE(outcome != CompactionOutcome::not_owner);
    REQUIRE(slices < 100'000);
    if (outcome == CompactionOutcome::idle) return slices;
  }
}

void suggest_all(const Book& book) {
  auto pass = SuggestionPass::open(book, soon());
  REQUIRE(pass);
  for (int steps = 0; steps < 100'000; ++steps) {
    const auto left = pass->step(soon());
    if (!left) FAIL(to_string(left.error()));
    if (*left == 0) return;
  }
  FAIL("the pass does not end");
}

std::string spelled(std::uint64_t name, std::uint64_t way) {
  const char* ways[] = {"Name ", "name ", "NAME ", "Name  "};
  return ways[way % 4] + std::to_string(name);
}

QueryPlan plan_about(const std::string& name) {
  QueryPlan plan;
  plan.names = {name};
  plan.walk_depth = 0;
  return plan;
}

QueryPlan plan_about_spelled(std::uint64_t names) {
  QueryPlan plan;
  for (std::uint64_t name = 0; name < names; ++name) plan.names.push_back(spelled(name, 0));
  plan.walk_depth = 0;
  return plan;
}

std::vector<Triple> random_meetings(Dice& dice, std::uint64_t names) {
  std::vector<Triple> triples;
  for (std::uint64_t at = 0; at <= dice.below(3); ++at)
    triples.push_back(says(spelled(dice.below(names), dice.below(4)), "meets", spelled(dice.below(names), dice.below(4))));
  return triples;
}

std::string shown(Reader& reader, const std::string& name) {
  const Answer answer = ask(reader, plan_about(name));
  REQUIRE(answer.starts.size() == 1);
  return answer.starts.front().spelling;
}

Answer ask(Reader& reader, const QueryPlan& plan) {
  auto answer = reader.answer(plan, soon());
  if (!answer) FAIL(to_string(answer.error()));
  return *answer;
}

std::vector<SaidRow> rows_read(const Book& book) {
  auto connection = book.shared().connect(Role::reader, soon());
  REQUIRE(connection);
  auto snapshot = Snapshot::begin(book.shared(), *connection, soon());
  if (!snapshot) FAIL(to_string(snapshot.error()));
  const auto aliases = texts_by_id(*connection, "SELECT entity, value FROM alias");
  const auto predicates = texts_by_id(*connection, "SELECT id, name FROM predicate");
  const auto sequences = texts_by_id(*connection, "SELECT id, sequence FROM observation WHERE retracted = 0");
  std::vector<SaidRow> rows;
  const auto visited = visit_all(*snapshot, [&](const TailRow& row) {
    const auto observation = sequences.find(row.observation);
    const std::string& predicate = predicates.at(row.predicate);
    if (observation == sequences.end() || predicate == "spelled as") return;
    const auto* entity = std::get_if<std::int64_t>(&row.object);
    rows.push_back(said_row(std::stoull(observation->second), aliases.at(row.subject), predicate,
                            entity != nullptr ? aliases.at(*entity) : std::get<std::string>(row.object)));
  });
  if (!visited) FAIL(to_string(visited.error()));
  std::sort(rows.begin(), rows.end());
  return rows;
}

void Model::store(const Observation& observation) {
  auto& rows = said_[observation.sequence];
  for (const Triple& triple : observation.triples) {
    const auto* entity = std::get_if<EntityName>(&triple.object);
    rows.insert(said_row(observation.sequence, key_text(triple.subject), triple.predicate,
                         entity != nullptr ? key_text(*entity) : encode_literal(std::get<Literal>(triple.object))));
  }
}

std::vector<SaidRow> Model::rows() const {
  std::vector<SaidRow> rows;
  for (const auto& [sequence, said] : said_) rows.insert(rows.end(), said.begin(), said.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::uint64_t> Model::sequences() const {
  std::vector<std::uint64_t> sequences;
  for (const auto& [sequence, said] : said_) sequences.push_back(sequence);
  return sequences;
}

Observation random_observation(Dice& dice, std::uint64_t sequence) {
  const auto name = [&dice] { return "name " + std::to_string(dice.below(40)); };
  const auto predicate = [&dice] { return "predicate " + std::to_string(dice.below(5)); };
  std::vector<Triple> triples;
  for (std::uint64_t count = 1 + dice.below(8); count > 0; --count) {
    const std::string subject = name();
    const std::string verb = predicate();
    triples.push_back(dice.below(3) == 0 ? has_text(subject, verb, "text " + std::to_string(dice.below(20)))
                                         : says(subject, verb, name()));
  }
  Observation observation = observed(sequence, std::move(triples));
  if (dice.below(4) == 0) {
    const std::string id = "document " + std::to_string(dice.below(30));
    observation.document = document(id, "words of " + id);
  }
  return observation;
}

std::int64_t observation_id(const std::filesystem::path& path, std::uint64_t sequence) {
  RawRows raw{path};
  auto statement = raw.connection().statement("SELECT id FROM observation WHERE sequence = ?1");
  REQUIRE(statement);
  const auto row = statement->bind(1, static_cast<std::int64_t>(sequence)).step();
  REQUIRE(row);
  REQUIRE(*row);
  return statement->integer(0);
}

void require_verified(const Book& book) {
  const auto report = verify(book, std::chrono::steady_clock::now() + std::chrono::minutes{2});
  if (!report) FAIL(to_string(report.error()));
  for (const Check& check : report->checks) {
    INFO(check.id << " " << check.what << ": " << check.detail);
    CHECK(check.ok);
  }
  REQUIRE(report->ok);
}

}  // namespace commonbook::testing
