// Storing: what a receipt promises, checked against the rows themselves.
#include "write_support.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

// Lets the database itself refuse every row that says "poison", as a constraint would.
void refuse_poison(const std::filesystem::path& path) {
  RawRows{path}.execute(
      "CREATE TRIGGER refuse_poison BEFORE INSERT ON assertion WHEN NEW.object = '1:poison' "
      "BEGIN SELECT RAISE(ABORT, 'poison'); END");
}

Observation with_operation(Observation observation, const std::string& operation) {
  observation.operation_id = operation;
  return observation;
}

}  // namespace

TEST_CASE("a receipt means that the rows are there for another connection", "[P1]") {
  TestBook test;
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    const auto receipt = store(test.writer, observed(sequence, {says("Ada", "knows", "Bob " + std::to_string(sequence))}));
    CHECK_FALSE(receipt.replayed);
    RawRows raw{test.path};
    CHECK(raw.integer("SELECT count(*) FROM observation") == static_cast<std::int64_t>(sequence));
    CHECK(raw.integer("SELECT commit_seq FROM meta") == static_cast<std::int64_t>(receipt.commit_seq));
  }
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("entities of a receipt come in order of first mention, each once") {
  TestBook test;
  auto observation = observed(1, {says("Ada", "knows", "Bob"), says("Bob", "knows", "ADA"), has_text("Eve", "is", "here")});
  observation.claims = {{strong("zoe@example.org"), "Zoe"}};
  observation.document = document("doc", "text");
  observation.document->subject = named("The Letter");
  const auto first = store(test.writer, observation);
  REQUIRE(first.entities.size() == 5);  // Ada, Bob, Eve, zoe@, The Letter
  for (const auto& entity : first.entities) CHECK(entity.created);
  const auto second = store(test.writer, observed(2, {says("Eve", "knows", "Ada"), says("Max", "knows", "zoe")}));
  REQUIRE(second.entities.size() == 4);
  CHECK(second.entities[0] == ReceiptEntity{first.entities[2].id, false});
  CHECK(second.entities[1] == ReceiptEntity{first.entities[0].id, false});
  CHECK(second.entities[2].created);
  CHECK(second.entities[3].created);  // a name never leads to a strong identifier's entity
}

TEST_CASE("a retry gets the first receipt and writes nothing", "[P2]") {
  TestBook test;
  auto observation = with_operation(observed(1, {says("Ada", "knows", "Bob"), has_text("Ada", "born", "1815")}), "op-1");
  observation.document = document("doc", "Ada knows Bob");
  const auto first = store(test.writer, observation);
  const auto before = dump(test.path);

  SECTION("by operation id, from another session of another process") {
    observation.agent = "another";
    observation.session = "two";
    observation.sequence = 77;
  }
  SECTION("by session and sequence") {}
  const Book other = open_book(test.path);  // caches of its own
  Writer writer = open_writer(other);
  auto receipt = store(writer, observation);
  CHECK(receipt.replayed);
  receipt.replayed = false;
  CHECK(receipt == first);
  CHECK(writer.last_statistics().transactions == 0);
  CHECK(dump(test.path) == before);
}

TEST_CASE("a retry without an operation id is known by session and sequence", "[P2]") {
  TestBook test;
  auto observation = observed(1, {says("Ada", "knows", "Bob"), says("Ada", "knows", "Bob")});
  observation.want_novelty = true;
  const auto first = store(test.writer, observation);
  CHECK(first.novel == std::vector<bool>{true, false});
  const auto before = dump(test.path);
  auto again = store(test.writer, observation);
  CHECK(again.replayed);
  again.replayed = false;
  CHECK(again == first);
  CHECK(dump(test.path) == before);
  observation.sequence = 2;
  CHECK(store(test.writer, observation).novel == std::vector<bool>{false, false});
}

TEST_CASE("one operation id with another payload is refused and stores nothing", "[P2]") {
  TestBook test;
  store(test.writer, with_operation(observed(1, {says("Ada", "knows", "Bob")}), "op-1"));
  const auto before = dump(test.path);
  const std::vector<Observation> batch{with_operation(observed(2, {says("Ada", "knows", "Eve")}), "op-1"),
                                       observed(1, {says("Ada", "hates", "Bob")})};
  for (const auto& answer : test.writer.store(batch, soon())) {
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::operation_id_reused);
  }
  CHECK(dump(test.path) == before);
}

