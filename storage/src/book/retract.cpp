#include "book/retract.hpp"

#include "book/row_digest.hpp"
#include "commonbook/model/yield_point.hpp"

namespace commonbook::storage {
namespace {

// What the row digest changes by when the row is marked; nothing where there is no row to mark.
Result<std::optional<std::uint64_t>> change_by_marking(Connection& connection, std::int64_t id) {
  auto select = connection.statement("SELECT * FROM observation WHERE id = ?1 AND retracted = 0");
  if (!select) return select.error();
  const auto found = select->bind(1, id).step();
  if (!found) return found.error();
  if (!*found) return std::optional<std::uint64_t>{};
  ObservationRow row = read_observation_row(*select);
  const std::uint64_t before = observation_hash(row);
  row.retracted = 1;
  return std::optional{observation_hash(row) - before};
}

}  // namespace

Result<std::int64_t> mark_retracted(WriteBatch& batch, std::span<const std::int64_t> observation_ids) {
  std::int64_t marked = 0;
  for (const std::int64_t id : observation_ids) {
    const auto change = change_by_marking(batch.connection(), id);
    if (!change) return change.error();
    if (!*change) continue;
    auto update = batch.connection().statement("UPDATE observation SET retracted = 1 WHERE id = ?1");
    if (!update) return update.error();
    if (auto done = update->bind(1, id).run(); !done) return done.error();
    batch.add_hash(**change);
    ++marked;
  }
  yield_point("retract.after_mark");
  if (marked == 0) return marked;
  auto update = batch.connection().statement("UPDATE meta SET epoch = epoch + 1, purge_pending = 1 WHERE id = 1");
  if (!update) return update.error();
  if (auto done = update->run(); !done) return done.error();
  return marked;
}

}  // namespace commonbook::storage
