#include "book/name_candidates.hpp"

#include "book/for_each_row.hpp"

#include <set>

namespace commonbook::storage {
namespace {

Result<std::vector<std::int64_t>> entities_of(Connection& connection, std::uint64_t block) {
  auto select = connection.statement("SELECT entity FROM name_block WHERE block = ?1 LIMIT 33");
  static_assert(block_entities_max == 32, "one more tells that there are too many");
  if (!select) return select.error();
  std::vector<std::int64_t> entities;
  auto read = for_each_row(select->bind(1, static_cast<std::int64_t>(block)),
                           [&entities](const Statement& row) { entities.push_back(row.integer(0)); });
  if (!read) return read.error();
  return entities;
}

}  // namespace

Result<CandidateNames> find_candidates(Connection& connection, std::span<const std::uint64_t> blocks,
                                       std::int64_t except) {
  CandidateNames found;
  std::set<std::int64_t> met;
  for (const std::uint64_t block : blocks) {
    const auto entities = entities_of(connection, block);
    if (!entities) return entities.error();
    found.rows_read += static_cast<std::int64_t>(entities->size());
    if (static_cast<std::int64_t>(entities->size()) > block_entities_max) continue;
    met.insert(entities->begin(), entities->end());
  }
  met.erase(except);
  for (const std::int64_t entity : met) {
    auto select = connection.statement("SELECT space, value FROM alias WHERE entity = ?1 AND scheme = 1 ORDER BY id");
    if (!select) return select.error();
    auto read = for_each_row(select->bind(1, entity), [&](const Statement& row) {
      found.names.push_back({entity, std::string{row.text(0)}, std::string{row.text(1)}});
      ++found.rows_read;
    });
    if (!read) return read.error();
  }
  return found;
}

Result<void> file_name(Connection& connection, std::int64_t block, std::int64_t entity) {
  auto insert = connection.statement("INSERT INTO name_block(block, entity) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
  if (!insert) return insert.error();
  return insert->bind(1, block).bind(2, entity).run();
}

}  // namespace commonbook::storage