TEST_CASE("the same operation twice in one batch has one effect", "[P2]") {
  TestBook test;
  const auto observation = with_operation(observed(1, {says("Ada", "knows", "Bob")}), "op-1");
  auto retry = observation;
  retry.sequence = 2;
  const std::vector<Observation> batch{observation, retry};
  const auto answers = test.writer.store(batch, soon());
  REQUIRE(answers[0]);
  REQUIRE(answers[1]);
  CHECK_FALSE(answers[0]->replayed);
  CHECK(answers[1]->replayed);
  CHECK(answers[1]->entities == answers[0]->entities);
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM observation") == 1);
}

TEST_CASE("an observation that fails half-way leaves nothing, and takes nobody down", "[P3]") {
  TestBook test;
  refuse_poison(test.path);
  auto guilty = with_operation(observed(2, {says("New One", "knows", "New Two"), has_text("New One", "is", "poison")}), "op-2");
  guilty.document = document("poisoned", "a poisoned letter");
  guilty.claims = {{strong("new@example.org"), "New"}};
  const std::vector<Observation> batch{observed(1, {says("Ada", "knows", "Bob")}), guilty,
                                       observed(3, {says("Eve", "knows", "Ada")})};
  const auto answers = test.writer.store(batch, soon());
  CHECK(answers[0]);
  REQUIRE_FALSE(answers[1]);
  CHECK(answers[1].error().sqlite_code != 0);
  CHECK(answers[2]);
  CHECK_FALSE(test.writer.failed());
  CHECK(test.writer.last_statistics().transactions == 2);
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM observation") == 2);
  CHECK(raw.integer("SELECT count(*) FROM entity") == 3);
  CHECK(raw.integer("SELECT count(*) FROM alias") == 3);
  CHECK(raw.integer("SELECT count(*) FROM document") == 0);
  CHECK(raw.integer("SELECT count(*) FROM search WHERE search MATCH 'poisoned'") == 0);
  CHECK(raw.integer("SELECT count(*) FROM claim") == 0);
  CHECK(raw.integer("SELECT count(*) FROM operation") == 0);
  CHECK(raw.integer("SELECT count(*) FROM observation o WHERE triple_count <> "
                    "(SELECT count(*) FROM assertion WHERE observation = o.id)") == 0);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("what is wrong with an observation is said before anything is written") {
  TestBook test;
  const auto good = observed(1, {says("Ada", "knows", "Bob")});
  struct Bad {
    const char* what;
    std::function<void(Observation&)> spoil;
    ErrorCode code = ErrorCode::invalid_argument;
  };
  const Bad bad[] = {
      {"no agent", [](Observation& o) { o.agent.clear(); }},
      {"no session", [](Observation& o) { o.session.clear(); }},
      {"sequence 0", [](Observation& o) { o.sequence = 0; }},
      {"empty operation id", [](Observation& o) { o.operation_id = ""; }},
      {"long operation id", [](Observation& o) { o.operation_id = std::string(257, 'x'); }, ErrorCode::too_large},
      {"4,097 triples", [](Observation& o) { o.triples.resize(4097, o.triples[0]); }, ErrorCode::too_large},
      {"empty predicate", [](Observation& o) { o.triples[0].predicate.clear(); }},
      {"reserved predicate", [](Observation& o) { o.triples[0].predicate = "spelled as"; }},
      {"predicate that is no text", [](Observation& o) { o.triples[0].predicate = "\xff"; }},
      {"nameless subject", [](Observation& o) { o.triples[0].subject = named(" "); }},
      {"nameless object", [](Observation& o) { o.triples[0].object = named("\u200b"); }},
      {"no such date", [](Observation& o) { o.triples[0].object = Literal{LiteralType::date, "2026-02-30"}; }},
      {"claim by name", [](Observation& o) { o.claims = {{named("Ada"), "Ada"}}; }},
      {"claim without a name", [](Observation& o) { o.claims = {{strong("a@b.org"), ""}}; }},
      {"document without id", [](Observation& o) { o.document = document("", "text"); }},
      {"document without hash", [](Observation& o) { (o.document = document("d", "t"))->hash.clear(); }},
      {"huge text",
       [](Observation& o) { (o.document = document("d", "t"))->text.assign(document_text_bytes_max + 1, 'x'); },
       ErrorCode::too_large},
  };
  const auto before = dump(test.path);
  for (const Bad& entry : bad) {
    INFO(entry.what);
    auto observation = good;
    entry.spoil(observation);
    const auto answers = test.writer.store(std::span{&observation, 1}, soon());
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == entry.code);
  }
  CHECK(dump(test.path) == before);
}

