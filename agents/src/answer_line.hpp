// How times, ranges and places are written in the one-line answer: ISO dates, 24-hour times.
#pragma once
#include "event_instances.hpp"
#include "question_dates.hpp"
#include "commonbook/agents/time_zone.hpp"

#include <optional>
#include <string>

namespace commonbook::agents {

/// In which zone local times are shown.
struct Display {
  std::optional<TimeZone> asked;  ///< the zone that the question names; else the event's own
  TimeZone home;                  ///< for events in UTC when the question names no zone
};

/// A time as it is shown.
struct ShownTime {
  CivilTime local;
  std::string zone;  ///< IANA name, "UTC", or empty: floating or a date
  bool date_only = false;
};

[[nodiscard]] ShownTime show(const EventTime& time, const Display& display);
/// "2026-03-04", "2026-01-20 16:00", or "2026-01-20T15:00:00Z" in UTC.
[[nodiscard]] std::string date_and_time(const ShownTime& time);
/// "16:00", or "2026-01-20T15:00:00Z" in UTC; the date where there is no time.
[[nodiscard]] std::string time_of_day(const ShownTime& time);
/// First and last day on which an instance is seen in the shown zone.
[[nodiscard]] DayRange shown_days(const EventInstance& instance, const Display& display);
/// "A to B" where the instance covers several days, or where `span` or UTC asks for it; else its start.
[[nodiscard]] std::string when_text(const EventInstance& instance, const Display& display, bool span);
/// The end of an instance as date_and_time() writes it, the last day for DATEs; empty where it has none.
[[nodiscard]] std::string end_text(const EventInstance& instance, const Display& display);
/// "1 h 30 min", "3 days"; empty where the event has no end.
[[nodiscard]] std::string duration_text(const EventInstance& instance);
/// " (Europe/Berlin, to 17:30)" or less: what a reader needs beside the value.
[[nodiscard]] std::string time_note(const EventInstance& instance, const Display& display);

}  // namespace commonbook::agents
