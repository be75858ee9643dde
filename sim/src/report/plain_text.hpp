// Figures and texts in the few columns of a terminal.
#pragma once
#include "commonbook/sim/scenario.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::sim {

/// At most four columns: "0", "9999", "12k", "345M".
[[nodiscard]] std::string count_text(std::uint64_t count);
/// At most five columns: "0", "950us", "1.2ms", "123ms", "1.2s", "123s".
[[nodiscard]] std::string time_text(std::uint64_t microseconds);
/// A figure with all its digits, without an exponent: "0", "17", "0.25".
[[nodiscard]] std::string number_text(double value);
/// ">= 10", or ">= 10 x wal-only".
[[nodiscard]] std::string comparison_text(const Expectation& expectation);
/// `text` as valid UTF-8 without control characters: each of them, and each wrong byte, becomes U+FFFD.
/// @param keep_lines  leaves line feeds and tabs.
[[nodiscard]] std::string clean_text(std::string_view text, bool keep_lines);
/// `text` in lines of at most `columns` code points, broken at spaces where there are any.
[[nodiscard]] std::vector<std::string> wrapped(const std::string& text, std::size_t columns);
/// Code points, which is columns for all that we print.
[[nodiscard]] std::size_t text_columns(std::string_view text) noexcept;
/// The first `columns` code points; where something was cut off, the last one is "~".
[[nodiscard]] std::string cut_text(const std::string& text, std::size_t columns);

}  // namespace commonbook::sim