TEST_CASE("observations of one batch are stored in their order", "[P7]") {
  TestBook test;
  std::vector<Observation> batch;
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) batch.push_back(observed(sequence, {says("a", "b", "c")}));
  for (const auto& answer : test.writer.store(batch, soon())) REQUIRE(answer);
  CHECK(test.writer.last_statistics().transactions == 1);
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM observation WHERE id <> sequence") == 0);
}

TEST_CASE("a batch writes its documents into one segment of the full-text index") {
  TestBook test;
  store(test.writer, observed(1, {says("Ada", "wrote", "nothing")}));  // a new session or predicate costs a segment
  std::vector<Observation> batch;
  for (std::uint64_t sequence = 2; sequence <= 4; ++sequence) {  // from four segments on they are merged
    batch.push_back(with_operation(observed(sequence, {says("Ada", "wrote", "letter " + std::to_string(sequence))}),
                                   "op-" + std::to_string(sequence)));
    batch.back().document = document("letter " + std::to_string(sequence), "words of letter " + std::to_string(sequence));
  }
  for (const auto& answer : test.writer.store(batch, soon())) REQUIRE(answer);
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM search WHERE search MATCH 'words'") == 3);
  CHECK(raw.integer("SELECT count(DISTINCT segid) FROM search_idx") == 1);
}

TEST_CASE("a document's version is stored once, whoever brings it, and found by its words") {
  TestBook test;
  auto observation = observed(1, {});
  observation.document = document("mail-1", "the quarterly figures");
  store(test.writer, observation);
  observation.agent = "another";
  store(test.writer, observation);
  observation.sequence = 2;
  observation.document = document("mail-1", "the corrected figures");
  store(test.writer, observation);
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM document") == 2);
  CHECK(raw.integer("SELECT count(*) FROM search WHERE search MATCH 'figures'") == 2);
  CHECK(raw.integer("SELECT count(*) FROM search WHERE search MATCH 'corrected'") == 1);
  raw.execute("INSERT INTO search(search) VALUES ('integrity-check')");
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("a predicate that anybody declares single-valued stays so") {
  TestBook test;
  const Book elsewhere = open_book(test.path);
  Writer other = open_writer(elsewhere);
  store(test.writer, observed(1, {has_text("Ada", "born", "1815")}));
  auto single = observed(2, {has_text("Ada", "born", "1815")});
  single.triples[0].cardinality = Cardinality::single;
  store(other, single);
  single.sequence = 3;
  store(test.writer, single);  // remembers it as multi-valued
  store(test.writer, observed(4, {has_text("Ada", "born", "1816")}));
  CHECK(RawRows{test.path}.integer("SELECT single_valued FROM predicate WHERE name = 'born'") == 1);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("retracted observations are marked once, and the epoch tells everybody") {
  TestBook test;
  store(test.writer, observed(1, {says("Ada", "knows", "Bob")}));
  store(test.writer, observed(2, {says("Ada", "knows", "Eve")}));
  const std::vector<std::int64_t> ids{1, 99, 1};
  const auto marked = test.writer.retract(ids, soon());
  REQUIRE(marked);
  CHECK(*marked == 1);
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT sum(retracted) FROM observation") == 1);
  CHECK(raw.integer("SELECT epoch FROM meta") == 1);
  CHECK(raw.integer("SELECT purge_pending FROM meta") == 1);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
  CHECK(*test.writer.retract(ids, soon()) == 0);
  CHECK(raw.integer("SELECT epoch FROM meta") == 1);
  store(test.writer, observed(3, {says("Ada", "knows", "Bob")}));
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("a flush is one commit that reaches the log and stores nothing") {
  TestBook test;
  store(test.writer, observed(1, {says("Ada", "knows", "Bob")}));
  const auto wal = test.book.wal_bytes();
  const auto digest = kept_digest(test.path);
  REQUIRE(test.writer.flush(soon()));
  CHECK(test.book.wal_bytes() > wal);
  CHECK(kept_digest(test.path) == digest);
}

TEST_CASE("a writer that can't get the gate in time says busy and stores nothing") {
  TestBook test;
  const auto blocked = std::chrono::steady_clock::now() - std::chrono::seconds{1};
  RawRows raw{test.path};
  raw.execute("BEGIN IMMEDIATE");
  const auto observation = observed(1, {says("Ada", "knows", "Bob")});
  const auto answers = test.writer.store(std::span{&observation, 1}, blocked);
  REQUIRE_FALSE(answers[0]);
  CHECK(answers[0].error().code == ErrorCode::busy);
  CHECK_FALSE(test.writer.failed());
  raw.execute("ROLLBACK");
  store(test.writer, observation);
}
