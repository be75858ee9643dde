// What the book is told of a message.
#include "mail_message_reader.hpp"
#include "mail_triples.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

Observation observe(const std::string& raw, const std::string& agent = "email", std::vector<std::string> flags = {}) {
  std::vector<Dropped> dropped;
  MailMessage message = read_message(raw, "inbox#3", dropped);
  message.flags = std::move(flags);
  return to_observation(message, {agent, "inbox#3", raw}, {Key{Scheme::ical_uid, "kick@x", {}}});
}

/// Objects of one predicate, as text.
std::vector<std::string> objects(const Observation& observation, std::string_view predicate) {
  std::vector<std::string> result;
  for (const Triple& triple : observation.triples) {
    if (triple.predicate != predicate) continue;
    if (const auto* entity = std::get_if<EntityName>(&triple.object)) {
      result.push_back(std::string(to_string(entity->key.scheme)) + ":" + entity->key.value);
    } else {
      result.push_back(std::get<Literal>(triple.object).text);
    }
  }
  return result;
}

using Texts = std::vector<std::string>;

const std::string raw =
    "From: Mira <mira@x.example>\nTo: Idris <idris@x.example>, idris@x.example, No Address:;\nCc: \"The Team\" <>\n"
    "Subject: Plan\nDate: Mon, 5 Jan 2026 15:10:00 +0100\nMessage-ID: <c@x>\nIn-Reply-To: <b@x>\nReferences: <a@x> "
    "<b@x>\n\n"
    "48,000 EUR\n\nOn 4 January 2026, Idris wrote:\n> how much?\n-- \nMira\n";

}  // namespace

TEST_CASE("a message says who wrote to whom, what, when, and in answer to what") {
  const Observation observation = observe(raw, "email", {"unread"});
  CHECK(objects(observation, predicate::type) == Texts{"message"});
  CHECK(objects(observation, predicate::from) == Texts{"mailto:mira@x.example"});
  CHECK(objects(observation, predicate::to) == Texts{"mailto:idris@x.example"});
  CHECK(objects(observation, predicate::title) == Texts{"Plan"});
  CHECK(objects(observation, predicate::sent_at) == Texts{"2026-01-05T14:10:00Z"});
  CHECK(objects(observation, predicate::replies_to) == Texts{"mid:b@x"});
  CHECK(objects(observation, predicate::part_of_thread) == Texts{"mid:a@x"});
  CHECK(objects(observation, predicate::invites_to) == Texts{"ical-uid:kick@x"});
  CHECK(objects(observation, predicate::flagged) == Texts{"unread"});
  for (const Triple& triple : observation.triples) CHECK(triple.subject.key == Key{Scheme::mid, "c@x", {}});
  CHECK(observation.trust == Trust::untrusted);
  CHECK(observation.position == "inbox#3");
  CHECK(observation.valid_from == Timestamp{1767622200000});
}

TEST_CASE("a display name is a claim about an address, never its identity") {
  const Observation observation = observe(raw);
  REQUIRE(observation.claims.size() == 2);
  CHECK(observation.claims[0].entity.key == Key{Scheme::mailto, "mira@x.example", {}});
  CHECK(observation.claims[0].name == "Mira");
  for (const Triple& triple : observation.triples)
    if (const auto* entity = std::get_if<EntityName>(&triple.object)) CHECK(entity->spelling != "Mira");
}

TEST_CASE("a person without an address is a name") {
  const Observation observation = observe("From: Postmaster\nMessage-ID: <1@x>\n\nx\n");
  CHECK(objects(observation, predicate::from) == Texts{"name:Postmaster"});
  CHECK(observation.claims.empty());
}

TEST_CASE("a document is the new text, found by its people and attachments too") {
  const Observation observation = observe(raw);
  REQUIRE(observation.document);
  CHECK(observation.document->id == "<c@x>");
  CHECK(observation.document->kind == DocumentKind::message);
  CHECK(observation.document->title == "Plan");
  CHECK(observation.document->text == "48,000 EUR");
  CHECK(observation.document->context.find("Idris") != std::string::npos);
  CHECK(observation.document->subject->key == Key{Scheme::mid, "c@x", {}});
}

TEST_CASE("an operation id changes with agent, bytes and flags; a document version only with content", "[P2]") {
  const Observation first = observe(raw);
  CHECK(observe(raw).operation_id == first.operation_id);
  CHECK(observe(raw, "other").operation_id != first.operation_id);
  CHECK(observe(raw, "email", {"unread"}).operation_id != first.operation_id);
  const Observation copy = observe("Received: x\n" + raw);
  CHECK(copy.operation_id != first.operation_id);
  CHECK(copy.document->hash == first.document->hash);
}
