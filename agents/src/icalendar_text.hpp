// The text layer of iCalendar (RFC 5545, 3.1): lines that are unfolded within bounds, and lines taken apart. Reads what
// real exporters write: bare LF, folds without white space, text that is no UTF-8, parameters without quotes.
#pragma once
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Longest unfolded line; the rest of a longer one is dropped.
inline constexpr std::size_t calendar_line_bytes_max = 64 * 1024;

/// One unfolded line.
struct CalendarLine {
  std::string text;      ///< UTF-8, without control characters
  std::int64_t number = 0;  ///< of its first physical line, from 1
  bool was_cut = false;  ///< longer than calendar_line_bytes_max
};

/// Reads one unfolded line after the other. Memory: one line, and the block of the input that it stands in.
class CalendarLineReader {
 public:
  explicit CalendarLineReader(std::istream& input) : input_(input) {}
  /// nullopt at the end of the input.
  std::optional<CalendarLine> next();
  [[nodiscard]] std::int64_t bytes_read() const noexcept { return bytes_read_; }

 private:
  /// A line as it stands; what goes beyond the limit is read and forgotten.
  struct PhysicalLine {
    std::string text;
    std::int64_t number = 0;
    bool was_cut = false;
  };
  std::optional<PhysicalLine> read_physical();
  bool fill();
  void take_end_of_line();

  std::istream& input_;
  std::string block_;    ///< read from the input; what begins at `at_` is not taken yet
  std::size_t at_ = 0;
  std::optional<PhysicalLine> ahead_;
  std::int64_t number_ = 0;
  std::int64_t bytes_read_ = 0;
};

/// Is this a line of the property? @param name  in capitals.
[[nodiscard]] bool has_name(const CalendarLine& line, std::string_view name) noexcept;

/// NAME;PARAMETER=value:value.
struct ContentLine {
  struct Parameter {
    std::string name;   ///< in capitals
    std::string value;  ///< without quotes, RFC 6868 escapes resolved
  };
  std::string name;  ///< in capitals
  std::vector<Parameter> parameters;
  std::string value;  ///< as it stands
  std::int64_t number = 0;

  /// Empty where there is no such parameter.
  [[nodiscard]] std::string_view parameter(std::string_view wanted) const noexcept;
  /// nullopt where the line has no name or no value.
  static std::optional<ContentLine> parse(const CalendarLine& line);
};

/// A TEXT value in plain characters. A backslash before any other character stays, as most readers have it.
[[nodiscard]] std::string unescape_text(std::string_view value);
/// The parts of a value list; an escaped comma does not part.
[[nodiscard]] std::vector<std::string> split_list(std::string_view value);
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] std::string in_capitals(std::string_view text);
/// Runs of white space become one space; none at the ends.
[[nodiscard]] std::string in_one_line(std::string_view text);
/// At most `bytes_max` bytes and `code_points_max` code points, cut between code points.
[[nodiscard]] std::string cut_text(std::string text, std::size_t bytes_max, std::size_t code_points_max);

}  // namespace commonbook::agents
