#include "recurrence_periods.hpp"

#include <algorithm>

namespace commonbook::agents {
namespace {

using Frequency = RecurrenceRule::Frequency;

constexpr std::int64_t seconds_in_day = 86'400;

bool holds(const std::vector<int>& values, int wanted) {
  return std::binary_search(values.begin(), values.end(), wanted);
}
/// `position` from 1, or the same place counted from the end of `total`.
bool holds_from_either_end(const std::vector<int>& values, int position, int total) {
  return holds(values, position) || holds(values, position - total - 1);
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

std::int64_t days_of_month_begin(std::int64_t months) {
  const std::int64_t year = floor_divide(months, 12);
  return days_since_epoch({static_cast<int>(year), static_cast<int>(months - year * 12) + 1, 1});
}

int days_in_year(int year) { return is_valid({year, 2, 29}) ? 366 : 365; }
int days_in_month(const CivilDate& date) {
  int last = 31;
  while (!is_valid({date.year, date.month, last})) --last;
  return last;
}

}  // namespace

std::size_t PeriodCandidates::size_before_positions() const noexcept {
  return days_.size() * hours_.size() * minutes_.size() * seconds_.size();
}

CivilTime PeriodCandidates::at(std::size_t index) const {
  if (has_positions_) index = indexes_[index];
  CivilTime time;
  time.second = seconds_[index % seconds_.size()];
  index /= seconds_.size();
  time.minute = minutes_[index % minutes_.size()];
  index /= minutes_.size();
  time.hour = hours_[index % hours_.size()];
  time.date = date_of_days(days_[index / hours_.size()]);
  return time;
}

RulePeriods::RulePeriods(const RecurrenceRule& rule, const CivilTime& start, bool days_only)
    : rule_(rule),
      start_(start),
      start_day_(days_since_epoch(start.date)),
      days_only_(days_only),
      by_week_years_(rule.frequency == Frequency::yearly && !rule.weeks.empty()) {
  const bool no_day = rule.month_days.empty() && rule.year_days.empty() && rule.weekdays.empty();
  if (no_day && (by_week_years_ || rule.frequency == Frequency::weekly)) {
    rule_.weekdays.push_back({weekday_of(start.date), 0});
  } else if (no_day && rule.frequency == Frequency::yearly) {
    if (rule.months.empty()) rule_.months.push_back(start.date.month);
    rule_.month_days.push_back(start.date.day);
  } else if (no_day && rule.frequency == Frequency::monthly) {
    rule_.month_days.push_back(start.date.day);
  } else if (rule.frequency == Frequency::yearly && !rule.month_days.empty() && rule.months.empty() && rule.weeks.empty() &&
             rule.year_days.empty() && rule.weekdays.empty()) {
    rule_.months.push_back(start.date.month);  // "yearly on the 29th": of DTSTART's month, as libical and ical.js say
  }
  const auto fill = [&](std::vector<int>& values, int value) {
    if (days_only) {
      values.assign(1, 0);
    } else if (values.empty()) {
      values.push_back(value);
    }
  };
  unit_seconds_ = rule.frequency == Frequency::hourly     ? 3600
                  : rule.frequency == Frequency::minutely ? 60
                  : rule.frequency == Frequency::secondly ? 1
                                                          : 0;
  if (within_day()) {
    const std::int64_t of_day = start.hour * 3600 + start.minute * 60 + std::min(start.second, 59);
    first_second_ = start_day_ * seconds_in_day + of_day - of_day % unit_seconds_;
  }
  if (!within_day() || days_only) fill(rule_.hours, start.hour);
  if (rule.frequency >= Frequency::hourly) fill(rule_.minutes, start.minute);
  if (rule.frequency >= Frequency::minutely) fill(rule_.seconds, std::min(start.second, 59));
  // A DTSTART that is no instance says nothing of its week: then its calendar year counts (libical's reading).
  first_year_ = by_week_years_ && matches(start_day_) ? week_year_of(start_day_) : start.date.year;
}

std::int64_t RulePeriods::first_week_of(int year) const {
  const std::int64_t first_of_january = days_since_epoch({year, 1, 1});
  const int days_into_week = (weekday_of({year, 1, 1}) - rule_.week_start + 7) % 7;
  // Week 1 has at least four days of its year.
  return first_of_january - days_into_week + (days_into_week > 3 ? 7 : 0);
}

int RulePeriods::week_year_of(std::int64_t day) const {
  const int year = date_of_days(day).year;
  if (day < first_week_of(year)) return year - 1;
  return day >= first_week_of(year + 1) ? year + 1 : year;
}

std::int64_t RulePeriods::index_of(const CivilTime& local) const {
  const std::int64_t day = days_since_epoch(local.date);
  std::int64_t periods = 0;
  switch (rule_.frequency) {
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly:
      periods = floor_divide(day * seconds_in_day + local.hour * 3600 + local.minute * 60 + local.second - first_second_,
                             unit_seconds_);
      break;
    case Frequency::daily: periods = day - start_day_; break;
    case Frequency::weekly: {
      const int days_into_week = (weekday_of(start_.date) - rule_.week_start + 7) % 7;
      periods = floor_divide(day - start_day_ + days_into_week, 7);
      break;
    }
    case Frequency::monthly: periods = (local.date.year - start_.date.year) * 12 + local.date.month - start_.date.month; break;
    case Frequency::yearly:
      periods = by_week_years_ ? week_year_of(day) - first_year_ : local.date.year - start_.date.year;
      break;
  }
  return std::max<std::int64_t>(floor_divide(periods, rule_.interval), 0);
}

RulePeriods::Days RulePeriods::days_of(std::int64_t index) const {
  const std::int64_t periods = index * rule_.interval;
  switch (rule_.frequency) {
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly: {
      const std::int64_t day = floor_divide(seconds_of(index), seconds_in_day);
      return {day, day + 1};
    }
    case Frequency::daily: return {start_day_ + periods, start_day_ + periods + 1};
    case Frequency::weekly: {
      const int days_into_week = (weekday_of(start_.date) - rule_.week_start + 7) % 7;
      const std::int64_t first = start_day_ - days_into_week + periods * 7;
      return {first, first + 7};
    }
    case Frequency::monthly: {
      const std::int64_t months = std::int64_t{start_.date.year} * 12 + start_.date.month - 1 + periods;
      return {days_of_month_begin(months), days_of_month_begin(months + 1)};
    }
    case Frequency::yearly: break;
  }
  if (by_week_years_) {
    const int year = first_year_ + static_cast<int>(periods);
    return {first_week_of(year), first_week_of(year + 1)};
  }
  const int year = start_.date.year + static_cast<int>(periods);
  return {days_since_epoch({year, 1, 1}), days_since_epoch({year + 1, 1, 1})};
}

CivilTime RulePeriods::begin_of(std::int64_t index) const {
  CivilTime begin{date_of_days(days_of(index).first), 0, 0, 0};
  if (!within_day()) return begin;
  const auto of_day = static_cast<int>(seconds_of(index) - days_of(index).first * seconds_in_day);
  begin.hour = of_day / 3600;
  begin.minute = of_day / 60 % 60;
  begin.second = of_day % 60;
  return begin;
}

std::int64_t RulePeriods::seconds_of(std::int64_t index) const noexcept {
  return first_second_ + index * rule_.interval * unit_seconds_;
}

std::int64_t RulePeriods::after(std::int64_t index) const {
  if (!within_day() || days_only_) return index + 1;
  const std::int64_t now = seconds_of(index);
  const CivilTime begin = begin_of(index);
  std::int64_t next = now;
  if (!matches(days_of(index).first)) {
    next = days_of(index).end * seconds_in_day;
  } else if (!rule_.hours.empty() && !holds(rule_.hours, begin.hour)) {
    next = now - now % 3600 + 3600;
  } else if (rule_.frequency == Frequency::secondly && !rule_.minutes.empty() && !holds(rule_.minutes, begin.minute)) {
    next = now - now % 60 + 60;
  }
  const std::int64_t step = rule_.interval * unit_seconds_;
  return std::max(index + 1, floor_divide(next - first_second_ + step - 1, step));
}

bool RulePeriods::weekday_matches(std::int64_t day, const CivilDate& date) const {
  const int weekday = static_cast<int>(((day + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  const bool in_month = rule_.frequency == Frequency::monthly ||
                        (rule_.frequency == Frequency::yearly && !rule_.months.empty());
  const bool numbered = in_month || (rule_.frequency == Frequency::yearly && !by_week_years_);
  const int place = in_month ? date.day : static_cast<int>(day - days_since_epoch({date.year, 1, 1})) + 1;
  const int length = in_month ? days_in_month(date) : days_in_year(date.year);
  return std::any_of(rule_.weekdays.begin(), rule_.weekdays.end(), [&](const RecurrenceRule::Weekday& entry) {
    if (entry.weekday != weekday) return false;
    if (entry.nth == 0 || !numbered) return true;
    return entry.nth > 0 ? (place - 1) / 7 + 1 == entry.nth : (length - place) / 7 + 1 == -entry.nth;
  });
}

bool RulePeriods::week_matches(std::int64_t day) const {
  const int year = week_year_of(day);
  const std::int64_t first = first_week_of(year);
  const auto week = static_cast<int>((day - first) / 7) + 1;
  const auto weeks = static_cast<int>((first_week_of(year + 1) - first) / 7);
  return holds_from_either_end(rule_.weeks, week, weeks);
}

bool RulePeriods::matches(std::int64_t day) const {
  const CivilDate date = date_of_days(day);
  if (!rule_.months.empty() && !holds(rule_.months, date.month)) return false;
  if (!rule_.month_days.empty() && !holds_from_either_end(rule_.month_days, date.day, days_in_month(date))) return false;
  if (!rule_.year_days.empty()) {
    const auto place = static_cast<int>(day - days_since_epoch({date.year, 1, 1})) + 1;
    if (!holds_from_either_end(rule_.year_days, place, days_in_year(date.year))) return false;
  }
  if (!rule_.weeks.empty() && !week_matches(day)) return false;
  return rule_.weekdays.empty() || weekday_matches(day, date);
}

PeriodCandidates RulePeriods::candidates(std::int64_t index) const {
  PeriodCandidates out;
  const Days days = days_of(index);
  out.hours_ = rule_.hours;
  out.minutes_ = rule_.minutes;
  out.seconds_ = rule_.seconds;
  if (within_day() && !days_only_) {
    const CivilTime begin = begin_of(index);
    const auto only = [](std::vector<int>& values, int value) {
      if (!values.empty() && !holds(values, value)) return false;
      values.assign(1, value);
      return true;
    };
    if (!only(out.hours_, begin.hour)) return out;
    if (rule_.frequency <= Frequency::minutely && !only(out.minutes_, begin.minute)) return out;
    if (rule_.frequency == Frequency::secondly && !only(out.seconds_, begin.second)) return out;
  }
  for (std::int64_t day = days.first; day < days.end; ++day) {
    if (matches(day)) out.days_.push_back(day);
  }
  out.has_positions_ = !rule_.positions.empty();
  const auto total = static_cast<std::int64_t>(out.size_before_positions());
  for (const int position : rule_.positions) {
    const std::int64_t place = position > 0 ? position - 1 : total + position;
    if (place >= 0 && place < total) out.indexes_.push_back(static_cast<std::size_t>(place));
  }
  std::sort(out.indexes_.begin(), out.indexes_.end());
  out.indexes_.erase(std::unique(out.indexes_.begin(), out.indexes_.end()), out.indexes_.end());
  return out;
}

}  // namespace commonbook::agents
