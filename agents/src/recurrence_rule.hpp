// One RRULE as libical iterates it, in local time without a zone, and how far a walk along it may go.
#pragma once
#include "commonbook/model/civil_time.hpp"
#include "commonbook/model/result.hpp"

#include <libical/ical.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace commonbook::agents {

/// An RRULE with its bounds taken out of the text: UNTIL needs the zone of DTSTART, COUNT and INTERVAL are checked.
struct RecurrenceRule {
  icalrecurrencetype parsed{};
  std::optional<CivilTime> until;  ///< as written
  bool until_is_utc = false;
  bool until_is_date = false;
  bool counted = false;

  /// @errors  parse_error: no rule. not_supported: SECONDLY or MINUTELY.
  static Result<RecurrenceRule> parse(std::string_view text);
  /// The least time from one period to the next, e.g. 14 days for WEEKLY;INTERVAL=2.
  [[nodiscard]] std::int64_t period_seconds() const;
  /// What one period costs: libical looks at every day of a month or a year.
  [[nodiscard]] std::int64_t period_steps() const;
};

struct IteratorDeleter {
  void operator()(icalrecur_iterator* iterator) const noexcept { icalrecur_iterator_free(iterator); }
};
using RuleIterator = std::unique_ptr<icalrecur_iterator, IteratorDeleter>;

[[nodiscard]] icaltimetype to_icaltime(const CivilTime& time, bool date_only) noexcept;
[[nodiscard]] CivilTime to_civil(const icaltimetype& time) noexcept;

/// Reads "20260120", "20260120T150000" and "20260120T150000Z" without a look at any zone.
struct BasicTime {
  CivilTime time;
  bool is_date = false;
  bool is_utc = false;
  static std::optional<BasicTime> parse(std::string_view text) noexcept;
};

}  // namespace commonbook::agents
