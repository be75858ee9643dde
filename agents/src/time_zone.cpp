#include "commonbook/agents/time_zone.hpp"

#include "city_zones.hpp"
#include "time_zone_rules.hpp"
#include "windows_zones.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <utility>

namespace commonbook::agents {
namespace {

constexpr std::string_view zoneinfo_folder = "/usr/share/zoneinfo/";
constexpr std::size_t zone_file_bytes_max = 64 * 1024;  // the largest of 2025b has 4 KiB

/// Names come from files and questions: only what cannot leave the folder is looked up.
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || std::isalpha(static_cast<unsigned char>(name.front())) == 0) return false;
  return std::all_of(name.begin(), name.end(), [](char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '/' || letter == '_' || letter == '-' ||
           letter == '+';
  });
}

std::optional<std::string> read_zone_file(std::string_view name) {
  std::ifstream file{std::string{zoneinfo_folder} + std::string{name}, std::ios::binary};
  if (!file) return std::nullopt;
  std::string bytes(zone_file_bytes_max, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

/// "+02:00" and "-0330" are zones of their own (RFC 9557, 4.1).
std::optional<int> fixed_offset(std::string_view name) {
  if (name.size() < 5 || (name.front() != '+' && name.front() != '-')) return std::nullopt;
  std::string digits;
  for (const char letter : name.substr(1)) {
    if (letter == ':') continue;
    if (std::isdigit(static_cast<unsigned char>(letter)) == 0) return std::nullopt;
    digits += letter;
  }
  if (digits.size() != 4) return std::nullopt;
  const int hours = (digits[0] - '0') * 10 + (digits[1] - '0');
  const int minutes = (digits[2] - '0') * 10 + (digits[3] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (name.front() == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

TimeZone::TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC" || name == "Z" || name == "Etc/UTC") {
    Rules rules;
    rules.name = "UTC";
    return TimeZone{std::make_shared<const Rules>(std::move(rules))};
  }
  if (const auto offset = fixed_offset(name)) {
    Rules rules;
    rules.name = name;
    rules.first_offset = *offset;
    return TimeZone{std::make_shared<const Rules>(std::move(rules))};
  }
  if (const auto windows = iana_of_windows_zone(name)) name = *windows;
  if (!is_zone_name(name)) return std::nullopt;
  const auto bytes = read_zone_file(name);
  if (!bytes) return std::nullopt;
  auto rules = Rules::parse(std::string{name}, *bytes);
  if (!rules) return std::nullopt;
  return TimeZone{std::make_shared<const Rules>(std::move(*rules))};
}

std::optional<TimeZone> TimeZone::of_city(std::string_view city) {
  const auto zone = zone_of_city(city);
  return zone ? find(*zone) : std::nullopt;
}

TimeZone TimeZone::of_changes(std::string name, int offset_before, const std::vector<OffsetChange>& changes) {
  Rules rules;
  rules.name = std::move(name);
  rules.first_offset = offset_before;
  for (const OffsetChange& change : changes) {
    rules.transitions.push_back({change.at.unix_ms / 1000, change.offset_seconds});
  }
  return TimeZone{std::make_shared<const Rules>(std::move(rules))};
}

const std::string& TimeZone::name() const noexcept { return rules_->name; }

int TimeZone::offset_seconds(Timestamp at) const {
  const std::int64_t seconds = at.unix_ms >= 0 ? at.unix_ms / 1000 : (at.unix_ms - 999) / 1000;
  return rules_->offset_at(seconds);
}

CivilTime TimeZone::to_local(Timestamp at) const {
  return utc_time({at.unix_ms + std::int64_t{1000} * offset_seconds(at)});
}

Timestamp TimeZone::to_utc(const CivilTime& local) const {
  const std::int64_t as_if_utc = as_utc(local).unix_ms;
  const auto with_offset = [&](int offset) { return Timestamp{as_if_utc - std::int64_t{1000} * offset}; };
  // No zone changes twice within two days: the offsets a day before and a day after are all there are to choose from.
  constexpr std::int64_t day_ms = 86'400'000;
  const int before = offset_seconds({as_if_utc - day_ms});
  const int after = offset_seconds({as_if_utc + day_ms});
  if (before == after) return with_offset(before);
  if (offset_seconds(with_offset(before)) == before) return with_offset(before);  // the first of two, or the only one
  if (offset_seconds(with_offset(after)) == after) return with_offset(after);
  return with_offset(before);  // in the gap
}

}  // namespace commonbook::agents
