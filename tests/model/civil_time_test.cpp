#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;

TEST_CASE("every day of 800 years goes to a day number and back") {
  CivilDate previous = date_of_days(-146'097);
  for (std::int64_t day = -146'097; day < 146'097; ++day) {
    const CivilDate date = date_of_days(day);
    REQUIRE(days_since_epoch(date) == day);
    REQUIRE(is_valid(date));
    if (day > -146'097) REQUIRE(previous < date);
    previous = date;
  }
}

TEST_CASE("weekdays follow the calendar on the wall") {
  CHECK(weekday_of({2026, 11, 25}) == 2);  // a Wednesday
  CHECK(weekday_of({1970, 1, 1}) == 3);
  CHECK(weekday_of({2000, 2, 29}) == 1);
}

TEST_CASE("dates and times read back as they are written, and nothing else is read") {
  CHECK(format_utc({1'768'921'200'000}) == "2026-01-20T15:00:00Z");
  CHECK(format_utc({-1}) == "1969-12-31T23:59:59Z");
  CHECK(parse_time("2026-01-20T15:00:00") == CivilTime{{2026, 1, 20}, 15, 0, 0});
  CHECK(parse_time("2026-01-20T15:00") == CivilTime{{2026, 1, 20}, 15, 0, 0});
  CHECK(parse_date("2024-02-29") == CivilDate{2024, 2, 29});
  for (const char* bad : {"", "2026-1-20", "2026-02-30", "2026-13-01", "2026-00-10", "20260120", "2026-01-20 ", "-026-01-20"}) {
    INFO(bad);
    CHECK_FALSE(parse_date(bad));
  }
  for (const char* bad : {"2026-01-20T24:00:00", "2026-01-20T10:60:00", "2026-01-20T10:00:00Z", "2026-01-20 10:00:00", "2026-01-20T1:00"}) {
    INFO(bad);
    CHECK_FALSE(parse_time(bad));
  }
}
