// Event times and the instances of a recurrence rule, computed at question time over the asked window.
#pragma once
#include "commonbook/model/civil_time.hpp"
#include "commonbook/model/literal.hpp"
#include "commonbook/model/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// A DATE, a floating time, a UTC time or a time in a zone.
struct EventTime {
  CivilTime local;             ///< as written; in UTC when zone is "UTC"
  bool date_only = false;
  std::string zone;            ///< IANA name, "UTC", or empty: floating
  std::optional<Timestamp> utc;///< nullopt for DATEs and floating times
  bool operator==(const EventTime&) const = default;
};

/// date, or timestamp as LiteralType::timestamp says. Thread: any.
[[nodiscard]] Literal to_literal(const EventTime& time);
/// The inverse; nullopt for literals of other types or damaged text.
[[nodiscard]] std::optional<EventTime> to_event_time(const Literal& literal);
/// For order and windows: the UTC instant, or the local time read as if it were UTC.
[[nodiscard]] Timestamp sort_key(const EventTime& time);
/// The same local time of day on another date (zone rules applied anew).
[[nodiscard]] EventTime at_local(const EventTime& like, const CivilTime& local);

/// What RRULE, RDATE and EXDATE say together.
struct Series {
  EventTime start;
  std::optional<std::chrono::seconds> duration;
  std::vector<std::string> rules;        ///< RRULE values as they stand
  std::vector<EventTime> added;          ///< RDATE
  std::vector<EventTime> excluded;       ///< EXDATE; a DATE excludes every instance of that day
};

/// Limits of security.md: a rule that never matches still burns steps.
struct ExpansionLimits {
  std::size_t instances_max = 1000;
  std::size_t steps_max = 10'000;
};

/// Starts of the instances in [window.from, window.to) by sort_key(), in order, without overrides applied.
/// DTSTART counts as an instance also when it does not match its rule only where there is no rule.
/// @errors  parse_error: a rule can't be read. not_supported: HOURLY, MINUTELY or SECONDLY of whole days. A limit that is reached
///          ends the list without an error.
/// @thread  any. @source RFC 5545, 3.3.10 and 3.8.5.
Result<std::vector<EventTime>> expand(const Series& series, const TimeWindow& window, const ExpansionLimits& limits = {});

}  // namespace commonbook::agents
