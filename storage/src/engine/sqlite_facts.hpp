// What this process's SQLite says about itself.
#pragma once
#include <string>

namespace commonbook::storage {

struct SqliteFacts {
  std::string version;
  bool thread_safe = false;
  bool fixed_by_version = false;  ///< the WAL-reset bug was fixed upstream in or before this version
};

[[nodiscard]] SqliteFacts sqlite_facts();
/// 3.51.3 and later, and the backports to 3.50.7 and 3.44.6. A distribution may have patched another one.
[[nodiscard]] bool is_wal_reset_fixed(int version_number) noexcept;

}  // namespace commonbook::storage
