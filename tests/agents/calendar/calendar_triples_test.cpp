// What an event says as an observation.
#include "calendar_reading.hpp"
#include "calendar_testing.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

const std::string review =
    "UID:review@x.example\r\nDTSTAMP:20260101T060000Z\r\nSEQUENCE:3\r\nDTSTART;TZID=Europe/Berlin:20260120T160000\r\n"
    "DURATION:PT1H\r\nSUMMARY:Budget review\r\nLOCATION:Room  Linde\r\nSTATUS:CONFIRMED\r\nDESCRIPTION:Bring figures.\r\n"
    "CATEGORIES:money\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Europe/Berlin:20260127T160000\r\n"
    "ORGANIZER;CN=Mira:mailto:mira@x.example\r\n"
    "ATTENDEE;CN=Jonas;PARTSTAT=DECLINED:mailto:jonas@x.example\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Zoe:urn:uuid:17\r\n";

Observation only(const Reading& reading) {
  REQUIRE(reading.items.size() == 1);
  return reading.items.front().observation;
}

}  // namespace

TEST_CASE("an event says when, where, who and how it repeats") {
  const Observation observation = only(read(calendar(review)));
  CHECK(statements(observation) == std::vector<std::string>{
                                       "type = recurring event",
                                       "title = Budget review",
                                       "starts = 2026-01-20T16:00:00+01:00[Europe/Berlin]",
                                       "ends = 2026-01-20T17:00:00+01:00[Europe/Berlin]",
                                       "located at = name:Room Linde",
                                       "status = confirmed",
                                       "described as = Bring figures.",
                                       "categorised as = money",
                                       "recurs by = FREQ=WEEKLY;COUNT=4",
                                       "excludes = 2026-01-27T16:00:00+01:00[Europe/Berlin]",
                                       "organised by = mailto:mira@x.example",
                                       "attended by = mailto:jonas@x.example",
                                       "declined by = mailto:jonas@x.example",
                                       "attended by = name:Zoe",
                                       "accepted by = name:Zoe",
                                   });
  for (const Triple& triple : observation.triples) CHECK(triple.subject.key.value == "review@x.example");
  CHECK(observation.revision == 3);
  CHECK(observation.valid_from == parse_instant("2026-01-01T06:00:00Z"));
  CHECK(observation.specificity == 0);
  CHECK(observation.trust == Trust::imported);
  CHECK(observation.position == "test.ics:3");
}

TEST_CASE("a display name beside an address is a claim, never a name key") {
  const Observation observation = only(read(calendar(review)));
  REQUIRE(observation.claims.size() == 2);
  CHECK(observation.claims[0].entity.key == Key{Scheme::mailto, "mira@x.example", {}});
  CHECK(observation.claims[0].name == "Mira");
  CHECK(observation.claims[1].name == "Jonas");
  const auto two = read(calendar("UID:1\r\nATTENDEE;CN=Jonas B:mailto:one@x.example\r\n"
                                 "ATTENDEE;CN=Jonas B:mailto:two@x.example\r\n"));
  CHECK(states(only(two), "attended by = mailto:one@x.example"));
  CHECK(states(only(two), "attended by = mailto:two@x.example"));
}

TEST_CASE("the document can be found by its words, its people and its place") {
  const Document document = only(read(calendar(review))).document.value();
  CHECK(document.id == "review@x.example");
  CHECK(document.kind == DocumentKind::event);
  CHECK(document.title == "Budget review");
  CHECK(document.text ==
        "Budget review\nWhen: Tuesday 20 January 2026, 16:00 (Europe/Berlin) to Tuesday 20 January 2026, 17:00 "
        "(Europe/Berlin)\nWhere: Room Linde\nOrganised by: Mira <mira@x.example>\nRepeats: FREQ=WEEKLY;COUNT=4\n"
        "Bring figures.");
  CHECK(document.context.find("Jonas") != std::string::npos);
  CHECK(document.context.find("Room Linde") != std::string::npos);
  CHECK(document.time == parse_instant("2026-01-20T15:00:00Z"));
  REQUIRE(document.subject.has_value());
  CHECK(document.subject->key == Key{Scheme::ical_uid, "review@x.example", {}});
}

TEST_CASE("an override belongs to its series and replaces one instance") {
  const auto reading = read(calendar("UID:a%b?c\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260127T160000\r\n"
                                     "DTSTART;TZID=Europe/Berlin:20260128T090000\r\nSUMMARY:Moved\r\n"));
  const Observation observation = only(reading);
  CHECK(observation.triples.front().subject.key.value == "a%25b%3Fc?recurrence-id=2026-01-27T15:00:00Z");
  CHECK(states(observation, "part of series = ical-uid:a%25b%3Fc"));
  CHECK(states(observation, "replaces instance = 2026-01-27T16:00:00+01:00[Europe/Berlin]"));
  CHECK(states(observation, "type = event"));
  CHECK(observation.specificity == 1);
  CHECK(series_key(event_of(reading.items[0])).value == "a%25b%3Fc");
  CalendarEvent day;
  day.uid = "u";
  day.recurrence_id = event_time("2026-01-27");
  CHECK(event_key(day, "").value == "u?recurrence-id=2026-01-27");
}

TEST_CASE("one instant has one key, whichever zone its override is written in") {
  const auto key = [](const std::string& recurrence_id) {
    return only(read(calendar("UID:1\r\nRECURRENCE-ID" + recurrence_id + "\r\n"))).triples.front().subject.key;
  };
  CHECK(key(";TZID=Europe/Berlin:20260127T160000") == key(":20260127T150000Z"));
  CHECK(key(";TZID=Europe/Berlin:20260127T160000") != key(":20260127T160000"));
}

