#include "time_zone_rules.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace commonbook::agents {
namespace {

/// Reads a TZ string from left to right; `ok` turns false at the first thing that does not fit.
struct TzReader {
  std::string_view rest;
  bool ok = true;

  bool take(char wanted) {
    if (rest.empty() || rest.front() != wanted) return false;
    rest.remove_prefix(1);
    return true;
  }
  int number() {
    int value = 0;
    std::size_t digits = 0;
    while (!rest.empty() && std::isdigit(static_cast<unsigned char>(rest.front())) != 0 && digits < 4) {
      value = value * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
      ++digits;
    }
    if (digits == 0) ok = false;
    return value;
  }
  void abbreviation() {
    const std::size_t before = rest.size();
    if (take('<')) {
      while (!rest.empty() && rest.front() != '>') rest.remove_prefix(1);
      if (!take('>')) ok = false;
      return;
    }
    while (!rest.empty() && std::isalpha(static_cast<unsigned char>(rest.front())) != 0) rest.remove_prefix(1);
    if (before - rest.size() < 3) ok = false;
  }
  /// [+-]hh[:mm[:ss]] in seconds.
  int time() {
    const int sign = take('-') ? -1 : 1;
    if (sign == 1) take('+');
    int seconds = number() * 3600;
    if (take(':')) seconds += number() * 60;
    if (take(':')) seconds += number();
    return sign * seconds;
  }
  YearlyChange change() {
    YearlyChange change;
    if (take('M')) {
      change.month = number();
      if (!take('.')) ok = false;
      change.week = number();
      if (!take('.')) ok = false;
      change.weekday = number();
      if (change.month < 1 || change.month > 12 || change.week < 1 || change.week > 5 || change.weekday > 6) ok = false;
    } else {
      change.form = take('J') ? YearlyChange::Form::julian_without_leap_day : YearlyChange::Form::zero_based_day;
      change.day = number();
    }
    if (take('/')) change.seconds = time();
    return change;
  }
};

/// Big-endian integers of a TZif file; reading past the end gives zeros and clears `ok`.
struct ByteReader {
  std::string_view bytes;
  std::size_t at = 0;
  bool ok = true;

  std::int64_t integer(std::size_t width) {
    if (bytes.size() < width || at > bytes.size() - width) {
      ok = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < width; ++index) {
      value = (value << 8) | static_cast<unsigned char>(bytes[at++]);
    }
    return width == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(value)) : static_cast<std::int64_t>(value);
  }
  std::size_t count() {
    const std::int64_t value = integer(4);
    if (value < 0 || value > 100'000) ok = false;
    return ok ? static_cast<std::size_t>(value) : 0;
  }
  void skip(std::size_t amount) { at += amount; }
};

struct TzifHeader {
  std::size_t utc_flags = 0, standard_flags = 0, leap_seconds = 0, times = 0, types = 0, letters = 0;

  static std::optional<TzifHeader> read(ByteReader& reader) {
    if (reader.at > reader.bytes.size() || reader.bytes.substr(reader.at, 4) != "TZif") return std::nullopt;
    if (reader.bytes.size() < reader.at + 44 || reader.bytes[reader.at + 4] < '2') return std::nullopt;
    reader.skip(20);
    TzifHeader header;
    header.utc_flags = reader.count();
    header.standard_flags = reader.count();
    header.leap_seconds = reader.count();
    header.times = reader.count();
    header.types = reader.count();
    header.letters = reader.count();
    if (!reader.ok || header.types == 0) return std::nullopt;
    return header;
  }
  [[nodiscard]] std::size_t bytes_after_types(std::size_t time_width) const {
    return letters + leap_seconds * (time_width + 4) + standard_flags + utc_flags;
  }
};

}  // namespace

