#include "exit_code.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace commonbook::apps {

ExitCode exit_code_of(const Error& error) noexcept {
  switch (error.code) {
    case ErrorCode::busy:
    case ErrorCode::overloaded:
    case ErrorCode::timeout: return ExitCode::busy;
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::parse_error:
    case ErrorCode::not_supported: return ExitCode::input;
    case ErrorCode::newer_schema:
    case ErrorCode::foreign_file:
    case ErrorCode::unsafe_file:
    case ErrorCode::network_file_system:
    case ErrorCode::read_only: return ExitCode::refused;
    case ErrorCode::disk_full:
    case ErrorCode::corrupt:
    case ErrorCode::io:
    case ErrorCode::out_of_memory:
    case ErrorCode::internal: return ExitCode::damaged;
    case ErrorCode::too_large:
    case ErrorCode::operation_id_reused:
    case ErrorCode::cancelled:
    case ErrorCode::unknown: return ExitCode::not_held;
  }
  return ExitCode::damaged;
}

ExitCode exit_code_of(const std::vector<agents::ImportError>& errors) noexcept {
  const bool is_damaged = std::any_of(errors.begin(), errors.end(), [](const agents::ImportError& each) {
    return exit_code_of(each.error) == ExitCode::damaged;
  });
  return is_damaged ? ExitCode::damaged : ExitCode::not_held;
}

ExitCode fail(const Error& error) {
  spdlog::error("{}", to_string(error));
  return exit_code_of(error);
}

}  // namespace commonbook::apps
