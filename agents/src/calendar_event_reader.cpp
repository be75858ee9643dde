#include "calendar_event_reader.hpp"

#include "recurrence_rule.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace commonbook::agents {
namespace {

constexpr std::size_t uid_bytes_max = 1024;
constexpr std::size_t attendees_max = 1000;
constexpr std::size_t dates_max = 10'000;    // RDATE and EXDATE each, as security.md has it
constexpr std::size_t rules_max = 20;
constexpr std::size_t categories_max = 100;
constexpr std::size_t drops_max = 100;

/// Fills one event from its lines.
class EventReader {
 public:
  EventReader(ReadEvent& out, CalendarZones& zones, const std::string& place)
      : out_(out), event_(out.event), zones_(zones), place_(place) {}

  void read(const ContentLine& line) {
    if (read_text(line) || read_time(line) || read_people(line)) return;
    if (line.name == "RRULE") {
      keep(event_.rules, std::string{trimmed(line.value)}, rules_max, line);
    } else if (line.name == "RDATE") {
      read_dates(line, event_.added);
    } else if (line.name == "EXDATE") {
      read_dates(line, event_.excluded);
    } else if (line.name == "CATEGORIES") {
      for (const std::string& part : split_list(line.value)) {
        const std::string category = in_one_line(unescape_text(part));
        if (!category.empty()) keep(event_.categories, category, categories_max, line);
      }
    }
  }

  void finish() {
    if (!duration_ || event_.end || !event_.start) return;
    const EventTime end = after(*event_.start, *duration_);
    if (is_writable(end)) event_.end = end;
    else drop(duration_line_, "DURATION leads out of the years 1 to 9999; the event has no end");
  }
  void drop(std::int64_t line, std::string reason) {
    if (out_.dropped.size() < drops_max) out_.dropped.push_back({place_ + ':' + std::to_string(line), std::move(reason)});
  }

 private:
  bool read_text(const ContentLine& line) {
    // Of a property that stands twice the first one counts.
    const auto set = [](std::string& field, std::string text) {
      if (field.empty()) field = std::move(text);
    };
    if (line.name == "UID") {
      set(event_.uid, in_one_line(line.value));
      if (event_.uid.size() > uid_bytes_max) {
        drop(line.number, "UID longer than 1 KiB; its hash is used");
        event_.uid = content_hash(event_.uid);
      }
    } else if (line.name == "SUMMARY") {
      set(event_.summary, std::string{trimmed(unescape_text(line.value))});
    } else if (line.name == "DESCRIPTION") {
      set(event_.description, unescape_text(line.value));
    } else if (line.name == "LOCATION") {
      set(event_.location, std::string{trimmed(unescape_text(line.value))});
    } else if (line.name == "STATUS") {
      set(event_.status, in_capitals(trimmed(line.value)));
    } else if (line.name == "SEQUENCE") {
      const std::string_view text = trimmed(line.value);
      std::int64_t sequence = 0;
      const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), sequence);
      if (code != std::errc{} || end != text.data() + text.size() || sequence < 0) {
        drop(line.number, "SEQUENCE is no number");
      } else {
        event_.sequence = sequence;
      }
    } else {
      return false;
    }
    return true;
  }

  bool read_time(const ContentLine& line) {
    const auto set = [&](auto& field) {
      if (!field) field = time_of(line, line.value);
    };
    const auto set_instant = [&](std::optional<Timestamp>& field) {
      if (field) return;
      if (const auto time = time_of(line, line.value)) field = sort_key(*time);
    };
    if (line.name == "DTSTART") {
      set(event_.start);
    } else if (line.name == "DTEND") {
      set(event_.end);
    } else if (line.name == "RECURRENCE-ID") {
      set(event_.recurrence_id);
    } else if (line.name == "DTSTAMP") {
      set_instant(event_.stamp);
    } else if (line.name == "LAST-MODIFIED") {
      set_instant(out_.last_modified);
    } else if (line.name == "CREATED") {
      set_instant(out_.created);
    } else if (line.name == "DURATION") {
      duration_ = parse_duration(line.value);
      duration_line_ = line.number;
      if (!duration_) drop(line.number, "DURATION '" + shown(line.value) + "' is no duration");
    } else {
      return false;
    }
    return true;
  }

  bool read_people(const ContentLine& line) {
    if (line.name != "ORGANIZER" && line.name != "ATTENDEE") return false;
    Participant person;
    person.name = in_one_line(line.parameter("CN"));
    person.address = address_of(line.value);
    if (person.address.empty()) person.address = address_of(line.parameter("EMAIL"));
    person.status = in_capitals(line.parameter("PARTSTAT"));
    person.role = in_capitals(line.parameter("ROLE"));
    if (person.name.empty() && person.address.empty()) {
      drop(line.number, line.name + " without name and address");
    } else if (line.name == "ATTENDEE") {
      keep(event_.attendees, std::move(person), attendees_max, line);
    } else if (!event_.organiser) {
      event_.organiser = std::move(person);
    }
    return true;
  }

  void read_dates(const ContentLine& line, std::vector<EventTime>& into) {
    for (const std::string& value : split_list(line.value)) {
      if (trimmed(value).empty()) continue;
      if (auto time = time_of(line, value.substr(0, value.find('/')))) {  // of a period its start
        if (!keep(into, std::move(*time), dates_max, line)) return;
      }
    }
  }

  template <class T>
  bool keep(std::vector<T>& into, T value, std::size_t count_max, const ContentLine& line) {
    if (into.size() < count_max) {
      into.push_back(std::move(value));
      return true;
    }
    if (into.size() == count_max) drop(line.number, "more than " + std::to_string(count_max) + ' ' + line.name);
    return false;
  }

  std::optional<EventTime> time_of(const ContentLine& line, std::string_view value) {
    const auto read = BasicTime::parse(trimmed(value));
    if (!read) {
      drop(line.number, line.name + " '" + shown(value) + "' is no date or time");
      return std::nullopt;
    }
    EventTime time;
    time.local = read->time;
    // VALUE=DATE beside a time means the day; a bare date is one without VALUE=DATE too.
    time.date_only = read->is_date || in_capitals(line.parameter("VALUE")) == "DATE";
    if (time.date_only) {
      time.local = {read->time.date, 0, 0, 0};
      return time;
    }
    if (read->is_utc) {
      time.zone = "UTC";
      time.utc = as_utc(time.local);
      return time;
    }
    const std::string tzid{trimmed(line.parameter("TZID"))};
    if (tzid.empty()) return time;
    if (auto zoned = zones_.in_zone(tzid, time.local)) {
      if (is_writable(*zoned)) return zoned;
      drop(line.number, line.name + " '" + shown(value) + "' is not within the years 1 to 9999 of UTC; it is left out");
      return std::nullopt;
    }
    drop(line.number, "time zone '" + shown(tzid) + "' is not known; " + line.name + " is read as local time");
    return time;
  }

  /// Times are stored as text with a year of four digits.
  static bool is_writable(const EventTime& time) {
    const auto fits = [](const CivilTime& civil) { return civil.date.year >= 1 && civil.date.year <= 9999; };
    return fits(time.local) && (!time.utc || fits(utc_time(*time.utc)));
  }

  static EventTime after(const EventTime& start, const EventDuration& duration) {
    CivilTime local = start.local;
    local.date = date_of_days(days_since_epoch(local.date) + duration.days);
    EventTime end = at_local(start, local);
    if (duration.seconds == 0) return end;
    const auto zone = end.utc ? TimeZone::find(end.zone) : std::nullopt;
    if (!zone) return at_local(end, utc_time({as_utc(end.local).unix_ms + duration.seconds * 1000}));
    end.utc = Timestamp{end.utc->unix_ms + duration.seconds * 1000};
    end.local = zone->to_local(*end.utc);
    return end;
  }

  /// A mail address without "mailto:"; other URIs are no address.
  static std::string address_of(std::string_view value) {
    value = trimmed(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    const bool has_scheme = in_capitals(value.substr(0, 7)) == "MAILTO:";
    if (has_scheme) value = trimmed(value.substr(7));
    const std::size_t at = value.find('@');
    const bool is_address = at != std::string_view::npos && at > 0 && at + 1 < value.size() &&
                            value.find_first_of(" \t<>\"") == std::string_view::npos;
    constexpr std::size_t address_bytes_max = 320;
    if (!is_address || value.size() > address_bytes_max) return {};
    if (!has_scheme && value.find("://") != std::string_view::npos) return {};
    return std::string{value};
  }

  static std::string shown(std::string_view text) { return cut_text(in_one_line(text), 100, 100); }

  ReadEvent& out_;
  CalendarEvent& event_;
  CalendarZones& zones_;
  const std::string& place_;
  std::optional<EventDuration> duration_;
  std::int64_t duration_line_ = 0;
};

}  // namespace

