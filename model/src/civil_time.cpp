#include "commonbook/model/civil_time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace commonbook {
namespace {

constexpr std::int64_t ms_per_day = 86'400'000;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) noexcept {
  return value / by - (value % by < 0 ? 1 : 0);
}

bool read_digits(std::string_view text, std::size_t at, std::size_t count, int& out) noexcept {
  if (at + count > text.size()) return false;
  const char* first = text.data() + at;
  const auto [end, code] = std::from_chars(first, first + count, out);
  return code == std::errc{} && end == first + count && *first != '-';
}

}  // namespace

std::int64_t days_since_epoch(const CivilDate& date) noexcept {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate date_of_days(std::int64_t days) noexcept {
  days += 719'468;
  const std::int64_t era = floor_divide(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month,
          static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

int weekday_of(const CivilDate& date) noexcept {
  const std::int64_t days = days_since_epoch(date) + 3;  // 1970-01-01 was a Thursday
  return static_cast<int>(days - floor_divide(days, 7) * 7);
}

bool is_valid(const CivilDate& date) noexcept {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return false;
  return date_of_days(days_since_epoch(date)) == date;
}

Timestamp as_utc(const CivilTime& time) noexcept {
  return {days_since_epoch(time.date) * ms_per_day +
          ((time.hour * 60 + time.minute) * 60 + time.second) * std::int64_t{1000}};
}

CivilTime utc_time(Timestamp timestamp) noexcept {
  const std::int64_t days = floor_divide(timestamp.unix_ms, ms_per_day);
  const int seconds = static_cast<int>((timestamp.unix_ms - days * ms_per_day) / 1000);
  return {date_of_days(days), seconds / 3600, seconds / 60 % 60, seconds % 60};
}

std::string format_date(const CivilDate& date) {
  std::array<char, 48> text{};
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", date.year, date.month, date.day);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string format_time(const CivilTime& time) {
  std::array<char, 48> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d", time.hour, time.minute, time.second);
  return format_date(time.date) + std::string{text.data(), static_cast<std::size_t>(length)};
}

std::string format_utc(Timestamp timestamp) { return format_time(utc_time(timestamp)) + "Z"; }

std::optional<CivilDate> parse_date(std::string_view text) noexcept {
  CivilDate date;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !read_digits(text, 0, 4, date.year) ||
      !read_digits(text, 5, 2, date.month) || !read_digits(text, 8, 2, date.day) || !is_valid(date))
    return std::nullopt;
  return date;
}

std::optional<CivilTime> parse_time(std::string_view text) noexcept {
  if (text.size() != 16 && text.size() != 19) return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  CivilTime time;
  if (!date || text[10] != 'T' || text[13] != ':' || !read_digits(text, 11, 2, time.hour) ||
      !read_digits(text, 14, 2, time.minute))
    return std::nullopt;
  if (text.size() == 19 && (text[16] != ':' || !read_digits(text, 17, 2, time.second))) return std::nullopt;
  if (time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  time.date = *date;
  return time;
}

}  // namespace commonbook
