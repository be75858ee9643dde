#include "commonbook/model/result.hpp"

namespace commonbook {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::busy: return "busy";
    case ErrorCode::overloaded: return "overloaded";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::disk_full: return "disk_full";
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::operation_id_reused: return "operation_id_reused";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::parse_error: return "parse_error";
    case ErrorCode::not_supported: return "not_supported";
    case ErrorCode::newer_schema: return "newer_schema";
    case ErrorCode::foreign_file: return "foreign_file";
    case ErrorCode::unsafe_file: return "unsafe_file";
    case ErrorCode::network_file_system: return "network_file_system";
    case ErrorCode::read_only: return "read_only";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::io: return "io";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::unknown: return "unknown";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

std::string to_string(const Error& error) {
  std::string text{to_string(error.code)};
  if (!error.message.empty()) text += ": " + error.message;
  if (error.sqlite_code != 0) text += " [sqlite " + std::to_string(error.sqlite_code) + "]";
  return text;
}

bool is_retryable(ErrorCode code) noexcept {
  return code == ErrorCode::busy || code == ErrorCode::overloaded || code == ErrorCode::timeout ||
         code == ErrorCode::disk_full || code == ErrorCode::unknown;
}

}  // namespace commonbook
