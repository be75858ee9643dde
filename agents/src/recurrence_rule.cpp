#include "recurrence_rule.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <utility>

namespace commonbook::agents {
namespace {

constexpr std::size_t rule_bytes_max = 4096;
constexpr int interval_max = 32'767;     // a short in libical
constexpr int count_max = 1'000'000;     // beyond every limit of expand()

std::string without_spaces_in_capitals(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isspace(byte) == 0) out += static_cast<char>(std::toupper(byte));
  }
  return out;
}

std::optional<int> number(std::string_view text) noexcept {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty() || code == std::errc::invalid_argument) return std::nullopt;
  return code == std::errc::result_out_of_range ? count_max : value;
}

Error unreadable(std::string_view text) {
  return {ErrorCode::parse_error, "recurrence rule '" + std::string{text.substr(0, 200)} + "' can't be read"};
}

int digits(std::string_view text) noexcept {
  int value = 0;
  for (const char digit : text) value = value * 10 + (digit - '0');
  return value;
}

bool all_digits(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One of libical's fixed arrays: it ends with a mark unless it is full.
template <std::size_t size>
std::vector<int> values_of(const short (&array)[size]) {
  std::vector<int> values;
  for (const short value : array) {
    if (value == ICAL_RECURRENCE_ARRAY_MAX) break;
    values.push_back(value);
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// libical counts from Sunday = 1.
int monday_based(icalrecurrencetype_weekday weekday) { return (static_cast<int>(weekday) + 5) % 7; }

Result<RecurrenceRule> with_lists_of(const icalrecurrencetype& parsed, RecurrenceRule rule, std::string_view text) {
  using enum RecurrenceRule::Frequency;
  switch (parsed.freq) {
    case ICAL_HOURLY_RECURRENCE: rule.frequency = hourly; break;
    case ICAL_DAILY_RECURRENCE: rule.frequency = daily; break;
    case ICAL_WEEKLY_RECURRENCE: rule.frequency = weekly; break;
    case ICAL_MONTHLY_RECURRENCE: rule.frequency = monthly; break;
    case ICAL_YEARLY_RECURRENCE: rule.frequency = yearly; break;
    case ICAL_SECONDLY_RECURRENCE: rule.frequency = secondly; break;
    case ICAL_MINUTELY_RECURRENCE: rule.frequency = minutely; break;
    case ICAL_NO_RECURRENCE: return unreadable(text);
  }
  if (parsed.rscale != nullptr && std::string_view{parsed.rscale} != "GREGORIAN") {
    return Error{ErrorCode::not_supported, "a rule in a calendar other than the Gregorian one is not expanded"};
  }
  rule.interval = std::max<int>(parsed.interval, 1);
  if (parsed.week_start != ICAL_NO_WEEKDAY) rule.week_start = monday_based(parsed.week_start);
  rule.months = values_of(parsed.by_month);
  rule.month_days = values_of(parsed.by_month_day);
  rule.year_days = values_of(parsed.by_year_day);
  rule.weeks = values_of(parsed.by_week_no);
  rule.hours = values_of(parsed.by_hour);
  rule.minutes = values_of(parsed.by_minute);
  rule.seconds = values_of(parsed.by_second);
  rule.positions = values_of(parsed.by_set_pos);
  for (const int value : values_of(parsed.by_day)) {
    const auto day = static_cast<short>(value);
    rule.weekdays.push_back({monday_based(icalrecurrencetype_day_day_of_week(day)), icalrecurrencetype_day_position(day)});
  }
  return rule;
}

}  // namespace

std::optional<BasicTime> BasicTime::parse(std::string_view text) noexcept {
  BasicTime out;
  if (!text.empty() && (text.back() == 'Z' || text.back() == 'z')) {
    out.is_utc = true;
    text.remove_suffix(1);
  }
  out.is_date = text.size() == 8;
  if (out.is_date ? out.is_utc : text.size() != 15 || (text[8] != 'T' && text[8] != 't')) return std::nullopt;
  if (!all_digits(text.substr(0, 8))) return std::nullopt;
  out.time.date = {digits(text.substr(0, 4)), digits(text.substr(4, 2)), digits(text.substr(6, 2))};
  if (!is_valid(out.time.date)) return std::nullopt;
  if (out.is_date) return out;
  if (!all_digits(text.substr(9))) return std::nullopt;
  out.time.hour = digits(text.substr(9, 2));
  out.time.minute = digits(text.substr(11, 2));
  out.time.second = digits(text.substr(13, 2));
  if (out.time.hour > 23 || out.time.minute > 59 || out.time.second > 60) return std::nullopt;
  return out;
}

Result<RecurrenceRule> RecurrenceRule::parse(std::string_view text) {
  if (text.size() > rule_bytes_max) return unreadable(text);
  const std::string rule_text = without_spaces_in_capitals(text);
  RecurrenceRule rule;
  std::string for_libical;
  std::string_view rest = rule_text;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.empty() || part.starts_with("X-")) continue;
    if (part.starts_with("UNTIL=")) {
      const auto until = BasicTime::parse(part.substr(6));
      if (!until) return unreadable(text);
      rule.until = until->time;
      rule.until_is_date = until->is_date;
      rule.until_is_utc = until->is_utc;
      continue;
    }
    if (part.starts_with("INTERVAL=")) {
      const auto interval = number(part.substr(9));
      if (!interval || *interval < 1 || *interval > interval_max) return unreadable(text);
    }
    if (part.starts_with("COUNT=")) {
      const auto count = number(part.substr(6));
      if (!count || *count < 1) return unreadable(text);
      rule.count = std::min(*count, count_max);
      continue;
    }
    for_libical.append(part) += ';';
  }
  if (for_libical.empty()) return unreadable(text);
  for_libical.pop_back();
  return with_lists_of(icalrecurrencetype_from_string(for_libical.c_str()), std::move(rule), text);
}

}  // namespace commonbook::agents
