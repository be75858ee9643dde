// From the lines of a VEVENT to a CalendarEvent. A property that can't be read is dropped and reported, never the event.
#pragma once
#include "calendar_zones.hpp"
#include "commonbook/agents/source.hpp"
#include "icalendar_components.hpp"

namespace commonbook::agents {

/// A VEVENT as read, with what its evidence needs besides.
struct ReadEvent {
  CalendarEvent event;
  std::optional<Timestamp> last_modified;
  std::optional<Timestamp> created;
  std::string hash;         ///< content_hash() of the unfolded lines
  std::string canonical;    ///< these lines
  std::int64_t first_line = 0;
  std::vector<Dropped> dropped;
};

/// @param place  the file, for `dropped`.
[[nodiscard]] ReadEvent read_event(CalendarComponent component, CalendarZones& zones, const std::string& place);

/// Weeks and days are days of the local clock, the rest is exact (RFC 5545, 3.3.6).
struct EventDuration {
  std::int64_t days = 0;
  std::int64_t seconds = 0;
};

/// Reads "P1DT2H"; nullopt where it is no duration.
[[nodiscard]] std::optional<EventDuration> parse_duration(std::string_view text);

}  // namespace commonbook::agents
