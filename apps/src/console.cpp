#include "console.hpp"

#include "terminal_text.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::apps {

ProgressLine::ProgressLine(std::chrono::milliseconds after)
    : terminal_(::isatty(STDERR_FILENO) == 1), next_(std::chrono::steady_clock::now() + after) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(std::string_view text) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now < next_) return;
  next_ = now + std::chrono::milliseconds{100};
  std::cerr << "\r\033[K" << one_line(text, 100) << std::flush;
  shown_ = true;
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

void print_table(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [name, value] : rows) width = std::max(width, name.size());
  for (const auto& [name, value] : rows)
    std::cout << "  " << name << std::string(width - name.size() + 2, ' ') << value << '\n';
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array<const char*, 4> units = {"B", "KiB", "MiB", "GiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text.data();
}

std::string milliseconds_text(std::uint64_t microseconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f ms", static_cast<double>(microseconds) / 1000.0);
  return text.data();
}

std::string hex_text(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

std::string one_line(std::string_view text, std::size_t code_points_max) {
  std::string line;
  std::size_t code_points = 0;
  bool space = false;
  for (const char c : terminal_text(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues = (byte & 0xC0u) == 0x80u;
    if (byte <= 0x20) {
      space = !line.empty();
      continue;
    }
    if (!continues && code_points >= code_points_max) return line + "...";
    if (space) {
      line += ' ';
      ++code_points;
      space = false;
    }
    line += c;
    if (!continues) ++code_points;
  }
  return line;
}

std::filesystem::path state_folder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/')
    return std::filesystem::path{state} / "commonbook";
  const char* home = std::getenv("HOME");
  return std::filesystem::path{home != nullptr && *home != '\0' ? home : "."} / ".local/state/commonbook";
}

std::filesystem::path database_path(const std::string& chosen, const std::string& name, bool create) {
  if (!chosen.empty()) return chosen;
  const std::filesystem::path folder = state_folder();
  if (create) {
    std::error_code ignored;  // what is wrong with the folder is said better when the file is opened in it
    std::filesystem::create_directories(folder.parent_path(), ignored);
    ::mkdir(folder.c_str(), S_IRWXU);
  }
  return folder / (name + ".db");
}

Clock::SteadyPoint long_deadline() { return std::chrono::steady_clock::now() + std::chrono::minutes{10}; }

}  // namespace commonbook::apps
