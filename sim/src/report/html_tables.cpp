#include "html_parts.hpp"
#include "markup.hpp"
#include "plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace commonbook::sim {

namespace {

/// What a cell says, and how it looks.
struct Cell {
  std::string text;
  const char* style = "";
};

Cell count_cell(std::uint64_t value) { return {std::to_string(value), value == 0 ? "zero" : ""}; }

template <auto Member>
Cell count(const Figures& row) {
  return count_cell(row.*Member);
}
template <auto Member>
Cell failure(const Figures& row) {
  return {std::to_string(row.*Member), row.*Member == 0 ? "zero" : "bad"};
}
template <auto Durations, auto Member>
Cell time(const Figures& row) {
  const std::uint64_t microseconds = (row.*Durations).*Member;
  return {milliseconds(microseconds), microseconds == 0 ? "zero" : ""};
}

struct Column {
  const char* title;
  Cell (*cell)(const Figures&);
};

struct Group {
  const char* title;
  std::vector<Column> columns;
};

const std::vector<Group>& groups() {
  static const std::vector<Group> all{
      {"Calls",
       {{"asked", &count<&Figures::asked>},
        {"acknowl.", &count<&Figures::acknowledged>},
        {"failed", &failure<&Figures::failed>},
        {"unan&shy;swered", &count<&Figures::unanswered>},
        {"reads", &count<&Figures::reads>},
        {"reads failed", &failure<&Figures::reads_failed>}}},
      {"Errors that reached a caller",
       {{"locked, writes", &failure<&Figures::locked_writes>},
        {"locked, reads", &failure<&Figures::locked_reads>},
        {"snapshot conflict", &failure<&Figures::snapshot_conflicts>},
        {"constraint", &failure<&Figures::constraint_failures>},
        {"misuse", &failure<&Figures::misuse>},
        {"nested trans&shy;action", &failure<&Figures::nested_transactions>},
        {"time-out", &failure<&Figures::timeouts>},
        {"dead&shy;lock", &failure<&Figures::deadlocks>},
        {"crash", &failure<&Figures::crashes>}}},
      {"In the file",
       {{"entities", &count<&Figures::entities>},
        {"dupli&shy;cates", &failure<&Figures::duplicates>},
        {"invis&shy;ible", &failure<&Figures::invisible_entities>},
        {"lost", &failure<&Figures::lost_acknowledged>},
        {"half-written", &failure<&Figures::half_written>},
        {"dangling", &failure<&Figures::dangling>},
        {"fall&shy;backs", &count<&Figures::fallbacks>}}},
      {"Time to acknowledge, ms",
       {{"p50", &time<&Figures::acknowledge, &DurationFigures::p50_us>},
        {"p99", &time<&Figures::acknowledge, &DurationFigures::p99_us>},
        {"max", &time<&Figures::acknowledge, &DurationFigures::max_us>}}},
      {"Readers shut out, ms",
       {{"p50", &time<&Figures::unreadable, &DurationFigures::p50_us>},
        {"p99", &time<&Figures::unreadable, &DurationFigures::p99_us>},
        {"max", &time<&Figures::unreadable, &DurationFigures::max_us>}}},
      {"Run",
       {{"writes/s",
         [](const Figures& row) { return count_cell(static_cast<std::uint64_t>(row.operations_per_second)); }},
        {"WAL, KiB", [](const Figures& row) { return count_cell(row.wal_bytes_max / 1024); }},
        {"history vio&shy;lations", &failure<&Figures::history_violations>},
        {"failed checks", &failure<&Figures::verify_failures>}}}};
  return all;
}

std::string figures_head() {
  std::string first =
      "<tr><th scope=\"col\" rowspan=\"2\" class=\"name\">Design</th><th scope=\"col\" rowspan=\"2\" "
      "class=\"name\">Mode</th>";
  std::string second = "<tr>";
  for (const Group& group : groups()) {
    first += "<th scope=\"colgroup\" class=\"group\" colspan=\"" + std::to_string(group.columns.size()) + "\">" +
             group.title + "</th>";
    for (const Column& column : group.columns)
      second += std::string{"<th scope=\"col\""} + (&column == &group.columns.front() ? " class=\"first\">" : ">") +
                column.title + "</th>";
  }
  return "<thead>" + first + "</tr>\n" + second + "</tr></thead>\n";
}

std::string shape(const Figures& row) {
  const std::string threads = std::to_string(row.threads) + " threads";
  return row.processes <= 1 ? threads : std::to_string(row.processes) + " processes, " + threads;
}

std::string figures_row(const Figures& row) {
  std::string text = "<tr><th scope=\"row\" class=\"name\">" + escaped(row.design) + "</th><td class=\"name\">" +
                     escaped(row.mode) + " <small>" + shape(row) + "</small></td>";
  for (const Group& group : groups())
    for (const Column& column : group.columns) {
      const Cell cell = column.cell(row);
      text += std::string{"<td class=\""} + (&column == &group.columns.front() ? "first " : "") + cell.style + "\">" +
              cell.text + "</td>";
    }
  return text + "</tr>\n";
}

}  // namespace

std::string milliseconds(std::uint64_t microseconds) {
  const double value = static_cast<double>(microseconds) / 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value == 0 || value >= 100 ? "%.0f" : value >= 1 ? "%.1f" : "%.3f", value);
  return text.data();
}

std::string html_figures(const ScenarioReport& report) {
  std::string text =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"All figures\"><table>\n"
      "<caption>All figures. A red number is a failure.</caption>\n" +
      figures_head() + "<tbody>\n";
  for (const Figures& row : report.rows) text += figures_row(row);
  return text + "</tbody></table></div>\n";
}

std::string html_expectations(const ScenarioReport& report) {
  if (report.outcomes.empty()) return "<p>The scenario expects nothing.</p>\n";
  std::string text =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Expectations\"><table "
      "class=\"texts\">\n<caption>What the scenario expects</caption>\n<thead><tr><th scope=\"col\">Result"
      "</th><th scope=\"col\">Expected</th><th scope=\"col\">Found</th><th scope=\"col\">Because</th></tr>"
      "</thead>\n<tbody>\n";
  for (const Outcome& outcome : report.outcomes) {
    const Expectation& expectation = outcome.expectation;
    std::string expected = expectation.figure + " " + comparison_text(expectation);
    if (!expectation.design.empty()) expected += " of " + expectation.design;
    if (!expectation.mode.empty()) expected += " in " + expectation.mode;
    if (expectation.any_mode) expected += " in at least one row";
    text += std::string{"<tr><td>"} +
            (outcome.held ? "<span class=\"good\">holds</span>" : "<span class=\"bad\">failed</span>") + "</td><td>" +
            escaped(expected) + "</td><td>" + escaped(outcome.found) + "</td><td>" + escaped(expectation.because) +
            "</td></tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string html_notes(const ScenarioReport& report) {
  std::string items;
  for (const Figures& row : report.rows)
    for (const std::string& note : row.notes)
      items += "<li>" + escaped(row.design + ", " + row.mode + ": " + note) + "</li>\n";
  return items.empty() ? items : "<h3>Notes</h3>\n<ul>\n" + items + "</ul>\n";
}

}  // namespace commonbook::sim
