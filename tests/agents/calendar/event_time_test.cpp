// Event times and their literals.
#include "commonbook/agents/recurrence.hpp"
#include "commonbook/agents/time_zone.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

EventTime in_zone(const char* zone, const char* local) {
  EventTime time;
  time.local = *parse_time(local);
  time.zone = zone;
  time.utc = TimeZone::find(zone)->to_utc(time.local);
  return time;
}

}  // namespace

TEST_CASE("an event time and its literal say the same") {
  EventTime floating;
  floating.local = *parse_time("2026-01-20T16:00:00");
  EventTime day;
  day.local.date = {2026, 1, 20};
  day.date_only = true;
  const EventTime berlin = in_zone("Europe/Berlin", "2026-01-20T16:00:00");
  const EventTime newfoundland = in_zone("America/St_Johns", "2026-07-20T16:00:00");
  const EventTime utc = in_zone("UTC", "2026-01-20T16:00:00");

  CHECK(to_literal(floating) == Literal{LiteralType::timestamp, "2026-01-20T16:00:00"});
  CHECK(to_literal(day) == Literal{LiteralType::date, "2026-01-20"});
  CHECK(to_literal(berlin) == Literal{LiteralType::timestamp, "2026-01-20T16:00:00+01:00[Europe/Berlin]"});
  CHECK(to_literal(newfoundland) == Literal{LiteralType::timestamp, "2026-07-20T16:00:00-02:30[America/St_Johns]"});
  CHECK(to_literal(utc) == Literal{LiteralType::timestamp, "2026-01-20T16:00:00Z"});
  for (const EventTime& time : {floating, day, berlin, newfoundland, utc}) {
    INFO(to_literal(time).text);
    CHECK(is_well_formed(to_literal(time)));
    CHECK(to_event_time(to_literal(time)) == time);
  }
}

TEST_CASE("a damaged literal is no event time") {
  for (const char* text : {"", "2026-01-20", "2026-13-20T16:00:00", "2026-01-20T16:00:00+01:00[", "2026-01-20T16:00:00]",
                           "2026-01-20T16:00:00+01:00[]", "2026-01-20T16:00:00+1:000[Europe/Berlin]", "tomorrow"}) {
    INFO(text);
    CHECK_FALSE(to_event_time({LiteralType::timestamp, text}).has_value());
  }
  CHECK_FALSE(to_event_time({LiteralType::date, "2026-02-30"}).has_value());
  CHECK_FALSE(to_event_time({LiteralType::text, "2026-01-20"}).has_value());
}

TEST_CASE("the same local time on another date follows the zone's rules of that date") {
  const EventTime winter = in_zone("Europe/Berlin", "2026-01-20T16:00:00");
  const EventTime summer = at_local(winter, *parse_time("2026-07-20T16:00:00"));
  CHECK(to_literal(summer).text == "2026-07-20T16:00:00+02:00[Europe/Berlin]");
  CHECK(format_utc(sort_key(summer)) == "2026-07-20T14:00:00Z");
  EventTime day = winter;
  day.date_only = true;
  day.utc.reset();
  CHECK(to_literal(at_local(day, *parse_time("2026-07-20T16:00:00"))).text == "2026-07-20");
}
