// What real exporters write, and what files made to hurt look like: good events survive, memory and output stay bounded.
#include "calendar_reading.hpp"
#include "calendar_testing.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <set>
#include <sstream>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

const CalendarEvent& only_event(const Reading& reading) {
  REQUIRE(reading.items.size() == 1);
  return event_of(reading.items.front());
}

std::string start_text(const CalendarEvent& event) { return event.start ? to_literal(*event.start).text : "none"; }

/// Whatever came in: what goes out keeps the limits that storage checks.
void require_storable(const Observation& observation) {
  REQUIRE(observation.triples.size() <= triples_in_observation_max);
  REQUIRE(observation.document.has_value());
  REQUIRE_FALSE(observation.document->id.empty());
  REQUIRE_FALSE(observation.document->hash.empty());
  REQUIRE(observation.document->text.size() <= document_text_bytes_max);
  REQUIRE(observation.operation_id.has_value());
  for (const Triple& triple : observation.triples) {
    REQUIRE_FALSE(triple.subject.key.value.empty());
    if (const auto* literal = std::get_if<Literal>(&triple.object)) {
      INFO(triple.predicate << " " << literal->text);
      REQUIRE(is_well_formed(*literal));
    } else {
      const auto& entity = std::get<EntityName>(triple.object);
      REQUIRE_FALSE(entity.key.value.empty());
      REQUIRE(entity.key.value.size() <= 8192);
    }
  }
}

}  // namespace

