#include "terminal_log.hpp"

#include "terminal_text.hpp"

#include <algorithm>

namespace commonbook::apps {

TerminalLogFormatter::TerminalLogFormatter(const std::string& pattern) : pattern_(pattern), inner_(pattern) {}

void TerminalLogFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) {
  std::string text = terminal_text({message.payload.data(), message.payload.size()});
  std::replace(text.begin(), text.end(), '\n', ' ');  // one message can't look like two
  spdlog::details::log_msg clean = message;
  clean.payload = text;
  inner_.format(clean, to);
  message.color_range_start = clean.color_range_start;
  message.color_range_end = clean.color_range_end;
}

std::unique_ptr<spdlog::formatter> TerminalLogFormatter::clone() const {
  return std::make_unique<TerminalLogFormatter>(pattern_);
}

}  // namespace commonbook::apps