std::int64_t YearlyChange::in_year(int year) const {
  std::int64_t days = 0;
  if (form == Form::month_week_day) {
    const CivilDate first{year, month, 1};
    const int first_weekday = (weekday_of(first) + 1) % 7;  // POSIX counts from Sunday
    int day_of_month = 1 + (weekday - first_weekday + 7) % 7 + (week - 1) * 7;
    while (!is_valid({year, month, day_of_month})) day_of_month -= 7;
    days = days_since_epoch({year, month, day_of_month});
  } else {
    days = days_since_epoch({year, 1, 1}) + day;
    if (form == Form::julian_without_leap_day) {
      const bool past_leap_day = is_valid({year, 2, 29}) && day >= 60;
      days += past_leap_day ? 0 : -1;
    }
  }
  return days * 86'400 + seconds;
}

int YearlyRule::offset_at(std::int64_t unix_seconds) const {
  if (!has_daylight) return standard_offset;
  const int year = utc_time({(unix_seconds + standard_offset) * 1000}).date.year;
  const std::int64_t begins = daylight_begins.in_year(year) - standard_offset;
  const std::int64_t ends = daylight_ends.in_year(year) - daylight_offset;
  const bool daylight = begins < ends ? unix_seconds >= begins && unix_seconds < ends
                                      : unix_seconds >= begins || unix_seconds < ends;  // southern summer
  return daylight ? daylight_offset : standard_offset;
}

std::optional<YearlyRule> YearlyRule::parse(std::string_view text) {
  TzReader reader{text};
  YearlyRule rule;
  reader.abbreviation();
  rule.standard_offset = -reader.time();  // POSIX counts offsets west of Greenwich
  if (reader.ok && !reader.rest.empty()) {
    rule.has_daylight = true;
    reader.abbreviation();
    rule.daylight_offset = rule.standard_offset + 3600;
    if (!reader.rest.empty() && reader.rest.front() != ',') rule.daylight_offset = -reader.time();
    if (!reader.take(',')) return std::nullopt;
    rule.daylight_begins = reader.change();
    if (!reader.take(',')) return std::nullopt;
    rule.daylight_ends = reader.change();
  }
  if (!reader.ok || !reader.rest.empty()) return std::nullopt;
  return rule;
}

int TimeZone::Rules::offset_at(std::int64_t unix_seconds) const {
  if (has_later && (transitions.empty() || unix_seconds >= transitions.back().at)) return later.offset_at(unix_seconds);
  const auto after = std::upper_bound(transitions.begin(), transitions.end(), unix_seconds,
                                      [](std::int64_t at, const Transition& entry) { return at < entry.at; });
  return after == transitions.begin() ? first_offset : std::prev(after)->offset;
}

std::optional<TimeZone::Rules> TimeZone::Rules::parse(std::string name, std::string_view bytes) {
  ByteReader reader{bytes};
  const auto old_header = TzifHeader::read(reader);
  if (!old_header) return std::nullopt;
  reader.skip(old_header->times * 5 + old_header->types * 6 + old_header->bytes_after_types(4));
  const auto header = TzifHeader::read(reader);
  if (!header) return std::nullopt;

  Rules rules;
  rules.name = std::move(name);
  for (std::size_t index = 0; index < header->times; ++index) rules.transitions.push_back({reader.integer(8), 0});
  std::vector<std::size_t> type_of;
  for (std::size_t index = 0; index < header->times; ++index) {
    type_of.push_back(static_cast<std::size_t>(reader.integer(1)));
  }
  std::vector<int> offsets;
  for (std::size_t index = 0; index < header->types; ++index) {
    offsets.push_back(static_cast<int>(reader.integer(4)));
    reader.skip(2);
  }
  for (std::size_t index = 0; index < header->times; ++index) {
    if (type_of[index] >= offsets.size()) return std::nullopt;
    rules.transitions[index].offset = offsets[type_of[index]];
  }
  rules.first_offset = offsets.front();
  reader.skip(header->bytes_after_types(8));
  if (!reader.ok || reader.at >= bytes.size()) return std::nullopt;

  std::string_view footer = bytes.substr(reader.at);
  if (footer.size() >= 2 && footer.front() == '\n' && footer.back() == '\n') {
    if (const auto later = YearlyRule::parse(footer.substr(1, footer.size() - 2))) {
      rules.later = *later;
      rules.has_later = true;
    }
  }
  return rules;
}

}  // namespace commonbook::agents
