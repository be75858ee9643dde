// Short ways to write times in the calendar's tests.
#pragma once
#include "commonbook/agents/recurrence.hpp"

#include <string>

namespace commonbook::agents {

/// "2026-01-20", "2026-01-20T16:00:00" (floating), "...Z", "2026-01-20T16:00:00[Europe/Berlin]", or iCalendar's
/// "20260120" and "20260120T160000".
[[nodiscard]] EventTime event_time(std::string text);
/// "2026-01-20T15:00:00Z".
[[nodiscard]] Timestamp parse_instant(const std::string& text);
/// "20260120T160000" or "20260120", local.
[[nodiscard]] std::string basic_text(const EventTime& time);

}  // namespace commonbook::agents
