// One VEVENT as read: what `import --dry-run` prints and what the calendar's triples are made of.
#pragma once
#include "commonbook/agents/recurrence.hpp"
#include "commonbook/model/key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// ORGANIZER or ATTENDEE.
struct Participant {
  std::string name;     ///< CN; may be empty
  std::string address;  ///< without "mailto:"; may be empty or no address at all
  std::string status;   ///< PARTSTAT in capitals, e.g. "ACCEPTED"; empty: not given
  std::string role;     ///< ROLE in capitals; empty: not given
  bool operator==(const Participant&) const = default;
};

struct CalendarEvent {
  std::string uid;                         ///< empty where the VEVENT has none
  std::optional<EventTime> recurrence_id;  ///< set: an override of one instance
  std::int64_t sequence = 0;
  std::string method;                      ///< of the VCALENDAR, in capitals; empty: none
  std::string summary;
  std::string description;
  std::string location;
  std::string status;                      ///< in capitals; empty: none
  std::optional<EventTime> start;
  std::optional<EventTime> end;            ///< from DTEND, else from DURATION; exclusive
  std::optional<Timestamp> stamp;          ///< DTSTAMP
  std::optional<Participant> organiser;
  std::vector<Participant> attendees;
  std::vector<std::string> categories;
  std::vector<std::string> rules;          ///< RRULE
  std::vector<EventTime> added;            ///< RDATE
  std::vector<EventTime> excluded;         ///< EXDATE
  bool operator==(const CalendarEvent&) const = default;
};

/// The key of an event: its UID, and for an override "UID?recurrence-id=<utc or local time>", with % and ?
/// inside the UID percent-encoded. Without UID: "hash:" and the hash of the VEVENT.
[[nodiscard]] Key event_key(const CalendarEvent& event, const std::string& content_hash);
/// The key of the series that an override belongs to.
[[nodiscard]] Key series_key(const CalendarEvent& event);

}  // namespace commonbook::agents
