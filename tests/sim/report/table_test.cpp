// The table fits 100 columns whatever stands in it, and says why a run failed and how to run it again.
#include "plain_text.hpp"
#include "report_testing.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <sstream>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

std::string table_of(const ScenarioReport& report, bool colour = false) {
  std::ostringstream out;
  write_table(report, out, colour);
  return out.str();
}

/// The command that runs it again is on one line on purpose.
std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("run again:", 0) != 0) widest = std::max(widest, text_columns(line));
  return widest;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the table has a row for each design and mode, and tells what failed") {
  const std::string table = table_of(plain_report());
  INFO(table);
  CHECK(widest_line(table) <= 100);
  CHECK(has(table, "in threads: 8 threads\n"));
  CHECK(has(table, "in processes: 4 processes with 8 threads in all\n"));
  CHECK(has(table, "\narticle-without-fallback "));
  CHECK(has(table, "\ncommonbook "));
  CHECK(has(table, "failed: commonbook/threads: 345 (expected = 0)"));
  CHECK(has(table, "seed 42"));
  CHECK(has(table, "because a reason"));
  CHECK(has(table, "configs/scenarios/article.toml:7"));
  CHECK(has(table, "1 of 2 expectations failed"));
  CHECK(has(table, "run again: commonbook sim run configs/scenarios/article.toml --seed 42\n"));
  CHECK_FALSE(has(table, "\033"));
  CHECK(has(table_of(plain_report(), true), "\033[31m"));
}

TEST_CASE("huge figures and hostile names stay in their columns and move no cursor") {
  ScenarioReport report = hostile_report();
  constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  for (auto member : {&Figures::failed, &Figures::reads_failed, &Figures::locked_writes, &Figures::constraint_failures,
                      &Figures::fallbacks, &Figures::duplicates, &Figures::invisible_entities,
                      &Figures::lost_acknowledged, &Figures::half_written, &Figures::timeouts, &Figures::crashes})
    report.rows[0].*member = huge;
  report.rows[0].failed = huge / 2;
  report.rows[0].acknowledge.p99_us = huge / 1'000'000;
  report.rows[0].operations_per_second = 1e15;
  const std::string table = table_of(report);
  INFO(table);
  CHECK(widest_line(table) <= 100);
  CHECK_FALSE(has(table, "\x1B"));
  CHECK_FALSE(has(table, "\xFF"));
}

TEST_CASE("counts fit four columns and times five") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(9'999) == "9999");
  CHECK(count_text(10'000) == "10k");
  CHECK(count_text(999'999) == "999k");
  CHECK(count_text(1'000'000) == "1M");
  CHECK(time_text(0) == "0");
  CHECK(time_text(999) == "999us");
  CHECK(time_text(1'234) == "1.2ms");
  CHECK(time_text(45'600) == "46ms");
  CHECK(time_text(2'500'000) == "2.5s");
  CHECK(time_text(120'000'000) == "120s");
  for (std::uint64_t value = 1; value < (std::uint64_t{1} << 40); value = value * 3 + 1) {
    INFO(value);
    CHECK(count_text(value).size() <= 4);
    CHECK(time_text(value).size() <= 5);
  }
}

TEST_CASE("texts become valid UTF-8 without control characters") {
  CHECK(clean_text("a\x01"
                   "b\xFF"
                   "c",
                   false) ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD"
        "c");
  CHECK(clean_text("a\nb\tc", true) == "a\nb\tc");
  CHECK(clean_text("a\nb", false) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(clean_text("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80", false) == "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
  CHECK(clean_text("\xED\xA0\x80", false) == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(clean_text("\xC3", false) == "\xEF\xBF\xBD");
}

TEST_CASE("long texts are broken at spaces, and long words anywhere") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("abcdefgh", 3) == std::vector<std::string>{"abc", "def", "gh"});
  CHECK(wrapped("", 10) == std::vector<std::string>{""});
}
