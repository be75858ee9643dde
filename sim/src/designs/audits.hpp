// What stands in a closed file, by the tables of each kind of design.
#pragma once
#include "commonbook/sim/design.hpp"
#include "raw_sqlite.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace commonbook::sim {

Result<Audit> audit_naive(const std::filesystem::path& file);
Result<Audit> audit_ours(const std::filesystem::path& file, Clock::SteadyPoint deadline);

/// Counts entities by normalised key: those beyond the first are duplicates.
class KeyCount {
 public:
  void add(const std::string& spelling) { ++entities_of_key_[normal_form(spelling)]; }
  [[nodiscard]] std::uint64_t duplicates() const;

 private:
  std::map<std::string, std::uint64_t> entities_of_key_;
};

/// Calls `row(use)` for each row of a query. @errors of SQLite.
template <class Row>
Result<void> for_each_row(RawConnection& connection, const char* sql, Row row) {
  auto statement = connection.prepare(sql);
  if (!statement) return statement.error();
  Use use{*statement};
  for (;;) {
    const auto more = use.step();
    if (!more) return more.error();
    if (!*more) return {};
    row(use);
  }
}

}  // namespace commonbook::sim
