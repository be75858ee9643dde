// Tables of our storage design without our storage: what a program would write that stores the same observations in one
// plain transaction each.
#pragma once
#include "../database.hpp"
#include "../workload.hpp"

#include <filesystem>

namespace commonbook::bench {

class PlainBook {
 public:
  /// Opens or creates the file, with SQLite's own busy handler and automatic checkpoints.
  PlainBook(const std::filesystem::path& file, int busy_timeout_ms);
  /// BEGIN IMMEDIATE, finds or creates the entities, appends observation and triples, COMMIT.
  /// @throws std::runtime_error where a statement fails, busy included; then the transaction is rolled back.
  void store(const Workload& workload, const Group& group);

 private:
  [[nodiscard]] std::int64_t find_or_create(const std::string& spelling);
  void store_rows(const Workload& workload, const Group& group);

  Database database_;
  PreparedStatement begin_, commit_, find_, entity_, alias_, observation_, append_;
  std::string alias_text_;
};

}  // namespace commonbook::bench
