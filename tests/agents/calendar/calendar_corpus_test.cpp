// The published calendars and the desk set, against values that several independent readers agree on.
#include "calendar_testing.hpp"
#include "commonbook/agents/source.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

using namespace commonbook;
using namespace commonbook::agents;
using nlohmann::json;

namespace {

std::vector<CalendarEvent> events_of(const std::filesystem::path& file) {
  auto source = open_calendars({file}, "calendar");
  REQUIRE(source);
  std::vector<CalendarEvent> events;
  for (;;) {
    auto item = (*source)->next();
    REQUIRE(item);
    if (!*item) return events;
    events.push_back(std::get<CalendarEvent>((*item)->parsed));
  }
}

/// "2026-01-20T15:00:00Z", without Z where it floats, "2026-01-20".
std::string instant_text(const EventTime& time) {
  if (time.date_only) return format_date(time.local.date);
  return time.utc ? format_utc(*time.utc) : format_time(time.local);
}

std::string text_or_empty(const json& value) { return value.is_string() ? value.get<std::string>() : std::string{}; }

/// Where we read otherwise than the others, each with its argument in docs/formats.md.
const std::set<std::string> argued_events{"ical4j/invalid/phpicalendar_sample.ics #13", "ical4j/invalid/talios.ics #0"};
const std::set<std::string> argued_occurrences{
    "ical4j/invalid/phpicalendar_sample.ics #13", "ical4j/invalid/talios.ics #0",  "ical4j/invalid/smallcluster.ics #0",
    "ical4j/valid/calconnect2.ics #0",            "ical4j/valid/calconnect4.ics #0", "ical4j/valid/calconnect8.ics #0",
    "ical4j/valid/calconnect9.ics #0"};

struct Counts {
  int events = 0;
  int there = 0;
  int agree = 0;
  std::string differing;
  std::set<std::string> different;  ///< "FILE #INDEX"

  void differ(const std::string& what) {
    differing += "\n  " + what;
    different.insert(what.substr(0, what.find(": ")));
  }
};

void compare_event(const std::string& file, const json& expected, const CalendarEvent* event, Counts& counts) {
  ++counts.events;
  const std::string where = file + " #" + std::to_string(expected["index"].get<int>()) + ": ";
  if (event == nullptr) return counts.differ(where + "missing");
  ++counts.there;
  const std::string start = text_or_empty(expected["dtstart"].is_object() ? expected["dtstart"]["start"] : json{});
  const std::string got_start = event->start ? instant_text(*event->start) : "";
  if (event->uid != text_or_empty(expected["uid"])) return counts.differ(where + "UID '" + event->uid + "'");
  if (got_start != start) return counts.differ(where + "start " + got_start + ", expected " + start);
  if (event->summary != text_or_empty(expected["summary"])) {
    return counts.differ(where + "summary '" + event->summary + "', expected '" + text_or_empty(expected["summary"]) + "'");
  }
  ++counts.agree;
}

std::set<int> disputed_events(const json& file) {
  std::set<int> indexes;
  if (!file.contains("disputed")) return indexes;
  for (const json& entry : file["disputed"]) {
    if (entry.contains("index") && entry["field"] != "occurrences") indexes.insert(entry["index"].get<int>());
  }
  return indexes;
}

/// Starts of the series of `master` within two years, overrides applied, at most 50.
std::vector<std::string> occurrences(const std::vector<CalendarEvent>& events, const CalendarEvent& master) {
  Series series{.start = *master.start, .duration = {}, .rules = master.rules, .added = master.added, .excluded = master.excluded};
  const Timestamp from = sort_key(*master.start);
  CivilDate end = master.start->local.date;
  end.year += 2;
  if (!is_valid(end)) end = {end.year, 3, 1};
  const TimeWindow window{from, {from.unix_ms + (days_since_epoch(end) - days_since_epoch(master.start->local.date)) * 86'400'000}};
  auto instances = expand(series, window);
  if (!instances) return {to_string(instances.error())};
  std::map<std::int64_t, std::string> starts;
  for (const EventTime& instance : *instances) starts[sort_key(instance).unix_ms] = instant_text(instance);
  std::vector<std::pair<std::int64_t, std::string>> moved;
  for (const CalendarEvent& other : events) {
    if (other.uid != master.uid || !other.recurrence_id || !other.start) continue;
    if (starts.erase(sort_key(*other.recurrence_id).unix_ms) > 0 && other.status != "CANCELLED") {
      moved.emplace_back(sort_key(*other.start).unix_ms, instant_text(*other.start));
    }
  }
  for (auto& [key, text] : moved) starts[key] = text;
  std::vector<std::string> texts;
  for (const auto& [key, text] : starts) {
    if (texts.size() < 50) texts.push_back(text);
  }
  return texts;
}

struct OccurrenceCounts {
  int series = 0;
  int agree = 0;
  std::string differing;
  std::set<std::string> different;
};

void compare_occurrences(const std::string& file, const json& expected, const std::vector<CalendarEvent>& events,
                         OccurrenceCounts& counts) {
  const auto index = expected["index"].get<std::size_t>();
  if (!expected["occurrences"].is_array() || index >= events.size() || !events[index].start) return;
  ++counts.series;
  const auto wanted = expected["occurrences"].get<std::vector<std::string>>();
  const auto got = occurrences(events, events[index]);
  if (got == wanted) {
    ++counts.agree;
    return;
  }
  const auto at = static_cast<std::size_t>(std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end()).first - got.begin());
  counts.different.insert(file + " #" + std::to_string(index));
  counts.differing += "\n  " + file + " #" + std::to_string(index) + ": " + std::to_string(got.size()) + " instead of " +
                      std::to_string(wanted.size()) + ", at " + std::to_string(at) + ' ' +
                      (at < got.size() ? got[at] : "-") + " instead of " + (at < wanted.size() ? wanted[at] : "-");
}

