#include "engine/sqlite_facts.hpp"

#include <sqlite3.h>

namespace commonbook::storage {

SqliteFacts sqlite_facts() {
  return {.version = sqlite3_libversion(),
          .thread_safe = sqlite3_threadsafe() != 0,
          .fixed_by_version = is_wal_reset_fixed(sqlite3_libversion_number())};
}

bool is_wal_reset_fixed(int version_number) noexcept {
  return version_number >= 3'051'003 || (version_number >= 3'050'007 && version_number < 3'051'000) ||
         (version_number >= 3'044'006 && version_number < 3'045'000);
}

}  // namespace commonbook::storage
