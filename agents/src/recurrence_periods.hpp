// The candidates of a rule, one period (second, minute, hour, day, week, month, year) at a time. libical 3.0.16 has a walk too, but it
// goes on inside one call while a rule matches nothing (14 s, measured), jumps wrongly for HOURLY with INTERVAL, and
// gives other instances than its own published cases say for BYSETPOS, BYWEEKNO=53 and BYHOUR with HOURLY.
#pragma once
#include "recurrence_rule.hpp"

#include <cstdint>
#include <vector>

namespace commonbook::agents {

/// Local times in order; made one by one, since BYHOUR, BYMINUTE and BYSECOND may multiply to millions a period.
class PeriodCandidates {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return has_positions_ ? indexes_.size() : size_before_positions(); }
  [[nodiscard]] CivilTime at(std::size_t index) const;

 private:
  friend class RulePeriods;
  [[nodiscard]] std::size_t size_before_positions() const noexcept;
  std::vector<std::int64_t> days_;
  std::vector<int> hours_, minutes_, seconds_;
  std::vector<std::size_t> indexes_;  ///< what BYSETPOS leaves
  bool has_positions_ = false;
};

class RulePeriods {
 public:
  /// @param start  DTSTART: fills in what the rule leaves open. Both must outlive this object.
  RulePeriods(const RecurrenceRule& rule, const CivilTime& start, bool days_only);
  /// The period that holds `local`, or the last one of the rule before it; 0 is the period of DTSTART.
  [[nodiscard]] std::int64_t index_of(const CivilTime& local) const;
  /// Its first moment. Periods without a candidate exist too.
  [[nodiscard]] CivilTime begin_of(std::int64_t index) const;
  [[nodiscard]] PeriodCandidates candidates(std::int64_t index) const;
  /// The next period that may have one: of hours, minutes and seconds those are passed over whose day, hour or minute
  /// the rule leaves out.
  [[nodiscard]] std::int64_t after(std::int64_t index) const;

 private:
  struct Days {
    std::int64_t first = 0;
    std::int64_t end = 0;
  };
  [[nodiscard]] Days days_of(std::int64_t index) const;
  [[nodiscard]] bool within_day() const noexcept { return unit_seconds_ > 0; }
  /// First second of a period within a day, from 1970 on, in local time.
  [[nodiscard]] std::int64_t seconds_of(std::int64_t index) const noexcept;
  [[nodiscard]] bool matches(std::int64_t day) const;
  [[nodiscard]] bool weekday_matches(std::int64_t day, const CivilDate& date) const;
  [[nodiscard]] bool week_matches(std::int64_t day) const;
  [[nodiscard]] std::int64_t first_week_of(int year) const;
  [[nodiscard]] int week_year_of(std::int64_t day) const;

  RecurrenceRule rule_;  ///< with the parts that DTSTART fills in
  CivilTime start_;
  std::int64_t start_day_;
  bool days_only_;
  bool by_week_years_;   ///< YEARLY with BYWEEKNO: its years begin with week 1
  std::int64_t unit_seconds_ = 0;   ///< of HOURLY, MINUTELY, SECONDLY; 0: a day or more
  std::int64_t first_second_ = 0;   ///< of the period of DTSTART, with a unit
  int first_year_ = 0;   ///< of period 0, where periods are years
};

}  // namespace commonbook::agents
