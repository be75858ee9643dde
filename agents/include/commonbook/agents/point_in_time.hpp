// Dates, times and durations as people write them on the command line, in configurations and in scenarios.
#pragma once
#include "commonbook/model/clock.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace commonbook::agents {

/// "2026-04-01" (midnight), "2026-04-01T09:30", "2026-04-01T09:30:00" or one of these with a final Z; all in UTC.
/// nullopt: anything else. Thread: any.
[[nodiscard]] std::optional<Timestamp> parse_point_in_time(std::string_view text) noexcept;

/// "50 ms", "2 s", "1.5 min", "3 h", "1 d", the space optional and a minus sign allowed; rounded to milliseconds.
/// nullopt: anything else, a number without its unit, or more than 200 years. Thread: any.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_time_span(std::string_view text) noexcept;

}  // namespace commonbook::agents
