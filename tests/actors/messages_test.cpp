// What crosses the public seam arrives whole, also over a wire.
#include "seeded_system.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;

namespace {

template <class T>
T through_the_wire(caf::actor_system& system, T value) {
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  const caf::message sent = caf::make_message(std::move(value));
  REQUIRE_FALSE(sent.save(sink));
  caf::message received;
  caf::binary_deserializer source{system, bytes};
  REQUIRE_FALSE(received.load(source));
  REQUIRE(received.match_elements<T>());
  return received.get_as<T>(0);
}

Observation full_observation() {
  Observation observation = make_observation(2, "calendar.ics:50");
  observation.agent = "calendar";
  observation.session = "0123";
  observation.sequence = 7;
  observation.operation_id = "operation";
  observation.triples.push_back(
      {{{Scheme::mailto, "a@b.example", "space"}, "A"}, "knows", EntityName{{Scheme::name, "B", ""}, "b"}, Cardinality::single});
  observation.document = Document{"<id>", DocumentKind::message, "title", "text", "context", Timestamp{5}, "hash", named("x")};
  observation.claims.push_back({{{Scheme::mailto, "a@b.example", ""}, ""}, "A. B."});
  observation.time = {1};
  observation.revision = 3;
  observation.valid_from = {2};
  observation.specificity = 1;
  observation.trust = Trust::imported;
  observation.ack_class = AckClass::applied;
  observation.want_novelty = true;
  return observation;
}

}  // namespace

TEST_CASE("observations, receipts, plans and answers travel unchanged") {
  SeededSystem seeded{1, {}};
  caf::actor_system& system = seeded.system();
  CHECK(through_the_wire(system, full_observation()) == full_observation());

  Receipt receipt{9, AckClass::durable, true, {{1, true}, {2, false}}, {true, false, true}};
  CHECK(through_the_wire(system, ReceiptReply{Result<Receipt>{receipt}}).value == receipt);
  const std::vector<Observation> several{full_observation(), make_observation(1)};
  CHECK(through_the_wire(system, several) == several);
  const auto replies = through_the_wire(system, std::vector<ReceiptReply>{Result<Receipt>{receipt}, Result<Receipt>{Error{ErrorCode::busy, "b", 0, {}}}});
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].value == receipt);
  CHECK(replies[1].error.code == ErrorCode::busy);

  QueryPlan plan;
  plan.terms = {"desk"};
  plan.names = {"Jonas"};
  plan.keys = {{Scheme::mid, "1@x", ""}};
  plan.literals = {{LiteralType::date, "2026-01-20"}};
  plan.ranges = {{"starts", {LiteralType::date, "2026-01-20"}, {LiteralType::date, "2026-01-21"}}};
  plan.as_of = Timestamp{77};
  plan.walk_depth = 2;
  plan.superseded = false;
  plan.walk_weights = {{"from", 0.9}};
  plan.walk_weight_default = 0.3;
  plan.parts.graph = false;
  plan.parts.vectors = true;
  CHECK(through_the_wire(system, plan) == plan);

  Answer answer;
  answer.line = "at noon";
  answer.citations = {{"<id>", DocumentKind::event, "title", "calendar", Timestamp{4}, "x:1", Trust::confirmed}};
  answer.passages = {{answer.citations[0], "text", EntityView{3, {Scheme::name, "n", ""}, "N"}, 1.5}};
  Fact fact;
  fact.subject = EntityView{3, {Scheme::name, "n", ""}, "N"};
  fact.predicate = "starts";
  fact.object = Literal{LiteralType::date, "2026-01-20"};
  answer.facts = {fact};
  fact.object = EntityView{4, {Scheme::exact, "m", ""}, "M"};
  answer.facts.push_back(fact);
  answer.facts.back().closeness = 0.25;
  answer.excerpts = {{answer.citations[0], "said", "before", "after", 3, 7, 0.5}};
  answer.corrections = {{"Kestrl", "kestrel"}};
  answer.commit_seq = 12;
  CHECK(through_the_wire(system, AnswerReply{Result<Answer>{answer}}).value == answer);
}

TEST_CASE("an error keeps its code, text, SQLite code and hint") {
  SeededSystem seeded{1, {}};
  const Error error{ErrorCode::io, "the disk failed", 522, std::chrono::milliseconds{40}};
  auto reply = through_the_wire(seeded.system(), ReceiptReply{Result<Receipt>{error}});
  const auto result = reply.take();
  REQUIRE_FALSE(result);
  CHECK(result.error() == error);
}
