// Keys of scheme `exact`: bytes of any length, kept under a hash. The hash is short and not secret, so wherever it
// leads to an entity the bytes are compared.
#include "write_support.hpp"

#include "commonbook/storage/reader.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

EntityName exact(const std::string& bytes, const std::string& spelling = {}) {
  return {{Scheme::exact, bytes, {}}, spelling};
}

Observation about(std::uint64_t sequence, const EntityName& subject, const std::string& says = "x") {
  return observed(sequence, {{subject, "says", Literal{LiteralType::text, says}, Cardinality::many}});
}

std::vector<Result<Receipt>> store_all(Writer& writer, const std::vector<Observation>& observations) {
  return writer.store(observations, soon());
}

ErrorCode refused(Writer& writer, const Observation& observation) {
  const auto answers = store_all(writer, {observation});
  REQUIRE_FALSE(answers[0]);
  return answers[0].error().code;
}

std::vector<EntityView> starts_of(const Book& book, const std::string& bytes) {
  auto reader = Reader::open(book, soon());
  REQUIRE(reader);
  QueryPlan plan;
  plan.keys = {{Scheme::exact, bytes, {}}};
  const auto answer = reader->answer(plan, soon());
  REQUIRE(answer);
  return answer->starts;
}

}  // namespace

TEST_CASE("an exact key leads to its own entity, whatever it is spelled and whatever its bytes are", "[P4]") {
  TestBook test;
  const std::string odd{"\xff\x00\x01 not text", 12};
  std::uint64_t sequence = 0;
  for (const std::string& bytes : {std::string{"note/17"}, std::string{"NOTE/17"}, std::string{}, odd, std::string(100'000, 'k')}) {
    INFO(bytes.size() << " bytes");
    const auto first = store(test.writer, about(++sequence, exact(bytes, "one spelling")));
    CHECK(first.entities[0].created);
    const auto again = store(test.writer, about(++sequence, exact(bytes)));
    CHECK(again.entities[0] == ReceiptEntity{first.entities[0].id, false});
    const Book cold = open_book(test.path);
    Writer other = open_writer(cold);
    CHECK(store(other, about(++sequence, exact(bytes, "another"))).entities[0] == again.entities[0]);
    REQUIRE(starts_of(cold, bytes).size() == 1);
    CHECK(starts_of(cold, bytes)[0].id == first.entities[0].id);
  }
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM entity") == 5);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("bytes that are no text are shown by their hash where nobody spelled them") {
  TestBook test;
  const std::string odd{"\xff\x01", 2};
  REQUIRE(test.writer.find_or_create(exact(odd), soon()));
  const auto starts = starts_of(test.book, odd);
  REQUIRE(starts.size() == 1);
  CHECK(starts[0].spelling == content_hash(odd));
}

TEST_CASE("two exact keys with one hash: the second is refused, and neither leads to the other", "[P4]") {
  const Broken all_alike{"exact_hash"};
  TestBook test;
  const auto first = store(test.writer, about(1, exact("left")));
  const auto before = dump(test.path);

  SECTION("known from the cache") { CHECK(refused(test.writer, about(2, exact("right"))) == ErrorCode::already_exists); }
  SECTION("known from the file") {
    const Book cold = open_book(test.path);
    Writer other = open_writer(cold);
    CHECK(refused(other, about(2, exact("right"))) == ErrorCode::already_exists);
    CHECK(other.find_or_create(exact("right"), soon()).error().code == ErrorCode::already_exists);
  }
  SECTION("its bytes are those of the other one's spelling") {
    CHECK(refused(test.writer, about(2, exact("right", "left"))) == ErrorCode::already_exists);
  }
  CHECK(dump(test.path) == before);
  CHECK(store(test.writer, about(2, exact("left"))).entities[0] == ReceiptEntity{first.entities[0].id, false});
  CHECK(starts_of(test.book, "left").size() == 1);
  CHECK(starts_of(test.book, "right").empty());
}

TEST_CASE("two exact keys with one hash in one observation or one batch: only the guilty one fails", "[P3][P4]") {
  const Broken all_alike{"exact_hash"};
  TestBook test;
  CHECK(refused(test.writer, observed(1, {{exact("left"), "knows", exact("right"), Cardinality::many}})) ==
        ErrorCode::already_exists);
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM entity") == 0);
  const auto answers =
      store_all(test.writer, {about(1, exact("left")), about(2, exact("right")), about(3, exact("left"), "y")});
  REQUIRE(answers[0]);
  REQUIRE_FALSE(answers[1]);
  CHECK(answers[1].error().code == ErrorCode::already_exists);
  REQUIRE(answers[2]);
  CHECK(answers[2]->entities[0] == ReceiptEntity{answers[0]->entities[0].id, false});
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM observation") == 2);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("another process stores an exact key with the same hash after the look-up: the loser is refused", "[P4]") {
  const Broken all_alike{"exact_hash"};
  TestBook test;
  const Book elsewhere = open_book(test.path);
  Writer other = open_writer(elsewhere);
  std::optional<Receipt> winner;
  {
    const auto watch = Steps::instance().on("foc.before_lock", [&] {
      if (winner) return;
      winner.emplace();
      *winner = store(other, about(7, exact("left")));
    });
    CHECK(refused(test.writer, about(1, exact("right"))) == ErrorCode::already_exists);
  }
  REQUIRE(winner);
  CHECK(winner->entities[0].created);
  CHECK(store(test.writer, about(2, exact("left"))).entities[0] == ReceiptEntity{winner->entities[0].id, false});
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}
