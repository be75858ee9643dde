// The row digest: a commutative 64-bit sum of one hash a row. Each transaction adds what it inserts and subtracts
// what it deletes, so that a lost page shows although SQLite's own check is content (S23).
#pragma once
#include <cstdint>
#include <string_view>

namespace commonbook::storage {

/// Hashes one row, column by column, in the order of schema_sql.hpp, the primary key included.
/// A row of the tail and the same row of the sorted part hash alike: use RowTable::assertion for both and
/// leave seq out.
enum class RowTable : std::uint8_t {
  migration = 1, agent, session, entity, alias, redirect, predicate, document, observation, operation, claim,
  assertion, suggestion, derivation,
};

class RowHash {
 public:
  explicit RowHash(RowTable table) noexcept;
  RowHash& add(std::int64_t value) noexcept;
  RowHash& add(double value) noexcept;
  RowHash& add(std::string_view bytes) noexcept;
  RowHash& add_null() noexcept;
  [[nodiscard]] std::uint64_t value() const noexcept;

 private:
  std::uint64_t state_;
};

}  // namespace commonbook::storage
