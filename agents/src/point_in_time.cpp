#include "commonbook/agents/point_in_time.hpp"

#include "commonbook/model/civil_time.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace commonbook::agents {

std::optional<Timestamp> parse_point_in_time(std::string_view text) noexcept {
  if (const auto date = parse_date(text)) return as_utc(CivilTime{*date, 0, 0, 0});
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  if (const auto time = parse_time(text)) return as_utc(*time);
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_time_span(std::string_view text) noexcept {
  constexpr std::array<std::pair<std::string_view, double>, 5> units{
      {{"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  constexpr double most_ms = 200.0 * 366 * 86'400'000;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  // from_chars also reads "inf", "nan" and exponents, which nobody means here.
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  if (digits == 0 || text.front() == '.' || text[digits - 1] == '.') return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  for (const auto& [name, factor] : units) {
    if (name != text) continue;
    const double ms = number * factor;
    if (!(ms <= most_ms)) return std::nullopt;
    return std::chrono::milliseconds{(negative ? -1 : 1) * std::llround(ms)};
  }
  return std::nullopt;
}

}  // namespace commonbook::agents
