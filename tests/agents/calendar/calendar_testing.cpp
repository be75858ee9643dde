#include "calendar_testing.hpp"

#include "commonbook/agents/time_zone.hpp"

#include <algorithm>

namespace commonbook::agents {

EventTime event_time(std::string text) {
  if (text.size() >= 8 && text[4] != '-') {
    text.insert(6, "-").insert(4, "-");
    if (text.size() > 13) text.insert(15, ":").insert(13, ":");
  }
  EventTime time;
  if (text.size() == 10) {
    time.date_only = true;
    time.local.date = parse_date(text).value();
    return time;
  }
  time.local = parse_time(text.substr(0, 19)).value();
  if (text.back() == 'Z') time.zone = "UTC";
  if (text.back() == ']') time.zone = text.substr(20, text.size() - 21);
  if (!time.zone.empty()) time.utc = TimeZone::find(time.zone).value().to_utc(time.local);
  return time;
}

Timestamp parse_instant(const std::string& text) { return as_utc(parse_time(text.substr(0, 19)).value()); }

std::string basic_text(const EventTime& time) {
  std::string text = time.date_only ? format_date(time.local.date) : format_time(time.local);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace commonbook::agents
