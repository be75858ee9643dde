#include "calendar_zones.hpp"

#include "recurrence_rule.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace commonbook::agents {
namespace {

constexpr std::size_t zones_max = 200;
constexpr std::size_t names_max = 1000;

/// STANDARD or DAYLIGHT.
struct Observance {
  std::optional<CivilTime> start;  ///< local, on the clock before the change
  std::optional<int> offset_from;
  std::optional<int> offset_to;
  std::vector<std::string> rules;
  std::vector<CivilTime> added;
};

/// "+0100" or "-033000" in seconds.
std::optional<int> utc_offset(std::string_view text) {
  text = trimmed(text);
  if ((text.size() != 5 && text.size() != 7) || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  int parts[3] = {0, 0, 0};
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (std::isdigit(static_cast<unsigned char>(text[at])) == 0) return std::nullopt;
    int& part = parts[(at - 1) / 2];
    part = part * 10 + (text[at] - '0');
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return (text.front() == '-' ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
}

void read_line(Observance& observance, const ContentLine& line) {
  if (line.name == "DTSTART") {
    if (const auto time = BasicTime::parse(trimmed(line.value))) observance.start = time->time;
  } else if (line.name == "TZOFFSETFROM") {
    observance.offset_from = utc_offset(line.value);
  } else if (line.name == "TZOFFSETTO") {
    observance.offset_to = utc_offset(line.value);
  } else if (line.name == "RRULE") {
    observance.rules.push_back(line.value);
  } else if (line.name == "RDATE") {
    for (const std::string& value : split_list(line.value)) {
      if (const auto time = BasicTime::parse(trimmed(value))) observance.added.push_back(time->time);
    }
  }
}

std::vector<Observance> observances_of(const CalendarComponent& time_zone) {
  constexpr std::size_t observances_max = 200;
  std::vector<Observance> all;
  bool inside = false;
  for (const ContentLine& line : time_zone.lines) {
    if (line.name == "BEGIN") {
      inside = all.size() < observances_max;
      if (inside) all.emplace_back();
    } else if (line.name == "END") {
      inside = false;
    } else if (inside) {
      read_line(all.back(), line);
    }
  }
  std::erase_if(all, [](const Observance& one) { return !one.start || !one.offset_from || !one.offset_to; });
  return all;
}

/// The local starts of an observance, on the clock before each change.
std::vector<EventTime> onsets(const Observance& observance) {
  Series series;
  series.start.local = *observance.start;
  series.rules = observance.rules;
  for (const CivilTime& added : observance.added) {
    series.added.push_back({.local = added, .date_only = false, .zone = {}, .utc = {}});
  }
  // UNTIL stands in UTC while DTSTART is local: as the local time it may end the rule an occurrence too late or too
  // early by hours, never by a year.
  const TimeWindow window{as_utc({{1970, 1, 1}, 0, 0, 0}), as_utc({{2100, 1, 1}, 0, 0, 0})};
  auto found = expand(series, window, {.instances_max = 500, .steps_max = 10'000});
  if (!found) return {series.start};
  found->push_back(series.start);  // a change itself, whether or not it matches its rule
  return std::move(*found);
}

/// Zones that private names most often stand for: one of each behaviour.
constexpr auto candidates = std::to_array<std::string_view>(
    {"Europe/Berlin",       "Europe/London",    "Europe/Helsinki",   "Europe/Moscow",      "Europe/Istanbul",
     "America/New_York",    "America/Chicago",  "America/Denver",    "America/Los_Angeles", "America/Phoenix",
     "America/Anchorage",   "America/Halifax",  "America/Sao_Paulo", "America/Bogota",     "America/Mexico_City",
     "Pacific/Honolulu",    "Pacific/Auckland", "Australia/Sydney",  "Australia/Brisbane", "Australia/Adelaide",
     "Australia/Perth",     "Asia/Tokyo",       "Asia/Shanghai",     "Asia/Kolkata",       "Asia/Dubai",
     "Asia/Jerusalem",      "Asia/Bangkok",     "Africa/Lagos",      "Africa/Johannesburg", "Africa/Nairobi"});

bool agree(const TimeZone& one, const TimeZone& other, int year) {
  constexpr std::int64_t step_ms = std::int64_t{6} * 3600 * 1000;
  const std::int64_t end = as_utc({{year + 3, 1, 1}, 0, 0, 0}).unix_ms;
  for (std::int64_t at = as_utc({{year, 1, 1}, 0, 0, 0}).unix_ms; at < end; at += step_ms) {
    if (one.offset_seconds({at}) != other.offset_seconds({at})) return false;
  }
  return true;
}

std::optional<TimeZone> zone_like(const TimeZone& own, int year) {
  for (const std::string_view name : candidates) {
    const auto zone = TimeZone::find(name);
    if (zone && agree(*zone, own, year)) return zone;
  }
  return std::nullopt;
}

/// Exact names, then names that programs put a prefix before: "/mozilla.org/20050126_1/Europe/Berlin".
std::optional<TimeZone> iana_zone(std::string_view tzid) {
  tzid = trimmed(tzid);
  if (tzid.size() >= 2 && tzid.front() == '"' && tzid.back() == '"') tzid = tzid.substr(1, tzid.size() - 2);
  if (auto zone = TimeZone::find(tzid)) return zone;
  for (std::size_t slash = tzid.find('/'); slash != std::string_view::npos; slash = tzid.find('/', slash + 1)) {
    const std::string_view rest = tzid.substr(slash + 1);
    if (rest.find('/') == std::string_view::npos && rest != "UTC") break;  // "Berlin" alone is no zone name
    if (auto zone = TimeZone::find(rest)) return zone;
  }
  std::string with_slash{tzid};  // "US-Eastern"
  std::replace(with_slash.begin(), with_slash.end(), '-', '/');
  return with_slash == tzid ? std::nullopt : TimeZone::find(with_slash);
}

std::string offset_name(int seconds) {
  const int minutes = std::abs(seconds) / 60;
  const auto two = [](int value) { return std::string{static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)}; };
  return (seconds < 0 ? "-" : "+") + two(minutes / 60) + ':' + two(minutes % 60);
}

}  // namespace

std::optional<TimeZone> zone_of_component(const CalendarComponent& time_zone) {
  struct Change {
    Timestamp at;
    int from = 0;
    int to = 0;
  };
  std::vector<Change> changes;
  for (const Observance& observance : observances_of(time_zone)) {
    for (const EventTime& onset : onsets(observance)) {
      const std::int64_t at_ms = as_utc(onset.local).unix_ms - std::int64_t{1000} * *observance.offset_from;
      changes.push_back({{at_ms}, *observance.offset_from, *observance.offset_to});
    }
  }
  if (changes.empty()) return std::nullopt;
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
  std::vector<TimeZone::OffsetChange> offsets;
  for (const Change& change : changes) offsets.push_back({change.at, change.to});
  return TimeZone::of_changes({}, changes.front().from, offsets);
}

void CalendarZones::add(const CalendarComponent& time_zone) {
  if (components_.size() >= zones_max) return;
  for (const ContentLine& line : time_zone.lines) {
    if (line.name == "TZID") {
      components_.emplace(unescape_text(trimmed(line.value)), time_zone);
      return;
    }
  }
}

CalendarZones::Known& CalendarZones::known(const std::string& tzid) {
  if (const auto found = known_.find(tzid); found != known_.end()) return found->second;
  if (known_.size() >= names_max) known_.clear();
  Known known;
  known.iana = iana_zone(tzid);
  const auto component = components_.find(tzid);
  if (!known.iana && component != components_.end()) {
    for (const ContentLine& line : component->second.lines) {
      if (line.name == "X-LIC-LOCATION") known.iana = iana_zone(line.value);
    }
    if (!known.iana) known.own = zone_of_component(component->second);
  }
  return known_.emplace(tzid, std::move(known)).first->second;
}

std::optional<EventTime> CalendarZones::in_zone(const std::string& tzid, const CivilTime& local) {
  Known& zone = known(tzid);
  EventTime time;
  time.local = local;
  if (zone.iana) {
    time.zone = zone.iana->name();
    time.utc = zone.iana->to_utc(local);
    return time;
  }
  if (!zone.own) return std::nullopt;
  time.utc = zone.own->to_utc(local);
  const int year = local.date.year;
  auto like = zone.like.find(year);
  if (like == zone.like.end()) like = zone.like.emplace(year, zone_like(*zone.own, year)).first;
  time.zone = like->second ? like->second->name() : offset_name(zone.own->offset_seconds(*time.utc));
  return time;
}

}  // namespace commonbook::agents