TEST_CASE("lines are unfolded, however they were folded") {
  CHECK(only_event(read(calendar("SUMMARY:one t\r\n wo thr\r\n\tee\r\n"))).summary == "one two three");
  CHECK(only_event(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:bare\n line feeds\nEND:VEVENT\nEND:VCALENDAR\n")).summary ==
        "bareline feeds");
  CHECK(only_event(read("BEGIN:VEVENT\rSUMMARY:carriage\r returns\rEND:VEVENT\r")).summary == "carriagereturns");
  CHECK(only_event(read(calendar("DESCRIPTION:folded without\r\n3.110 white space\r\nSUMMARY:kept\r\n"))).description ==
        "folded without3.110 white space");
  CHECK(only_event(read(calendar("SUMMARY\r\n :value on the next line\r\n"))).summary == "value on the next line");
  CHECK(only_event(read(calendar("SUMMARY:caf\xC3\r\n \xA9\r\n"))).summary == "caf\xC3\xA9");
}

TEST_CASE("a line is read whole wherever a file's blocks end, and is counted") {
  constexpr std::size_t block = 64 * 1024;
  for (const std::string end : {"\r\n", "\n", "\r"}) {
    // One event begins before the border of two blocks, the next one behind it: each of their bytes comes to lie on it.
    const std::string events = "BEGIN:VEVENT" + end + "SUMMARY:one t" + end + " wo" + end + "UID:1" + end + "END:VEVENT" + end +
                               "BEGIN:VEVENT" + end + "SUMMARY:three" + end + "UID:2" + end + "END:VEVENT" + end;
    for (std::size_t ahead = 0; ahead <= events.size() + 2; ++ahead) {
      const std::string filling(block - ahead - end.size(), 'x');
      const Reading reading = read(filling + end + events);
      INFO("end of line of " << end.size() << " bytes, the first of them " << static_cast<int>(end[0]) << ", " << ahead << " ahead");
      REQUIRE(reading.items.size() == 2);
      REQUIRE(event_of(reading.items[0]).summary == "one two");
      REQUIRE(event_of(reading.items[1]).summary == "three");
      REQUIRE(reading.items[0].observation.position == "test.ics:2");
      REQUIRE(reading.items[1].observation.position == "test.ics:7");
    }
  }
}

TEST_CASE("a time zone counts wherever it stands, even within an event that does not end") {
  const std::string zone = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0330\r\n"
                           "TZOFFSETTO:+0330\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
  const std::string event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Ours:20260120T160000\r\n";
  for (const std::string& text : {zone + event + "END:VEVENT\r\n", event + "END:VEVENT\r\n" + zone, event + zone}) {
    const Reading reading = read("BEGIN:VCALENDAR\r\n" + text + "END:VCALENDAR\r\n");
    REQUIRE(reading.items.size() == 1);
    REQUIRE(event_of(reading.items.front()).start);
    CHECK(event_of(reading.items.front()).start->utc == as_utc({{2026, 1, 20}, 12, 30, 0}));
  }
}

TEST_CASE("text that is no UTF-8 is read as Latin-1, and control characters go") {
  CHECK(only_event(read(calendar("SUMMARY:caf\xE9\r\n"))).summary == "caf\xC3\xA9");
  CHECK(only_event(read(calendar(std::string_view{"SUMMARY:a\0b\x07" "c\r\n", 15}))).summary == "abc");
  CHECK(only_event(read("\xEF\xBB\xBF" + calendar("SUMMARY:marked\r\n"))).summary == "marked");
}

TEST_CASE("of UTF-8 with a damaged character the rest stays, and the damage shows") {
  CHECK(only_event(read(calendar("SUMMARY:\xE6\x97\xA5\xE6\x9C\xAC\xE5?\xE4\xBC\x9A\r\n"))).summary ==
        "\xE6\x97\xA5\xE6\x9C\xAC\xEF\xBF\xBD?\xE4\xBC\x9A");
}

TEST_CASE("escapes and parameters") {
  const auto reading = read(calendar("SUMMARY:a\\, b\\; c\\\\ d \\\"e\\\"\r\nDESCRIPTION:one\\ntwo\\Nthree\r\n"
                                     "ORGANIZER;CN=\"Doe; Jane: PhD\":MAILTO:jane@x.example\r\n"
                                     "ATTENDEE;CN=^'Ann^' Lee;PARTSTAT=accepted:mailto:ann@x.example\r\n"
                                     "CATEGORIES:a\\,b,c\r\n"));
  const CalendarEvent& event = only_event(reading);
  CHECK(event.summary == "a, b; c\\ d \\\"e\\\"");
  CHECK(event.description == "one\ntwo\nthree");
  CHECK(event.organiser == Participant{"Doe; Jane: PhD", "jane@x.example", "", ""});
  REQUIRE(event.attendees.size() == 1);
  CHECK(event.attendees[0] == Participant{"\"Ann\" Lee", "ann@x.example", "ACCEPTED", ""});
  CHECK(event.categories == std::vector<std::string>{"a,b", "c"});
}

TEST_CASE("a component without its END loses nothing but what follows it") {
  const auto reading = read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:one\nBEGIN:VEVENT\nUID:2\nSUMMARY:two\n"
                            "BEGIN:VALARM\nSUMMARY:alarm\nEND:VEVENT\nBEGIN:VEVENT\nUID:3\nSUMMARY:three\nEND:VCALENDAR\n"
                            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:4\n");
  REQUIRE(reading.items.size() == 4);
  for (std::size_t at = 0; at < 4; ++at) CHECK(event_of(reading.items[at]).uid == std::to_string(at + 1));
  CHECK(event_of(reading.items[1]).summary == "two");
  CHECK(reading.items[0].dropped.size() == 1);
}

TEST_CASE("a property that can't be read is dropped and reported, not its event") {
  const auto reading = read(calendar("UID:1\r\nDTSTART:2006717T080000Z\r\nDURATION:soon\r\nSEQUENCE:x\r\nSUMMARY:kept\r\n"
                                     "ATTENDEE:\r\nno property\r\n"));
  const CalendarEvent& event = only_event(reading);
  CHECK(event.summary == "kept");
  CHECK_FALSE(event.start.has_value());
  CHECK(event.sequence == 0);
  CHECK(reading.items[0].dropped.size() == 4);
  CHECK(reading.items[0].dropped[0].place == "test.ics:5");
}

TEST_CASE("a time is a day, a local time, an instant or a time in a zone") {
  const auto start = [](const std::string& line, const std::string& before = {}) {
    const auto reading = read(calendar(line + "\r\n", before));
    return start_text(only_event(reading));
  };
  CHECK(start("DTSTART;VALUE=DATE:20260120") == "2026-01-20");
  CHECK(start("DTSTART:20260120") == "2026-01-20");
  CHECK(start("DTSTART;TZID=Europe/Berlin:20260120") == "2026-01-20");
  CHECK(start("DTSTART:20260120T160000") == "2026-01-20T16:00:00");
  CHECK(start("DTSTART:20260120T160000Z ") == "2026-01-20T16:00:00Z");
  CHECK(start("DTSTART;TZID=Europe/Berlin:20260120T160000") == "2026-01-20T16:00:00+01:00[Europe/Berlin]");
  CHECK(start("DTSTART;TZID=W. Europe Standard Time:20260120T160000") == "2026-01-20T16:00:00+01:00[Europe/Berlin]");
  CHECK(start("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260120T160000") ==
        "2026-01-20T16:00:00+01:00[Europe/Berlin]");
  CHECK(start("DTSTART;TZID=Nowhere:20260120T160000") == "2026-01-20T16:00:00");
  CHECK(start("DTSTART;TZID=../../../etc/passwd:20260120T160000") == "2026-01-20T16:00:00");
}

TEST_CASE("a zone that only the file knows has the rules of its VTIMEZONE, wherever that stands") {
  const std::string european = "BEGIN:VTIMEZONE\r\nTZID:Our Office\r\nBEGIN:DAYLIGHT\r\nDTSTART:19810329T020000\r\n"
                               "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
                               "END:DAYLIGHT\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\n"
                               "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
                               "END:STANDARD\r\nEND:VTIMEZONE\r\n";
  const std::string odd = "BEGIN:VTIMEZONE\r\nTZID:Odd\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
                          "TZOFFSETFROM:+0117\r\nTZOFFSETTO:+0117\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
  const std::string office = "DTSTART;TZID=Our Office:20260720T160000\r\n";
  CHECK(start_text(only_event(read(calendar(office, european)))) == "2026-07-20T16:00:00+02:00[Europe/Berlin]");
  CHECK(start_text(only_event(read(calendar(office) + european))) == "2026-07-20T16:00:00+02:00[Europe/Berlin]");
  CHECK(start_text(only_event(read(calendar("DTSTART;TZID=Odd:20260720T160000\r\n", odd)))) ==
        "2026-07-20T16:00:00+01:17[+01:17]");
}

TEST_CASE("an IANA name has IANA rules, whatever the file's VTIMEZONE says") {
  const std::string wrong = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
                            "TZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
  CHECK(start_text(only_event(read(calendar("DTSTART;TZID=Europe/Berlin:20260720T160000\r\n", wrong)))) ==
        "2026-07-20T16:00:00+02:00[Europe/Berlin]");
}

TEST_CASE("DURATION gives the end: days by the calendar, hours by the clock") {
  const auto end = [](const std::string& lines) {
    const auto reading = read(calendar(lines));
    return to_literal(only_event(reading).end.value()).text;
  };
  CHECK(end("DTSTART;TZID=Europe/Berlin:20260328T120000\r\nDURATION:P1D\r\n") == "2026-03-29T12:00:00+02:00[Europe/Berlin]");
  CHECK(end("DTSTART;TZID=Europe/Berlin:20260328T120000\r\nDURATION:PT24H\r\n") == "2026-03-29T13:00:00+02:00[Europe/Berlin]");
  CHECK(end("DTSTART;VALUE=DATE:20260228\r\nDURATION:P1W\r\n") == "2026-03-07");
  CHECK(end("DURATION:PT1H30M\r\nDTSTART:20260120T233000Z\r\n") == "2026-01-21T01:00:00Z");
}

TEST_CASE("a time that no calendar can write is left out and named, the rest of the event is kept") {
  const auto late = read(calendar("UID:1\r\nSUMMARY:late\r\nDTSTART:99991231T235959Z\r\nDURATION:PT1H\r\n"));
  require_storable(late.items.at(0).observation);
  CHECK(event_of(late.items[0]).start);
  CHECK_FALSE(event_of(late.items[0]).end);
  CHECK(late.items[0].dropped.size() == 1);
  const auto early = read(calendar("UID:2\r\nSUMMARY:early\r\nDTSTART;TZID=Asia/Tokyo:00010101T000000\r\n"));
  require_storable(early.items.at(0).observation);
  CHECK_FALSE(event_of(early.items[0]).start);
}

TEST_CASE("a file that holds no calendar gives no event and says so") {
  for (const char* text : {"", "hello", "<html>BEGIN</html>", "\xFF\xFE\0x"}) {
    const auto reading = read(text);
    CHECK(reading.items.empty());
    CHECK(reading.dropped.size() == 1);
  }
  CHECK(read("BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\nEND:VCALENDAR\r\n").dropped.empty());
}

TEST_CASE("files made to hurt give bounded events") {
  SECTION("a line of 20 MB") {
    const auto reading = read(calendar("UID:1\r\nSUMMARY:" + std::string(20'000'000, 'x') + "\r\nLOCATION:here\r\n"));
    CHECK(only_event(reading).summary.size() <= 64 * 1024);
    CHECK(only_event(reading).location == "here");
    CHECK_FALSE(reading.items[0].dropped.empty());
    require_storable(reading.items[0].observation);
  }
  SECTION("100,000 folds of one line") {
    std::string folded = "UID:1\r\nDESCRIPTION:x";
    for (int fold = 0; fold < 100'000; ++fold) folded += "\r\n yyyy";
    const auto reading = read(calendar(folded + "\r\n"));
    CHECK(only_event(reading).description.size() <= 64 * 1024);
    require_storable(reading.items[0].observation);
  }
  SECTION("100,000 attendees and as many excluded dates") {
    std::string lines = "UID:1\r\nDTSTART:20260101\r\nRRULE:FREQ=DAILY\r\n";
    for (int index = 0; index < 10'000; ++index) {
      lines += "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a" + std::to_string(index) + "@x.example\r\n";
    }
    lines += "EXDATE:20260101";
    for (int index = 0; index < 6'000; ++index) lines += ",20260101";
    const auto reading = read(calendar(lines + "\r\n"));
    REQUIRE(reading.items.size() == 1);
    CHECK_FALSE(reading.items[0].dropped.empty());
    require_storable(reading.items[0].observation);
  }
  SECTION("100,000 open parts, and 10,000 components without END") {
    std::string nested = "UID:1\r\n";
    for (int depth = 0; depth < 100'000; ++depth) nested += "BEGIN:X\r\n";
    CHECK(only_event(read(calendar(nested))).uid == "1");
    std::string open;
    for (int index = 0; index < 10'000; ++index) open += "BEGIN:VEVENT\r\nUID:" + std::to_string(index) + "\r\n";
    CHECK(read(open).items.size() == 10'000);
  }
  SECTION("10,000 time zones of one file") {
    std::string zones;
    for (int index = 0; index < 10'000; ++index) {
      zones += "BEGIN:VTIMEZONE\r\nTZID:Z" + std::to_string(index) + "\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
               "RRULE:FREQ=YEARLY\r\nTZOFFSETFROM:+0117\r\nTZOFFSETTO:+0117\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    }
    CHECK(start_text(only_event(read(calendar("DTSTART;TZID=Z5:20260101T000000\r\n", zones)))) ==
          "2026-01-01T00:00:00+01:17[+01:17]");
  }
  SECTION("long names") {
    const std::string name(5'000, 'n');
    const auto reading = read(calendar("UID:" + name + "\r\nLOCATION:" + name + "\r\nSUMMARY:" + name + "\r\nORGANIZER;CN=" +
                                       name + ":invalid:nomail\r\n"));
    require_storable(reading.items.at(0).observation);
    CHECK(event_of(reading.items[0]).uid.size() <= 1024);
  }
}

TEST_CASE("no damage to a calendar crashes its reader or makes it write what storage refuses") {
  const auto file = commonbook::testing::test_data("desk/calendar.ics");
  if (!file) return;
  std::ifstream stream{*file, std::ios::binary};
  const std::string whole{std::istreambuf_iterator<char>{stream}, {}};
  for (const std::uint64_t seed : commonbook::testing::seeds_to_run(100)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    std::mt19937_64 generator{seed};
    std::string damaged = whole.substr(0, 1 + generator() % whole.size());
    for (int change = 0; change < 200; ++change) {
      const std::size_t at = generator() % damaged.size();
      switch (generator() % 4) {
        case 0: damaged[at] = static_cast<char>(generator() % 256); break;
        case 1: damaged.erase(at, 1 + generator() % 20); break;
        case 2: damaged.insert(at, damaged.substr(generator() % damaged.size(), generator() % 50)); break;
        default: damaged.insert(at, "\r\n"); break;
      }
      if (damaged.empty()) damaged = " ";
    }
    for (const ImportItem& item : read(damaged).items) require_storable(item.observation);
  }
}
