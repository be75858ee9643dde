// Calendar arithmetic without time zones: dates, times of day, and their ISO 8601 texts.
#pragma once
#include "commonbook/model/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace commonbook {

/// A date of the proleptic Gregorian calendar. month 1-12, day 1-31.
struct CivilDate {
  int year = 1970;
  int month = 1;
  int day = 1;
  auto operator<=>(const CivilDate&) const = default;
};

/// A date and a time of day, without zone. hour 0-23, minute 0-59, second 0-60.
struct CivilTime {
  CivilDate date;
  int hour = 0;
  int minute = 0;
  int second = 0;
  auto operator<=>(const CivilTime&) const = default;
};

/// Days since 1970-01-01; negative before it. Thread: any.
/// @source  H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
[[nodiscard]] std::int64_t days_since_epoch(const CivilDate& date) noexcept;
/// The inverse of days_since_epoch().
[[nodiscard]] CivilDate date_of_days(std::int64_t days) noexcept;
/// 0 = Monday ... 6 = Sunday (ISO 8601 order).
[[nodiscard]] int weekday_of(const CivilDate& date) noexcept;
/// True when month and day exist in that year.
[[nodiscard]] bool is_valid(const CivilDate& date) noexcept;

/// Reads `time` as if it were UTC.
[[nodiscard]] Timestamp as_utc(const CivilTime& time) noexcept;
/// The UTC date and time of a timestamp, cut to whole seconds towards the past.
[[nodiscard]] CivilTime utc_time(Timestamp timestamp) noexcept;

/// "2026-01-20".
[[nodiscard]] std::string format_date(const CivilDate& date);
/// "2026-01-20T15:00:00" (no zone designator).
[[nodiscard]] std::string format_time(const CivilTime& time);
/// "2026-01-20T15:00:00Z".
[[nodiscard]] std::string format_utc(Timestamp timestamp);

/// Reads "2026-01-20". nullopt where the text is anything else or no such day exists.
[[nodiscard]] std::optional<CivilDate> parse_date(std::string_view text) noexcept;
/// Reads "2026-01-20T15:00:00", the seconds optional; nothing may follow.
[[nodiscard]] std::optional<CivilTime> parse_time(std::string_view text) noexcept;

}  // namespace commonbook
