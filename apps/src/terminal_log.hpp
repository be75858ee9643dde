// The log on standard error: messages name files and values, so they are shown like any text of strangers.
#pragma once
#include <spdlog/pattern_formatter.h>

#include <memory>
#include <string>

namespace commonbook::apps {

/// spdlog's own pattern, with each message on one line and through terminal_text().
class TerminalLogFormatter final : public spdlog::formatter {
 public:
  explicit TerminalLogFormatter(const std::string& pattern);
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override;
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override;

 private:
  std::string pattern_;
  spdlog::pattern_formatter inner_;
};

}  // namespace commonbook::apps
