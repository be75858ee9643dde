// What an error is counted as: by SQLite's extended code where there is one, and by the message where SQLite gives one
// code to several things.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstdint>

namespace commonbook::sim::runner {

enum class ErrorKind : std::uint8_t {
  other = 1,
  locked,             ///< "database is locked" and its kin
  snapshot_conflict,  ///< a read transaction that could not become a writing one
  constraint,
  misuse,             ///< of the library: a statement or connection in two threads' hands
  nested_transaction, ///< BEGIN in BEGIN, COMMIT without
  timeout,            ///< no answer by the operation's deadline
};

[[nodiscard]] ErrorKind kind_of(const Error& error) noexcept;

/// True when the error says that nothing was stored. Holds for a runtime that keeps to ErrorCode's promise; a design of
/// several statements without a transaction may have done half.
[[nodiscard]] bool certainly_without_effect(const Error& error) noexcept;

}  // namespace commonbook::sim::runner
