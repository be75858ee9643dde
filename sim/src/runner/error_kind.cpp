#include "error_kind.hpp"

#include <sqlite3.h>

#include <string_view>

namespace commonbook::sim::runner {

ErrorKind kind_of(const Error& error) noexcept {
  const std::string_view message = error.message;
  const auto says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
  if (error.code == ErrorCode::timeout) return ErrorKind::timeout;
  if (error.sqlite_code == SQLITE_BUSY_SNAPSHOT) return ErrorKind::snapshot_conflict;
  switch (error.sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return ErrorKind::locked;
    case SQLITE_CONSTRAINT: return ErrorKind::constraint;
    case SQLITE_MISUSE: return ErrorKind::misuse;
    case SQLITE_ERROR:
      if (says("within a transaction") || says("no transaction is active")) return ErrorKind::nested_transaction;
      return says("misuse") ? ErrorKind::misuse : ErrorKind::other;
    case SQLITE_OK: return error.code == ErrorCode::busy ? ErrorKind::locked : ErrorKind::other;
    default: return ErrorKind::other;
  }
}

bool certainly_without_effect(const Error& error) noexcept {
  switch (error.code) {
    case ErrorCode::unknown:
    case ErrorCode::timeout:  // the answer did not come, which says nothing of the write
    case ErrorCode::io:
    case ErrorCode::corrupt:
    case ErrorCode::internal: return false;
    default: return true;
  }
}

}  // namespace commonbook::sim::runner
