// The parts of the HTML report. Each returns finished HTML.
#pragma once
#include "commonbook/sim/report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace commonbook::sim {

/// One row for each design and mode, with every column.
[[nodiscard]] std::string html_figures(const ScenarioReport& report);
[[nodiscard]] std::string html_expectations(const ScenarioReport& report);
[[nodiscard]] std::string html_notes(const ScenarioReport& report);
/// Throughput, and the distribution of times to acknowledge for each mode; each also as a table.
/// @param number  of the report in the file: names the elements.
[[nodiscard]] std::string html_charts(const ScenarioReport& report, std::size_t number);
/// What report.js draws, as JSON that can stand in a <script> element.
[[nodiscard]] std::string chart_data(const std::vector<ScenarioReport>& reports);

/// Milliseconds with as many digits as matter, e.g. "0.042", "12.3", "4210".
[[nodiscard]] std::string milliseconds(std::uint64_t microseconds);

}  // namespace commonbook::sim
