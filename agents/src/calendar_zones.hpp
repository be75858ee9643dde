// The zones that one calendar file names: IANA names have the IANA rules; any other name has the rules of the file's
// VTIMEZONE. Where the two contradict each other the IANA rules hold: such VTIMEZONEs are cut down to one year's rule.
#pragma once
#include "commonbook/agents/recurrence.hpp"
#include "commonbook/agents/time_zone.hpp"
#include "icalendar_components.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

class CalendarZones {
 public:
  /// Keeps a VTIMEZONE for later; at most 200 of a file.
  void add(const CalendarComponent& time_zone);
  /// `local` in the zone that TZID names. Without IANA name the result's zone is a known one that the VTIMEZONE agrees
  /// with over that year and the next two, else the offset, e.g. "+02:00". nullopt: nobody knows the zone.
  std::optional<EventTime> in_zone(const std::string& tzid, const CivilTime& local);

 private:
  struct Known {
    std::optional<TimeZone> iana;
    std::optional<TimeZone> own;                 ///< of the VTIMEZONE
    std::map<int, std::optional<TimeZone>> like; ///< by year: a known zone with the same offsets
  };
  Known& known(const std::string& tzid);

  std::map<std::string, CalendarComponent> components_;
  std::map<std::string, Known> known_;
};

/// The zone that a VTIMEZONE describes, from 1970 to 2100. nullopt where it holds no usable part.
[[nodiscard]] std::optional<TimeZone> zone_of_component(const CalendarComponent& time_zone);

}  // namespace commonbook::agents
