// EventTime and its literals (RFC 9557).
#include "commonbook/agents/recurrence.hpp"
#include "commonbook/agents/time_zone.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace commonbook::agents {
namespace {

std::string format_offset(int seconds) {
  const int minutes = std::abs(seconds) / 60;
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return text;
}

/// "+01:00" in seconds.
std::optional<int> parse_offset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  int hours = 0;
  int minutes = 0;
  const auto hours_end = std::from_chars(text.data() + 1, text.data() + 3, hours);
  const auto minutes_end = std::from_chars(text.data() + 4, text.data() + 6, minutes);
  if (hours_end.ptr != text.data() + 3 || minutes_end.ptr != text.data() + 6 || hours > 23 || minutes > 59) {
    return std::nullopt;
  }
  return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/// "2026-01-20T16:00:00+01:00[Europe/Berlin]".
std::optional<EventTime> parse_zoned(std::string_view text) {
  constexpr std::size_t local_length = 19;
  constexpr std::size_t offset_length = 6;
  if (text.size() < local_length + offset_length + 3 || text.back() != ']') return std::nullopt;
  if (text[local_length + offset_length] != '[') return std::nullopt;
  const auto local = parse_time(text.substr(0, local_length));
  const auto offset = parse_offset(text.substr(local_length, offset_length));
  if (!local || !offset) return std::nullopt;
  EventTime time;
  time.local = *local;
  time.zone = text.substr(local_length + offset_length + 1);
  time.zone.pop_back();
  time.utc = Timestamp{as_utc(*local).unix_ms - std::int64_t{1000} * *offset};
  return time;
}

}  // namespace

Literal to_literal(const EventTime& time) {
  if (time.date_only) return {LiteralType::date, format_date(time.local.date)};
  std::string text = format_time(time.local);
  if (time.zone == "UTC") {
    text += 'Z';
  } else if (!time.zone.empty() && time.utc) {
    const std::int64_t offset_ms = as_utc(time.local).unix_ms - time.utc->unix_ms;
    text += format_offset(static_cast<int>(offset_ms / 1000)) + '[' + time.zone + ']';
  }
  return {LiteralType::timestamp, std::move(text)};
}

std::optional<EventTime> to_event_time(const Literal& literal) {
  EventTime time;
  if (literal.type == LiteralType::date) {
    const auto date = parse_date(literal.text);
    if (!date) return std::nullopt;
    time.local.date = *date;
    time.date_only = true;
    return time;
  }
  if (literal.type != LiteralType::timestamp || literal.text.empty()) return std::nullopt;
  if (literal.text.back() == ']') return parse_zoned(literal.text);
  std::string_view text = literal.text;
  const bool utc = text.back() == 'Z';
  if (utc) text.remove_suffix(1);
  const auto local = parse_time(text);
  if (!local) return std::nullopt;
  time.local = *local;
  if (utc) {
    time.zone = "UTC";
    time.utc = as_utc(*local);
  }
  return time;
}

Timestamp sort_key(const EventTime& time) { return time.utc.value_or(as_utc(time.local)); }

EventTime at_local(const EventTime& like, const CivilTime& local) {
  EventTime time = like;
  time.local = local;
  if (time.date_only) time.local = {local.date, 0, 0, 0};
  time.utc.reset();
  if (!like.utc) return time;
  if (like.zone == "UTC") {
    time.utc = as_utc(local);
  } else if (const auto zone = TimeZone::find(like.zone)) {
    time.utc = zone->to_utc(local);
    time.local = zone->to_local(*time.utc);  // a time in a gap is shown as the clock shows it then
  } else {
    // A zone that this system does not know keeps the offset that it had.
    time.utc = Timestamp{like.utc->unix_ms + (as_utc(local).unix_ms - as_utc(like.local).unix_ms)};
  }
  return time;
}

}  // namespace commonbook::agents