TEST_CASE("an event without UID is known by the hash of its lines") {
  const Observation observation = only(read(calendar("SUMMARY:nameless\r\nDTSTART:20260101\r\n")));
  CHECK(observation.document->id == observation.document->hash);
  CHECK(observation.triples.front().subject.key.value == "hash:" + observation.document->hash);
}

TEST_CASE("a cancellation is a status, by METHOD or by STATUS") {
  CHECK(states(only(read(calendar(review, "METHOD:CANCEL\r\n"))), "status = cancelled"));
  CHECK(states(only(read(calendar("UID:1\r\nSTATUS:CANCELLED\r\n"))), "status = cancelled"));
}

TEST_CASE("a reply states how its sender answers and nothing else") {
  const auto reading = read(calendar("UID:1\r\nSUMMARY:Another title\r\nDTSTART:20300101\r\n"
                                     "ORGANIZER:mailto:mira@x.example\r\n"
                                     "ATTENDEE;PARTSTAT=TENTATIVE;CN=Jonas:mailto:jonas@x.example\r\n",
                                     "METHOD:REPLY\r\n"));
  CHECK(statements(only(reading)) == std::vector<std::string>{"tentatively accepted by = mailto:jonas@x.example"});
  const auto counter = read(calendar(review, "METHOD:COUNTER\r\n"));
  CHECK(only(counter).triples.empty());
}

TEST_CASE("METHOD belongs to its own calendar of a file") {
  const auto reading = read(calendar(review, "METHOD:CANCEL\r\n") + calendar("UID:2\r\nSUMMARY:x\r\n"));
  REQUIRE(reading.items.size() == 2);
  CHECK(event_of(reading.items[1]).method.empty());
}

TEST_CASE("an operation id names agent and content, not the place where it was found", "[P2]") {
  const Observation first = only(read(calendar(review)));
  const Observation elsewhere = only(read("\r\n\r\n" + calendar(review, "X-WR-CALNAME:other\r\n")));
  CHECK(first.operation_id == elsewhere.operation_id);
  CHECK(first.document == elsewhere.document);
  CHECK(first.triples == elsewhere.triples);
  CHECK(first.operation_id != only(read(calendar(review), "other agent")).operation_id);
  CHECK(first.operation_id != only(read(calendar(review, "METHOD:CANCEL\r\n"))).operation_id);
  CHECK(first.operation_id != only(read(calendar(review + "X-A:b\r\n"))).operation_id);
}

TEST_CASE("what is read of an event does not depend on the events around it", "[P11]") {
  const auto file = commonbook::testing::test_data("desk/calendar.ics");
  if (!file) return;
  std::ifstream stream{*file, std::ios::binary};
  const std::string whole{std::istreambuf_iterator<char>{stream}, {}};
  const auto together = read(whole);
  REQUIRE(together.items.size() == 60);
  const std::size_t first = whole.find("BEGIN:VEVENT");
  std::string head = whole.substr(0, first);
  std::size_t at = first;
  std::set<std::string> ids;
  for (const ImportItem& item : together.items) {
    const std::size_t end = whole.find("END:VEVENT", at);
    const auto alone = read(head + whole.substr(at, end - at) + "END:VEVENT\r\nEND:VCALENDAR\r\n");
    at = whole.find("BEGIN:VEVENT", end);
    REQUIRE(alone.items.size() == 1);
    CHECK(alone.items[0].observation.triples == item.observation.triples);
    CHECK(alone.items[0].observation.operation_id == item.observation.operation_id);
    ids.insert(*item.observation.operation_id);
  }
  CHECK(ids.size() == 60);
}

TEST_CASE("a folder is read by name order, and a path that is missing is an error") {
  commonbook::testing::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "b");
  const auto write = [&](const char* name, const std::string& text) { std::ofstream{folder.path() / name} << text; };
  write("c.ics", calendar("UID:3\r\n"));
  write("a.ICS", calendar("UID:1\r\n"));
  write("b/x.ics", calendar("UID:2\r\n"));
  write("notes.txt", calendar("UID:4\r\n"));
  write("empty.ics", "");
  auto source = open_calendars({folder.path()}, "calendar");
  REQUIRE(source);
  std::vector<std::string> places;
  for (;;) {
    auto item = (*source)->next();
    REQUIRE(item);
    if (!*item) break;
    places.push_back(event_of(**item).uid + ' ' + (*item)->observation.position);
  }
  CHECK(places == std::vector<std::string>{"1 a.ICS:3", "2 b/x.ics:3", "3 c.ics:3"});
  CHECK((*source)->dropped() == std::vector<Dropped>{{"empty.ics", "holds no calendar component"}});
  CHECK((*source)->progress().documents == 3);
  CHECK((*source)->progress().bytes_done == (*source)->progress().bytes_total);
  const auto missing = open_calendars({folder.path() / "nowhere.ics"}, "calendar");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
}

TEST_CASE("a file named like a database is never opened") {
  commonbook::testing::TemporaryFolder folder;
  for (const char* name : {"book.db", "book.db-wal", "book.db-shm"}) {
    std::ofstream{folder.path() / name} << calendar("UID:1\r\n");
    const auto refused = open_calendars({folder.path() / name}, "calendar");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("a file that went away is an error, and the next file is read") {
  commonbook::testing::TemporaryFolder folder;
  std::ofstream{folder.path() / "a.ics"} << calendar("UID:1\r\n");
  std::ofstream{folder.path() / "b.ics"} << calendar("UID:2\r\n");
  auto source = open_calendars({folder.path()}, "calendar");
  REQUIRE(source);
  std::filesystem::remove(folder.path() / "a.ics");
  const auto failed = (*source)->next();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::io);
  auto item = (*source)->next();
  REQUIRE(item);
  CHECK(event_of(**item).uid == "2");
}