std::optional<EventDuration> parse_duration(std::string_view text) {
  text = trimmed(text);
  std::int64_t sign = 1;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
  }
  if (text.size() < 2 || (text.front() != 'P' && text.front() != 'p')) return std::nullopt;
  text.remove_prefix(1);
  constexpr std::int64_t amount_max = 100'000'000;  // keeps the products below far from overflow
  constexpr std::int64_t days_max = 36'600;
  EventDuration duration;
  bool time = false;
  while (!text.empty()) {
    if (text.front() == 'T' || text.front() == 't') {
      time = true;
      text.remove_prefix(1);
      continue;
    }
    std::int64_t amount = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (code != std::errc{} || end == text.data() + text.size() || amount < 0 || amount > amount_max) return std::nullopt;
    const char unit = static_cast<char>(std::toupper(static_cast<unsigned char>(*end)));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    switch (unit) {
      case 'W': duration.days += amount * 7; break;
      case 'D': duration.days += amount; break;
      case 'H': duration.seconds += amount * 3600; break;
      case 'M':
        if (!time) return std::nullopt;
        duration.seconds += amount * 60;
        break;
      case 'S': duration.seconds += amount; break;
      default: return std::nullopt;
    }
    if (duration.days > days_max || duration.seconds > days_max * 86'400) return std::nullopt;
  }
  return EventDuration{sign * duration.days, sign * duration.seconds};
}

ReadEvent read_event(CalendarComponent component, CalendarZones& zones, const std::string& place) {
  ReadEvent out;
  out.event.method = std::move(component.method);
  out.hash = content_hash(component.canonical);
  out.canonical = std::move(component.canonical);
  out.first_line = component.first_line;
  EventReader reader{out, zones, place};
  for (const auto& [line, reason] : component.dropped) reader.drop(line, reason);
  for (const ContentLine& line : component.lines) reader.read(line);
  reader.finish();
  return out;
}

}  // namespace commonbook::agents
