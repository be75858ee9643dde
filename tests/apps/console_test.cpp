// What the terminal shows.
#include "console.hpp"
#include "point_in_time.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::apps;

TEST_CASE("a text of a document is shown on one line, without control characters") {
  CHECK(one_line("a\n\n  b\tc", 10) == "a b c");
  CHECK(one_line("\x1b[31mred", 20) == "\xEF\xBF\xBD[31mred");
  CHECK(one_line("abcdef", 3) == "abc...");
  CHECK(one_line("\xc3\xa4\xc3\xb6\xc3\xbc", 3) == "\xc3\xa4\xc3\xb6\xc3\xbc");
  CHECK(one_line("\xc3\xa4\xc3\xb6\xc3\xbc", 2) == "\xc3\xa4\xc3\xb6...");
  CHECK(one_line("", 5).empty());
}

TEST_CASE("figures carry their units") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(5ll << 30) == "5.0 GiB");
  CHECK(milliseconds_text(1234) == "1.23 ms");
  CHECK(hex_text(0xabc) == "0000000000000abc");
}

TEST_CASE("a point in time is a date or a UTC time, and nothing else") {
  CHECK(parse_point_in_time("1970-01-02") == Timestamp{86'400'000});
  CHECK(parse_point_in_time("1970-01-01T00:01") == Timestamp{60'000});
  CHECK(parse_point_in_time("1970-01-01T00:00:01Z") == Timestamp{1000});
  for (const char* wrong : {"", "Z", "tomorrow", "2026-13-01", "2026-02-30", "2026-01-01 10:00", "2026-01-01T25:00"}) {
    INFO(wrong);
    CHECK_FALSE(parse_point_in_time(wrong));
  }
}
