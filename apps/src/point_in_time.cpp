#include "point_in_time.hpp"

#include "commonbook/model/civil_time.hpp"

namespace commonbook::apps {

std::optional<Timestamp> parse_point_in_time(std::string_view text) noexcept {
  if (const auto date = parse_date(text)) return as_utc(CivilTime{*date, 0, 0, 0});
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  if (const auto time = parse_time(text)) return as_utc(*time);
  return std::nullopt;
}

}  // namespace commonbook::apps
