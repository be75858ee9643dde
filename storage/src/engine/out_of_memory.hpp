// Where an allocation of our own fails: the public functions of storage/ catch it at their boundary and answer with a typed
// error. Inside nothing is caught (but for caches, which are emptied): scopes roll transactions back, reset statements
// and free locks on the way out. SQLite's own allocations fail with SQLITE_NOMEM and take the way of all its errors.
#pragma once
#include "commonbook/model/result.hpp"

#include <new>
#include <utility>

namespace commonbook::storage {

/// Its text is short enough to need no memory of its own.
[[nodiscard]] inline Error out_of_memory() noexcept {
  return {.code = ErrorCode::out_of_memory, .message = "out of memory", .sqlite_code = 0, .retry_after = {}};
}

/// Runs `work`, which returns a Result. @errors  those of `work`; out_of_memory where it threw std::bad_alloc.
template <class Work>
auto or_out_of_memory(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

}  // namespace commonbook::storage
