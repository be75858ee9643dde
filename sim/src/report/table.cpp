#include "commonbook/sim/report.hpp"
#include "plain_text.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace commonbook::sim {

namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t design_columns_max = 24;

struct Cell {
  std::string text;
  bool bad = false;  ///< shown in red on terminals
};

Cell count_cell(std::uint64_t count, bool is_failure) { return {count_text(count), is_failure && count > 0}; }

Cell checked_cell(const Figures& row) {
  if (row.history_violations + row.verify_failures > 0) return {"BAD", true};
  return {row.history.empty() && (row.verify.empty() || row.verify == "-") ? "-" : "ok", false};
}

struct Column {
  const char* title;
  std::size_t columns;
  Cell (*cell)(const Figures&);
};

// With the design's name in front these are 100 columns.
constexpr std::array<Column, 14> table_columns{{
    {"fail", 4, [](const Figures& row) { return count_cell(row.failed + row.reads_failed, true); }},
    {"lock", 4, [](const Figures& row) { return count_cell(row.locked_writes + row.locked_reads, true); }},
    {"uniq", 4, [](const Figures& row) { return count_cell(row.constraint_failures, true); }},
    {"back", 4, [](const Figures& row) { return count_cell(row.fallbacks, false); }},
    {"dupl", 4, [](const Figures& row) { return count_cell(row.duplicates, true); }},
    {"invis", 5, [](const Figures& row) { return count_cell(row.invisible_entities, true); }},
    {"lost", 4, [](const Figures& row) { return count_cell(row.lost_acknowledged, true); }},
    {"torn", 4, [](const Figures& row) { return count_cell(row.half_written + row.dangling, true); }},
    {"hung", 4, [](const Figures& row) { return count_cell(row.timeouts + row.deadlocks, true); }},
    {"died", 4, [](const Figures& row) { return count_cell(row.crashes, true); }},
    {"check", 5, [](const Figures& row) { return checked_cell(row); }},
    {"ack99", 5, [](const Figures& row) { return Cell{time_text(row.acknowledge.p99_us)}; }},
    {"blind", 5, [](const Figures& row) { return Cell{time_text(row.unreadable.p99_us)}; }},
    {"ops/s", 5,
     [](const Figures& row) { return Cell{count_text(static_cast<std::uint64_t>(row.operations_per_second))}; }},
}};

constexpr const char* legend =
    "fail: errors that reached a caller; lock: of these, database is locked; uniq: a constraint; back: constraint "
    "fallbacks taken; dupl: second entities of one name; invis: entities that no alias leads to; lost: acknowledged, "
    "not in the file; torn: observations stored in part, and references to nothing; hung: time-outs and deadlocks; "
    "died: crashed processes; check: history and verification; ack99: time to acknowledge, p99; blind: time in which "
    "a reader that tries again could not read, p99; ops/s: acknowledged writes a second.";

class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}
  [[nodiscard]] std::string bold(const std::string& text) const { return with("1", text); }
  [[nodiscard]] std::string red(const std::string& text) const { return with("31", text); }
  [[nodiscard]] std::string green(const std::string& text) const { return with("32", text); }

 private:
  [[nodiscard]] std::string with(const char* code, const std::string& text) const {
    return colour_ ? "\033[" + std::string{code} + "m" + text + "\033[0m" : text;
  }
  bool colour_;
};

std::string spaces(std::size_t wanted, std::string_view text) {
  const std::size_t used = text_columns(text);
  return std::string(wanted > used ? wanted - used : 0, ' ');
}

/// Everything that did not come from us goes through here.
void write_lines(std::ostream& out, const std::string& first, const std::string& next, const std::string& text) {
  const std::size_t columns = columns_max - std::max(text_columns(first), text_columns(next));
  bool is_first = true;
  for (const std::string& line : wrapped(clean_text(text, false), columns)) {
    out << (is_first ? first : next) << line << '\n';
    is_first = false;
  }
}

void write_row(std::ostream& out, const Figures& row, std::size_t design_columns, const Paint& paint) {
  const std::string design = cut_text(clean_text(row.design, false), design_columns);
  out << design << spaces(design_columns, design);
  for (const Column& column : table_columns) {
    const Cell cell = column.cell(row);
    out << ' ' << spaces(column.columns, cell.text) << (cell.bad ? paint.red(cell.text) : cell.text);
  }
  out << '\n';
}

std::string shape_text(const Figures& row) {
  if (row.processes <= 1) return std::to_string(row.threads) + " threads";
  return std::to_string(row.processes) + " processes with " + std::to_string(row.threads) + " threads in all";
}

/// Rows of one mode and shape below one title.
void write_rows(const std::vector<Figures>& rows, std::ostream& out, const Paint& paint) {
  std::size_t design_columns = 6;
  for (const Figures& row : rows)
    design_columns = std::max(design_columns, text_columns(clean_text(row.design, false)));
  design_columns = std::min(design_columns, design_columns_max);
  std::string title;
  for (const Figures& row : rows) {
    const std::string next = clean_text("in " + row.mode + ": " + shape_text(row), false);
    if (next != title) {
      out << '\n'
          << paint.bold(cut_text(next, columns_max)) << '\n'
          << "design" << std::string(design_columns - 6, ' ');
      for (const Column& column : table_columns) out << ' ' << spaces(column.columns, column.title) << column.title;
      out << '\n';
      title = next;
    }
    write_row(out, row, design_columns, paint);
  }
}

void write_notes(const std::vector<Figures>& rows, std::ostream& out) {
  for (const Figures& row : rows)
    for (const std::string& note : row.notes)
      write_lines(out, "note: ", "      ", row.design + "/" + row.mode + ": " + note);
}

void write_outcomes(const ScenarioReport& report, std::ostream& out, const Paint& paint) {
  std::size_t failed = 0;
  for (const Outcome& outcome : report.outcomes) {
    if (outcome.held) continue;
    ++failed;
    const Expectation& expectation = outcome.expectation;
    out << paint.red("FAILED") << '\n';
    write_lines(out, "  ", "    ", expectation.figure + ": " + outcome.found + ", seed " + std::to_string(report.seed));
    write_lines(out, "  ", "    ", "because " + expectation.because);
    write_lines(out, "  ", "    ", report.scenario.file.string() + ":" + std::to_string(expectation.line));
  }
  const std::string total = std::to_string(report.outcomes.size());
  if (failed == 0)
    out << paint.green(total == "1" ? "the expectation holds" : "all " + total + " expectations hold") << '\n';
  else
    out << paint.red(std::to_string(failed) + " of " + total + " expectations failed") << '\n';
  // The command is for copying: it stays on one line.
  if (failed > 0) out << "run again: " << clean_text(report.replay, false) << '\n';
}

}  // namespace

void write_table(const ScenarioReport& report, std::ostream& out, bool colour) {
  const Paint paint{colour};
  write_lines(out, "", "", report.scenario.name + ": " + report.scenario.shows);
  write_rows(report.rows, out, paint);
  out << '\n';
  write_lines(out, "", "", legend);
  write_notes(report.rows, out);
  out << "seed " << report.seed << ", " << time_text(static_cast<std::uint64_t>(report.seconds * 1e6)) << "\n\n";
  write_outcomes(report, out, paint);
}

}  // namespace commonbook::sim
