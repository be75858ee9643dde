// What the fault loops run: a small book's life from its making to its close, whatever fails on the way, and what must hold
// afterwards. Nothing in it looks at what failed, so that the same life serves disks, memory and threads.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/testing/support.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace commonbook::testing {

/// True on a thread while it is in a function of storage/: so that memory can fail there and not in the test itself.
[[nodiscard]] bool& is_in_storage() noexcept;

/// What callers were told, and what they were told wrongly.
struct Life {
  std::map<std::uint64_t, std::uint64_t> acknowledged;  ///< commit sequence by number of the observation
  std::set<std::uint64_t> refused;                      ///< certainly not stored
  bool retracted = false;                               ///< observation 1, acknowledged
  bool maybe_retracted = false;
  int errors = 0;
  std::vector<std::string> wrong;                       ///< answers that no fault excuses
};

/// Opens the book (made where it is missing), stores observations 1 to 5 with documents and entities, reads, compacts,
/// checkpoints, retracts the first, purges, verifies. `heal` is called before the book is closed; then one more
/// observation must go in.
/// @param patience  given to each operation.
Life live(const std::filesystem::path& path, const Clock& clock, std::chrono::milliseconds patience,
          const std::function<void()>& heal);

/// Opens the book, stores observations 1 and 2, then 4 by the same writer between `fail` and `heal`, then 5, and verifies.
Life live_and_store(const std::filesystem::path& path, const Clock& clock, const std::function<void()>& fail,
                    const std::function<void()>& heal);

/// Fails the test unless the file keeps every promise of that life: what was acknowledged is there once and unchanged, what
/// was refused is not, a half observation nowhere, and a new observation goes in. Nothing may fail any more.
void check_what_is_left(const std::filesystem::path& path, const Clock& clock, const Life& life);

}  // namespace commonbook::testing
