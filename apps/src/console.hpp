// What people see: tables, a progress line, figures with units. Everything here writes plain text.
#pragma once
#include "commonbook/model/clock.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace commonbook::apps {

/// One line on a terminal's standard error, rewritten in place. Shows nothing when standard error is no terminal, and
/// nothing before `after`, so that short work stays silent. Thread: one at a time.
class ProgressLine {
 public:
  explicit ProgressLine(std::chrono::milliseconds after = std::chrono::seconds{2});
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(std::string_view text);  ///< at most ten times a second
  void clear();

 private:
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

/// Prints `rows` as two aligned columns on standard output.
void print_table(const std::vector<std::pair<std::string, std::string>>& rows);

[[nodiscard]] std::string bytes_text(std::int64_t bytes);                 ///< "4.7 MiB"
[[nodiscard]] std::string milliseconds_text(std::uint64_t microseconds);  ///< "3.21 ms"
[[nodiscard]] std::string hex_text(std::uint64_t value);                  ///< 16 digits
/// `text` on one line, through terminal_text(), cut to `code_points_max` with "..." at the end.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t code_points_max);

/// Where databases live that nobody named: $XDG_STATE_HOME/commonbook, else ~/.local/state/commonbook.
[[nodiscard]] std::filesystem::path state_folder();
/// `chosen`, else <state folder>/`name`.db, whose folder is made (0700) when `create`.
[[nodiscard]] std::filesystem::path database_path(const std::string& chosen, const std::string& name, bool create);

/// Now, plus what a whole-file operation may take: 10 minutes. An interrupt ends it earlier.
[[nodiscard]] Clock::SteadyPoint long_deadline();

}  // namespace commonbook::apps
