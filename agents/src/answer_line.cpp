#include "answer_line.hpp"

namespace commonbook::agents {
namespace {

std::string clock_text(const CivilTime& time) { return format_time(time).substr(11, 5); }

// The last moment of an exclusive end: an event until midnight is not one of the next day.
EventTime last_moment(const EventTime& end) {
  EventTime last = end;
  if (end.date_only) {
    last.local.date = date_of_days(days_since_epoch(end.local.date) - 1);
  } else {
    last.local = utc_time(Timestamp{as_utc(end.local).unix_ms - 1000});
    if (end.utc) last.utc = Timestamp{end.utc->unix_ms - 1000};
  }
  return last;
}

}  // namespace

ShownTime show(const EventTime& time, const Display& display) {
  if (time.date_only || !time.utc) return {time.local, "", time.date_only};
  if (display.asked) return {display.asked->to_local(*time.utc), display.asked->name(), false};
  if (time.zone == "UTC" || time.zone.empty()) return {display.home.to_local(*time.utc), display.home.name(), false};
  return {time.local, time.zone, false};
}

std::string date_and_time(const ShownTime& time) {
  if (time.date_only) return format_date(time.local.date);
  if (time.zone == "UTC" || time.zone == "Etc/UTC") return format_time(time.local) + "Z";
  return format_date(time.local.date) + " " + clock_text(time.local);
}

std::string time_of_day(const ShownTime& time) {
  if (time.date_only || time.zone == "UTC" || time.zone == "Etc/UTC") return date_and_time(time);
  return clock_text(time.local);
}

DayRange shown_days(const EventInstance& instance, const Display& display) {
  const CivilDate first = show(instance.start, display).local.date;
  if (!instance.end || sort_key(*instance.end) <= sort_key(instance.start)) return {first, first};
  const CivilDate last = show(last_moment(*instance.end), display).local.date;
  return {first, std::max(first, last)};
}

std::string when_text(const EventInstance& instance, const Display& display, bool span) {
  const ShownTime start = show(instance.start, display);
  const DayRange days = shown_days(instance, display);
  const bool utc = start.zone == "UTC" || start.zone == "Etc/UTC";
  constexpr std::int64_t overnight_ms = std::int64_t{20} * 3600 * 1000;
  const bool days_long =
      instance.end && sort_key(*instance.end).unix_ms - sort_key(instance.start).unix_ms >= overnight_ms;
  if (start.date_only || (days_long && !utc && days.first < days.last)) {
    if (days.first == days.last) return format_date(days.first);
    return format_date(days.first) + " to " + format_date(days.last);
  }
  const std::string begin = date_and_time(start);
  if (!instance.end || !(span || utc)) return begin;
  return begin + " to " + date_and_time(show(*instance.end, display));
}

std::string end_text(const EventInstance& instance, const Display& display) {
  if (!instance.end) return {};
  if (instance.end->date_only) return format_date(last_moment(*instance.end).local.date);
  return date_and_time(show(*instance.end, display));
}

std::string duration_text(const EventInstance& instance) {
  if (!instance.end) return {};
  const std::int64_t minutes = (sort_key(*instance.end).unix_ms - sort_key(instance.start).unix_ms) / 60'000;
  constexpr std::int64_t day_minutes = 24 * 60;
  if (instance.start.date_only)
    return std::to_string(minutes / day_minutes) + (minutes == day_minutes ? " day" : " days");
  std::string text;
  if (minutes >= 60) text = std::to_string(minutes / 60) + " h";
  if (minutes % 60 != 0 || minutes == 0) text += (text.empty() ? "" : " ") + std::to_string(minutes % 60) + " min";
  return text;
}

std::string time_note(const EventInstance& instance, const Display& display) {
  const ShownTime start = show(instance.start, display);
  if (start.date_only || start.zone == "UTC") return "";
  std::string note = start.zone;
  if (instance.start.zone == "UTC") note += ", " + format_utc(sort_key(instance.start));
  if (instance.end && shown_days(instance, display).first == shown_days(instance, display).last)
    note += (note.empty() ? "to " : ", to ") + clock_text(show(*instance.end, display).local);
  return note.empty() ? "" : " (" + note + ")";
}

}  // namespace commonbook::agents
