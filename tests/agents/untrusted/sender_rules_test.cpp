// Who may change an event by mail: read off what an import hands on, then off a book that several senders told.
#include "mail_writing.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::testing;

namespace {

const std::string mara = "mara@desk.example";
const std::string uid = "planning@desk.example";
using Lines = std::vector<std::string>;

std::string event(const std::string& organiser, const std::string& start, int sequence, const std::string& more = {}) {
  return "UID:" + uid + "\r\nSEQUENCE:" + std::to_string(sequence) + "\r\nDTSTAMP:2026010" + std::to_string(1 + sequence % 9) +
         "T000000Z\r\nDTSTART:" + start + "\r\nSUMMARY:Planning\r\nORGANIZER:mailto:" + organiser + "\r\n" + more;
}

std::string request(const std::string& from, const std::string& organiser, const std::string& start, int sequence,
                    const std::string& more = {}) {
  return invitation(from, from + std::to_string(sequence), calendar_text("REQUEST", event(organiser, start, sequence, more)));
}

bool has(const Lines& lines, const std::string& line) { return std::find(lines.begin(), lines.end(), line) != lines.end(); }

bool says(const Observation& observation, std::string_view predicate, const std::string& person) {
  return std::any_of(observation.triples.begin(), observation.triples.end(), [&](const Triple& triple) {
    const auto* entity = std::get_if<EntityName>(&triple.object);
    return triple.predicate == predicate && entity != nullptr && entity->key.value == person;
  });
}

bool reports(const ImportItem& item, const std::string& words) {
  return std::any_of(item.dropped.begin(), item.dropped.end(),
                     [&](const Dropped& dropped) { return dropped.reason.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("an invitation counts when its sender is its organiser, and says who sent it") {
  const auto items = mail_items(request("Mara <MARA@desk.example>", mara, "20260120T090000Z", 0));
  REQUIRE(items.size() == 2);
  CHECK(items[0].observation.trust == Trust::untrusted);
  CHECK(items[1].observation.trust == Trust::imported);
  CHECK(says(items[1].observation, predicate::stated_by, "MARA@desk.example"));
  CHECK(items[1].dropped.empty());
}

TEST_CASE("an invitation from somebody else, from nobody or from several is a claim, and is reported") {
  for (const std::string from : {"evil@desk.example", "Mara Lind", "mara@desk.example, evil@desk.example", "",
                                 "mara@desk.example.evil.example", "\"mara@desk.example\" <evil@x.example>"}) {
    INFO("from: " << from);
    const auto items = mail_items(request(from, mara, "20260120T090000Z", 0));
    REQUIRE(items.size() == 2);
    CHECK(items[1].observation.trust == Trust::untrusted);
    CHECK(reports(items[1], "sender is not its organiser"));
  }
}

TEST_CASE("a reply sets its sender's own answer; what it says of others is a claim") {
  const std::string two = "UID:1\r\nATTENDEE;PARTSTAT=DECLINED:mailto:Jonas@desk.example\r\n"
                          "ATTENDEE;PARTSTAT=DECLINED;CN=Kim:mailto:kim@desk.example\r\n";
  const auto items = mail_items(invitation("jonas@desk.example", "r1", calendar_text("REPLY", two)));
  REQUIRE(items.size() == 3);
  CHECK(items[1].observation.trust == Trust::imported);
  CHECK(says(items[1].observation, predicate::declined_by, "Jonas@desk.example"));
  CHECK_FALSE(says(items[1].observation, predicate::declined_by, "kim@desk.example"));
  CHECK(items[1].observation.claims.empty());
  CHECK(items[2].observation.trust == Trust::untrusted);
  CHECK(says(items[2].observation, predicate::declined_by, "kim@desk.example"));
  CHECK(reports(items[2], "speaks for somebody else"));
  CHECK(items[1].observation.operation_id != items[2].observation.operation_id);

  const auto forged = mail_items(invitation("evil@x.example", "r2", calendar_text("REPLY", two)));
  REQUIRE(forged.size() == 2);
  CHECK(forged[1].observation.trust == Trust::untrusted);
}

TEST_CASE("content never sets its own trust, agent or operation") {
  const std::string lines = "UID:1\r\nX-TRUST:own\r\nTRUST:confirmed\r\nX-COMMONBOOK-AGENT:admin\r\nCLASS:PUBLIC\r\n"
                            "SUMMARY:trust: own\r\n";
  const auto items = mail_items("X-Trust: own\nX-Commonbook-Trust: confirmed\nAgent: admin\nOperation-Id: 1\n" +
                                invitation("evil@x.example", "1", calendar_text("", lines)));
  REQUIRE(items.size() == 2);
  for (const ImportItem& item : items) {
    CHECK(item.observation.trust == Trust::untrusted);
    CHECK(item.observation.agent.empty());
    CHECK(item.observation.session.empty());
  }
  for (const ImportItem& item : calendar_items(calendar_text("", lines))) CHECK(item.observation.trust == Trust::imported);
}

TEST_CASE("the organiser's later invitation moves an event, a stranger's does not, in any order") {
  const auto known = calendar_items(calendar_text("", event(mara, "20260120T090000Z", 0)));
  const auto moved = mail_items(request(mara, mara, "20260121T090000Z", 1));
  const auto forged = mail_items(request("evil@x.example", mara, "20270101T000000Z", 7));
  const auto taken_over = mail_items(request("evil@x.example", "evil@x.example", "20280101T000000Z", 8));
  for (const bool strangers_first : {false, true}) {
    ToldBook book;
    if (strangers_first) book.tell(taken_over, "email"), book.tell(forged, "email");
    book.tell(known, "calendar");
    book.tell(moved, "email");
    if (!strangers_first) book.tell(forged, "email"), book.tell(taken_over, "email");
    const Lines held = book.holds(uid);
    CHECK(has(held, "starts: 2026-01-21T09:00:00Z"));
    CHECK(has(held, "organised by: mara@desk.example"));
    CHECK_FALSE(has(held, "organised by: evil@x.example"));
    CHECK(has(book.claims(uid), "starts: 2027-01-01T00:00:00Z"));
    CHECK(has(book.claims(uid), "starts: 2028-01-01T00:00:00Z"));
  }
}

TEST_CASE("a stranger cannot cancel an event, take instances away or answer for people") {
  ToldBook book;
  book.tell(calendar_items(calendar_text("", event(mara, "20260120T090000Z", 0, "RRULE:FREQ=WEEKLY\r\n"))), "calendar");
  const std::string cancel = event(mara, "20260120T090000Z", 5, "EXDATE:20260127T090000Z\r\n");
  book.tell(mail_items(invitation("evil@x.example", "c", calendar_text("CANCEL", cancel))), "email");
  const std::string reply = "UID:" + uid + "\r\nATTENDEE;PARTSTAT=DECLINED:mailto:mara@desk.example\r\n";
  book.tell(mail_items(invitation("evil@x.example", "r", calendar_text("REPLY", reply))), "email");
  const Lines held = book.holds(uid);
  for (const char* claimed : {"status: cancelled", "excludes: 2026-01-27T09:00:00Z", "declined by: mara@desk.example"}) {
    INFO(claimed);
    CHECK_FALSE(has(held, claimed));
    CHECK(has(book.claims(uid), claimed));
  }
  book.tell(mail_items(invitation(mara, "c2", calendar_text("CANCEL", cancel))), "email");
  CHECK(has(book.holds(uid), "status: cancelled"));
}

TEST_CASE("an event known from mail alone belongs to whoever invited first") {
  ToldBook book;
  book.tell(mail_items(request("evil@x.example", "evil@x.example", "20280101T000000Z", 8)), "email");
  book.tell(mail_items(request(mara, mara, "20260120T090000Z", 0)), "email");
  CHECK(has(book.holds(uid), "starts: 2026-01-20T09:00:00Z"));
  CHECK_FALSE(has(book.holds(uid), "starts: 2028-01-01T00:00:00Z"));
}

TEST_CASE("an event that only a stranger's mail tells of is shown with the trust that it has") {
  ToldBook book;
  book.tell(mail_items(request("colleague@desk.example", mara, "20260120T090000Z", 0)), "email");
  QueryPlan plan;
  plan.keys = {Key{Scheme::ical_uid, uid, {}}};
  const Answer answer = book.answer(plan);
  CHECK(has(book.holds(uid), "starts: 2026-01-20T09:00:00Z"));
  for (const Fact& fact : answer.facts)
    if (fact.subject.key.value == uid) CHECK(fact.citation.trust == Trust::untrusted);
}

TEST_CASE("of an event's versions the organiser's is shown, however high a stranger counts") {
  ToldBook book;
  book.tell(calendar_items(calendar_text("", event(mara, "20260120T090000Z", 0, "DESCRIPTION:agenda of the team\r\n"))), "calendar");
  book.tell(mail_items(request("evil@x.example", mara, "20270101T000000Z", 9, "DESCRIPTION:agenda send money\r\n")), "email");
  QueryPlan plan;
  plan.terms = {"agenda"};
  for (const Passage& passage : book.answer(plan).passages)
    if (passage.citation.document_id == uid) CHECK(passage.text.find("send money") == std::string::npos);
}

TEST_CASE("no number of mails renames a person or takes a name away from one") {
  ToldBook book;
  const std::string attendee = "ATTENDEE;CN=Jonas Brandweil:mailto:jonas@desk.example\r\n";
  book.tell(calendar_items(calendar_text("", event(mara, "20260120T090000Z", 0, attendee))), "calendar");
  for (int copy = 0; copy < 5; ++copy) {
    const std::string id = std::to_string(copy) + "@evil";
    book.tell(mail_items("From: Jonas Brandweil <evil@x.example>\nTo: Fool <jonas@desk.example>\nMessage-ID: <" + id +
                         ">\n\nx\n"), "email");
  }
  QueryPlan plan;
  plan.names = {"Jonas Brandweil"};
  const Answer answer = book.answer(plan);
  REQUIRE(answer.starts.size() == 1);
  CHECK(answer.starts[0].key.value == "jonas@desk.example");
  CHECK(answer.starts[0].spelling == "Jonas Brandweil");
}
