// Days, times and periods in running text, as RFC 9557 texts: "Tuesday, 16 June, 17:00 Berlin time", "7 to 12 July",
// "the 19th", "tomorrow", "3 July from 20:00 to 21:30 UTC".
#pragma once
#include "extraction_text.hpp"

#include "commonbook/agents/recurrence.hpp"

#include <optional>
#include <vector>

namespace commonbook::agents {

/// A day, a time or a period, and the words that say it.
struct DateMention {
  std::size_t token_begin = 0;
  std::size_t token_end = 0;
  EventTime first;
  std::optional<EventTime> last;  ///< of a period: its last day, or when it ends
  [[nodiscard]] bool covers(std::size_t token) const noexcept { return token >= token_begin && token < token_end; }
};

/// date, timestamp, or for a period the text "FIRST/LAST" (ISO 8601).
[[nodiscard]] Literal to_literal(const DateMention& mention);

/// @param today  of the document; nullopt: only dates with a year are found. A date without a year is the nearest one;
/// a
///               day of the month, or of the week, the next one (the last one where the clause speaks of the past).
/// Habits ("every Tuesday", "the Tuesday call"), months and weeks are no dates. Thread: any.
[[nodiscard]] std::vector<DateMention> find_date_mentions(const Sentence& sentence,
                                                          const std::optional<CivilDate>& today);

}  // namespace commonbook::agents
