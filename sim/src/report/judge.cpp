#include "commonbook/sim/report.hpp"
#include "plain_text.hpp"

#include <algorithm>

namespace commonbook::sim {

namespace {

bool holds(double found, Comparison comparison, double wanted) {
  switch (comparison) {
    case Comparison::equal: return !(found < wanted) && !(found > wanted);
    case Comparison::not_equal: return found < wanted || found > wanted;
    case Comparison::at_least: return found >= wanted;
    case Comparison::at_most: return found <= wanted;
    case Comparison::above: return found > wanted;
    case Comparison::below: return found < wanted;
  }
  return false;
}

/// How one row came out.
struct RowOutcome {
  bool held = false;
  std::string found;
};

RowOutcome judge_row(const Expectation& expectation, const Figures& row, const std::vector<Figures>& rows) {
  const std::string place = row.design + "/" + row.mode + ": ";
  const auto found = figure(row, expectation.figure);
  if (!found) return {false, place + "there is no figure \"" + expectation.figure + "\""};
  double wanted = expectation.value;
  std::string expected = comparison_text(expectation);
  if (expectation.of_design) {
    const auto other = std::find_if(rows.begin(), rows.end(), [&](const Figures& each) {
      return each.design == *expectation.of_design && each.mode == row.mode;
    });
    if (other == rows.end())
      return {false, place + number_text(*found) + " (there is no " + *expectation.of_design + "/" + row.mode + ")"};
    const double reference = figure(*other, expectation.figure).value_or(0);
    wanted *= reference;
    expected += ", which has " + number_text(reference);
  }
  return {holds(*found, expectation.comparison, wanted), place + number_text(*found) + " (expected " + expected + ")"};
}

Outcome judge_one(const Expectation& expectation, const std::vector<Figures>& rows) {
  Outcome outcome;
  outcome.expectation = expectation;
  std::vector<RowOutcome> judged;
  for (const Figures& row : rows) {
    const bool fits = (expectation.design.empty() || expectation.design == row.design) &&
                      (expectation.mode.empty() || expectation.mode == row.mode);
    if (fits) judged.push_back(judge_row(expectation, row, rows));
  }
  if (judged.empty()) {
    outcome.found = "no row of the run fits";
    return outcome;
  }
  const auto held = [](const RowOutcome& row) { return row.held; };
  outcome.held = expectation.any_mode ? std::any_of(judged.begin(), judged.end(), held)
                                      : std::all_of(judged.begin(), judged.end(), held);
  // Of an expectation that failed, only the rows that broke it are worth reading.
  for (const RowOutcome& row : judged)
    if (outcome.held || !row.held) outcome.found += (outcome.found.empty() ? "" : "; ") + row.found;
  return outcome;
}

}  // namespace

bool ScenarioReport::ok() const noexcept {
  return std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) { return outcome.held; });
}

std::vector<Outcome> judge(const Scenario& scenario, const std::vector<Figures>& rows) {
  std::vector<Outcome> outcomes;
  for (const Expectation& expectation : scenario.expectations) outcomes.push_back(judge_one(expectation, rows));
  return outcomes;
}

}  // namespace commonbook::sim
