// Keys of events and series.
#include "commonbook/agents/calendar_event.hpp"

namespace commonbook::agents {
namespace {

std::string percent_encoded(const std::string& uid) {
  std::string out;
  for (const char letter : uid) {
    if (letter == '%') {
      out += "%25";
    } else if (letter == '?') {
      out += "%3F";
    } else {
      out += letter;
    }
  }
  return out;
}

/// UTC where there is one: two programs may write one instant in two zones.
std::string recurrence_id_text(const EventTime& time) {
  if (time.date_only) return format_date(time.local.date);
  return time.utc ? format_utc(*time.utc) : format_time(time.local);
}

}  // namespace

Key event_key(const CalendarEvent& event, const std::string& content_hash) {
  if (event.uid.empty()) return {Scheme::ical_uid, "hash:" + content_hash, {}};
  std::string value = percent_encoded(event.uid);
  if (event.recurrence_id) value += "?recurrence-id=" + recurrence_id_text(*event.recurrence_id);
  return {Scheme::ical_uid, std::move(value), {}};
}

Key series_key(const CalendarEvent& event) { return {Scheme::ical_uid, percent_encoded(event.uid), {}}; }

}  // namespace commonbook::agents
