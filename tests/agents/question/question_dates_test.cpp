// Dates in plain English, with and without a year.
#include "question_dates.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

// A Wednesday.
constexpr CivilDate today{2031, 5, 14};

std::string read(const std::string& text, bool past = false) {
  const auto dates = find_dates(tokenise(text), today, past);
  if (dates.empty()) return "none";
  const auto years = candidate_years(dates.front(), today);
  const auto days = years.empty() ? std::nullopt : days_of(dates.front(), years.front());
  if (!days) return "no such day";
  return days->first == days->last ? format_date(days->first)
                                   : format_date(days->first) + " to " + format_date(days->last);
}

}  // namespace

TEST_CASE("a date is read however people write it") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"Is there a lesson on 3 June?", "2031-06-03"},
      {"the lesson of June 3rd", "2031-06-03"},
      {"on the 3rd of June 2030", "2030-06-03"},
      {"on the third of June", "2031-06-03"},
      {"on 2030-06-03", "2030-06-03"},
      {"Tuesday, 3 June 2031", "2031-06-03"},
      {"in the week of 3 June", "2031-06-02 to 2031-06-08"},
      {"from 30 June to 2 July", "2031-06-30 to 2031-07-02"},
      {"3 to 5 June", "2031-06-03 to 2031-06-05"},
      {"16-18 June", "2031-06-16 to 2031-06-18"},
      {"at the end of June", "2031-06-20 to 2031-06-30"},
      {"at the beginning of June", "2031-06-01 to 2031-06-10"},
      {"in February 2032", "2032-02-01 to 2032-02-29"},
      {"in the second quarter", "2031-04-01 to 2031-06-30"},
      {"in Q1 2030", "2030-01-01 to 2030-03-31"},
      {"today", "2031-05-14"},
      {"tomorrow", "2031-05-15"},
      {"yesterday", "2031-05-13"},
      {"the day after tomorrow", "2031-05-16"},
      {"next week", "2031-05-19 to 2031-05-25"},
      {"last week", "2031-05-05 to 2031-05-11"},
      {"last month", "2031-04-01 to 2031-04-30"},
      {"next Monday", "2031-05-19"},
      {"next Wednesday", "2031-05-21"},
      {"on Wednesday", "2031-05-14"},
      {"last Friday", "2031-05-09"},
      {"in 2030", "2030-01-01 to 2030-12-31"},
  }));
  INFO(text);
  CHECK(read(text) == expected);
}

TEST_CASE("a weekday alone follows the tense of the question") {
  CHECK(read("Who taught on Monday?", true) == "2031-05-12");
  CHECK(read("Who teaches on Monday?", false) == "2031-05-19");
}

TEST_CASE("words that only look like dates are none") {
  const auto text = GENERATE(as<std::string>{}, "May I march on?", "the 12 drums", "room 14", "every Tuesday",
                             "31 February", "version 2.4", "the march to the hall", "Easter Monday");
  INFO(text);
  CHECK(read(text) == "none");
}

TEST_CASE("a day without a year is tried in the years around, nearest first") {
  const auto december = find_dates(tokenise("on 28 December"), {2031, 1, 5}, false);
  REQUIRE(december.size() == 1);
  CHECK(candidate_years(december.front(), {2031, 1, 5}) == std::vector<int>{2030, 2031, 2032});
  // 29 February exists in one of them only, a weekday beside the date leaves one year in seven.
  const auto leap = find_dates(tokenise("on 29 February"), {2031, 3, 1}, false);
  REQUIRE(leap.size() == 1);
  CHECK(candidate_years(leap.front(), {2031, 3, 1}) == std::vector<int>{2032});
  const auto tuesday = find_dates(tokenise("on Tuesday, 3 June"), today, false);
  REQUIRE(tuesday.size() == 1);
  CHECK(candidate_years(tuesday.front(), today) == std::vector<int>{2031});
}
