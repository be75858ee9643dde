// The rules of one time zone as a TZif file states them: its transitions, and the rule that holds after the last one.
// Source: RFC 9636 (TZif); POSIX.1-2017, 8.3 (the TZ string of the footer).
#pragma once
#include "commonbook/agents/time_zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A day of the year on which daylight saving time begins or ends, with the local time of the change.
struct YearlyChange {
  enum class Form : std::uint8_t { month_week_day, julian_without_leap_day, zero_based_day };
  Form form = Form::month_week_day;
  int month = 1;
  int week = 1;     ///< 5: the last one
  int weekday = 0;  ///< 0 = Sunday, as POSIX counts
  int day = 0;      ///< of the other two forms
  int seconds = 7200;

  /// Seconds since 1970 of that local time, read as if it were UTC.
  [[nodiscard]] std::int64_t in_year(int year) const;
};

/// The footer: a standard offset, and daylight saving time where there is any.
struct YearlyRule {
  int standard_offset = 0;  ///< seconds east of Greenwich
  int daylight_offset = 0;
  bool has_daylight = false;
  YearlyChange daylight_begins;
  YearlyChange daylight_ends;

  [[nodiscard]] int offset_at(std::int64_t unix_seconds) const;
  /// nullopt where the text is no TZ string, e.g. "CET-1CEST,M3.5.0,M10.5.0/3".
  static std::optional<YearlyRule> parse(std::string_view text);
};

struct TimeZone::Rules {
  struct Transition {
    std::int64_t at = 0;  ///< seconds since 1970, UTC
    int offset = 0;       ///< from then on
  };
  std::string name;
  int first_offset = 0;  ///< before the first transition
  std::vector<Transition> transitions;
  YearlyRule later;      ///< after the last transition
  bool has_later = false;

  [[nodiscard]] int offset_at(std::int64_t unix_seconds) const;
  /// nullopt where `bytes` are no TZif data of version 2 or later.
  static std::optional<Rules> parse(std::string name, std::string_view bytes);
};

}  // namespace commonbook::agents