std::set<int> disputed_occurrences(const json& file) {
  std::set<int> indexes;
  if (!file.contains("disputed")) return indexes;
  for (const json& entry : file["disputed"]) {
    if (entry.contains("index")) indexes.insert(entry["index"].get<int>());
  }
  return indexes;
}

}  // namespace

TEST_CASE("published calendars: the events that independent readers agree on are there") {
  const auto expected_path = commonbook::testing::test_data("expected/ics.json");
  const auto folder = commonbook::testing::test_data("ics");
  if (!expected_path || !folder) return;
  std::ifstream stream{*expected_path};
  const json expected = json::parse(stream);
  Counts counts;
  OccurrenceCounts series;
  int all = 0, found = 0;
  for (const auto& [name, file] : expected["files"].items()) {
    if (!std::filesystem::exists(*folder / name)) continue;
    const auto events = events_of(*folder / name);
    all += file["vevents_in_text"].get<int>();
    found += static_cast<int>(events.size());
    const auto disputed = disputed_events(file);
    const auto disputed_series = disputed_occurrences(file);
    for (const json& entry : file["events"]) {
      const auto index = entry["index"].get<std::size_t>();
      const bool start_known = !entry["dtstart"].is_object() || entry["dtstart"]["start"].is_string();
      if (start_known && !disputed.contains(static_cast<int>(index))) {
        compare_event(name, entry, index < events.size() ? &events[index] : nullptr, counts);
      }
      if (!disputed_series.contains(static_cast<int>(index))) compare_occurrences(name, entry, events, series);
    }
  }
  WARN("published calendars: " << found << " of " << all << " VEVENTs read; of " << counts.events << " undisputed ones "
                               << counts.there << " are there and " << counts.agree
                               << " agree in UID, start and summary" << counts.differing);
  WARN("published calendars: " << series.agree << " of " << series.series << " undisputed lists of occurrences agree"
                               << series.differing);
  REQUIRE(counts.events > 3000);
  CHECK(found == all);
  CHECK(counts.there == counts.events);
  CHECK(counts.different == argued_events);
  CHECK(series.different == argued_occurrences);
}

TEST_CASE("the desk calendar: every event and every occurrence") {
  const auto expected_path = commonbook::testing::test_data("expected/desk-ics.json");
  const auto calendar = commonbook::testing::test_data("desk/calendar.ics");
  if (!expected_path || !calendar) return;
  std::ifstream stream{*expected_path};
  const json expected = json::parse(stream);
  const auto events = events_of(*calendar);
  Counts counts;
  OccurrenceCounts series;
  for (const json& entry : expected["files"]["calendar.ics"]["events"]) {
    const auto index = entry["index"].get<std::size_t>();
    const CalendarEvent* event = index < events.size() ? &events[index] : nullptr;
    compare_event("calendar.ics", entry, event, counts);
    compare_occurrences("calendar.ics", entry, events, series);
    if (event == nullptr) continue;
    INFO("event " << index);
    CHECK(event->location == text_or_empty(entry["location"]));
    CHECK(event->status == text_or_empty(entry["status"]));
    CHECK(event->sequence == (entry["sequence"].is_number() ? entry["sequence"].get<int>() : 0));
    CHECK((event->organiser ? event->organiser->address : "") == text_or_empty(entry["organizer"]));
    REQUIRE(event->attendees.size() == entry["attendees"].size());
    for (std::size_t at = 0; at < event->attendees.size(); ++at) {
      CHECK(event->attendees[at].address == text_or_empty(entry["attendees"][at]["mailto"]));
      CHECK(event->attendees[at].name == text_or_empty(entry["attendees"][at]["cn"]));
      CHECK(event->attendees[at].status == text_or_empty(entry["attendees"][at]["partstat"]));
    }
    if (entry["dtend"].is_object()) CHECK(instant_text(event->end.value()) == text_or_empty(entry["dtend"]["end"]));
  }
  INFO(counts.differing << series.differing);
  CHECK(counts.agree == counts.events);
  CHECK(series.agree == series.series);
  CHECK(series.series >= 10);
}
