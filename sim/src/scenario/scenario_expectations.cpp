#include "scenario_parts.hpp"

#include "commonbook/sim/figures.hpp"

#include <algorithm>
#include <charconv>

namespace commonbook::sim {

namespace {

constexpr std::array<Word<Comparison>, 7> operators{{{">=", Comparison::at_least},  // longer ones first
                                                     {"<=", Comparison::at_most},
                                                     {"==", Comparison::equal},
                                                     {"!=", Comparison::not_equal},
                                                     {"=", Comparison::equal},
                                                     {">", Comparison::above},
                                                     {"<", Comparison::below}}};

void skip_spaces(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); }

std::optional<double> take_number(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (length == 0 || text.front() == '.' || error != std::errc{} || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

/// What one of the unit `word` is, in the unit of the figure; nullopt: the figure has no such unit.
std::optional<double> unit_factor(std::string_view figure, std::string_view word) {
  constexpr std::array<Word<double>, 4> times{{{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"min", 60'000'000}}};
  constexpr std::array<Word<double>, 4> sizes{{{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};
  const bool is_time = figure.size() > 3 && figure.substr(figure.size() - 3) == "_us";
  const bool is_size = figure.find("_bytes") != std::string_view::npos;
  if (is_time)
    for (const auto& each : times)
      if (word == each.word) return each.value;
  if (is_size)
    for (const auto& each : sizes)
      if (word == each.word) return each.value;
  return std::nullopt;
}

/// Reads ">= 10", "<= 50 ms" or ">= 10 x wal-only". @returns false: it is none of them.
bool parse_comparison(std::string_view text, Expectation& expectation) {
  skip_spaces(text);
  const auto is_next = [&text](const auto& each) {
    return text.substr(0, std::string_view{each.word}.size()) == each.word;
  };
  const auto found = std::find_if(operators.begin(), operators.end(), is_next);
  if (found == operators.end()) return false;
  expectation.comparison = found->value;
  text.remove_prefix(std::string_view{found->word}.size());
  skip_spaces(text);
  const auto number = take_number(text);
  if (!number) return false;
  expectation.value = *number;
  skip_spaces(text);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return true;
  if (text.substr(0, 2) == "x ") {
    text.remove_prefix(2);
    skip_spaces(text);
    expectation.of_design = std::string{text};
    return true;
  }
  const auto factor = unit_factor(expectation.figure, text);
  if (factor) expectation.value *= *factor;
  return factor.has_value();
}

void check_design(TomlTable& table, const char* key, const std::string& name, const Scenario& scenario) {
  std::vector<std::string> known;
  for (const DesignChoice& design : scenario.designs) known.push_back(design.name);
  if (std::find(known.begin(), known.end(), name) == known.end()) table.complain_unknown(key, name, known);
}

void read_figure(TomlTable& table, Expectation& expectation) {
  table.text("figure", expectation.figure);
  table.require("figure", "write figure = \"...\", e.g. figure = \"failures\"");
  if (expectation.figure.empty()) return;
  const auto& names = figure_names();
  if (std::find(names.begin(), names.end(), expectation.figure) == names.end())
    table.complain_unknown("figure", expectation.figure, names);
}

void read_rows(TomlTable& table, const Scenario& scenario, Expectation& expectation) {
  table.text("design", expectation.design);
  if (table.has("design")) check_design(table, "design", expectation.design, scenario);
  table.choice("mode", expectation.mode, {"threads", "processes"});
  const bool runs = expectation.mode == "threads" ? scenario.in_threads : scenario.in_processes;
  if (table.has("mode") && !runs) table.complain("mode", "this scenario does not run so; see mode in [run]");
  table.flag("any_mode", expectation.any_mode);
  if (expectation.any_mode && table.has("mode")) table.complain("any_mode", "write mode or any_mode, not both");
}

Expectation read_expectation(TomlTable table, const Scenario& scenario) {
  Expectation expectation;
  expectation.line = table.line();
  read_figure(table, expectation);
  read_rows(table, scenario, expectation);
  std::string comparison;
  table.text("is", comparison);
  table.require("is", "write a comparison, e.g. is = \">= 1\"");
  if (!comparison.empty() && !parse_comparison(comparison, expectation))
    table.complain("is",
                   "write a comparison, e.g. \"= 0\", \">= 10\", \"<= 50 ms\" (of a figure in microseconds), \"<= 64 "
                   "MiB\" (of one in bytes) or \">= 10 x wal-only\" (of the same figure of another design)");
  if (expectation.of_design) check_design(table, "is", *expectation.of_design, scenario);
  table.text("because", expectation.because);
  table.require("because", "write why this is expected");
  table.finish();
  return expectation;
}

}  // namespace

void read_expectations(TomlTable& top, const FilePlace& place, Scenario& scenario) {
  const auto entries = top.tables("expect");
  if (entries.size() > ScenarioLimits::tables) return top.complain("expect", "write at most 1000 expectations");
  for (const toml::table* entry : entries)
    scenario.expectations.push_back(read_expectation(place.table(*entry, "[[expect]]"), scenario));
}

}  // namespace commonbook::sim
