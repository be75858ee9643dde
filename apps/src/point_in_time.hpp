// Dates and times as people write them on the command line and in configurations.
#pragma once
#include "commonbook/model/clock.hpp"

#include <optional>
#include <string_view>

namespace commonbook::apps {

/// "2026-04-01" (midnight), "2026-04-01T09:30", "2026-04-01T09:30:00" or one of these with a final Z; all in UTC.
/// nullopt: anything else. Thread: any.
[[nodiscard]] std::optional<Timestamp> parse_point_in_time(std::string_view text) noexcept;

}  // namespace commonbook::apps
