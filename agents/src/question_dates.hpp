// Dates in plain English: "on 3 February", "in the week of 9 March", "at the end of March", "next Monday".
#pragma once
#include "question_words.hpp"
#include "commonbook/model/civil_time.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Days, both included.
struct DayRange {
  CivilDate first;
  CivilDate last;
  bool operator==(const DayRange&) const = default;
};

enum class DateShape : std::uint8_t { day, days, week, month_start, month_middle, month_end, month, quarter, year };

/// One date expression. Where it gives no year, `first` and `last` stand in the year of `now`, and in_year() moves
/// them.
struct DatePhrase {
  DateShape shape = DateShape::day;
  CivilDate first;  ///< the day named, the first of the month, ...
  CivilDate last;   ///< differs from `first` for DateShape::days alone
  bool year_known = true;
  std::optional<int> weekday;   ///< 0 = Monday, when the phrase says it beside a date
  std::size_t token_begin = 0;  ///< in tokenise(text): words that belong to the phrase
  std::size_t token_end = 0;
};

/// Every date expression of a text, in order. Relative ones count from `today`.
/// @param past  the question is about the past: "on Monday" is then the last one, else the next.
/// @thread  any.
[[nodiscard]] std::vector<DatePhrase> find_dates(const std::vector<Token>& tokens, const CivilDate& today, bool past);

/// The days that a phrase means. A phrase without a year is read in `year`; nullopt where that day does not exist
/// then, or falls on another weekday than the phrase says.
[[nodiscard]] std::optional<DayRange> days_of(const DatePhrase& phrase, int year);

/// Years to try for a phrase without one: that of `today` and its neighbours, nearest days first. One year where the
/// phrase gives it.
[[nodiscard]] std::vector<int> candidate_years(const DatePhrase& phrase, const CivilDate& today);

}  // namespace commonbook::agents
