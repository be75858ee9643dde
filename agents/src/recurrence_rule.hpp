// One RRULE as libical reads it, in plain lists. The walk along it is ours (recurrence_periods.hpp).
#pragma once
#include "commonbook/model/civil_time.hpp"
#include "commonbook/model/result.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Lists are sorted, without duplicates, empty where the part is not given. Negative numbers count from the end.
struct RecurrenceRule {
  enum class Frequency : std::uint8_t { secondly, minutely, hourly, daily, weekly, monthly, yearly };
  struct Weekday {
    int weekday = 0;  ///< 0 = Monday
    int nth = 0;      ///< 0: every one
  };
  Frequency frequency = Frequency::daily;
  int interval = 1;
  std::optional<int> count;
  std::optional<CivilTime> until;  ///< as written
  bool until_is_utc = false;
  bool until_is_date = false;
  int week_start = 0;              ///< 0 = Monday
  std::vector<int> months, month_days, year_days, weeks, hours, minutes, seconds, positions;
  std::vector<Weekday> weekdays;

  /// @errors  parse_error: no rule. not_supported: a calendar other than the Gregorian one.
  static Result<RecurrenceRule> parse(std::string_view text);
};

/// Reads "20260120", "20260120T150000" and "20260120T150000Z" without a look at any zone.
struct BasicTime {
  CivilTime time;
  bool is_date = false;
  bool is_utc = false;
  static std::optional<BasicTime> parse(std::string_view text) noexcept;
};

}  // namespace commonbook::agents
