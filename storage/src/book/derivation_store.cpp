#include "book/derivation_store.hpp"

#include "book/first_integer.hpp"
#include "book/for_each_row.hpp"
#include "book/row_digest.hpp"

#include <algorithm>

namespace commonbook::storage {

Result<std::int64_t> worst_trust(Connection& connection, const std::vector<std::string>& evidence, std::int64_t own) {
  std::int64_t worst = own;
  for (const std::string& name : evidence) {
    auto select = connection.statement(
        "SELECT coalesce(max(trust), 0) FROM observation WHERE retracted = 0 AND "
        "document IN (SELECT id FROM document WHERE external_id = ?1)");
    if (!select) return select.error();
    const auto trust = only_integer(select->bind(1, std::string_view{name}));
    if (!trust) return trust;
    worst = std::max(worst, *trust);
  }
  return worst;
}

Result<void> insert_derivations(WriteBatch& batch, const std::vector<std::string>& evidence, std::int64_t observation) {
  for (const std::string& name : evidence) {
    auto insert = batch.connection().statement(
        "INSERT INTO derivation(evidence, observation) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
    if (!insert) return insert.error();
    if (auto done = insert->bind(1, std::string_view{name}).bind(2, observation).run(); !done) return done;
    if (batch.connection().changes() > 0) batch.add_hash(derivation_hash(name, observation));
  }
  return {};
}

Result<std::uint64_t> delete_derivations(Connection& connection, std::int64_t observation) {
  std::uint64_t sum = 0;
  {
    auto select = connection.statement("SELECT evidence FROM derivation WHERE observation = ?1");
    if (!select) return select.error();
    select->bind(1, observation);
    auto read = for_each_row(
        *select, [&](const Statement& row) { sum += derivation_hash(row.text(0), observation); });
    if (!read) return read.error();
  }
  if (sum == 0) return sum;
  auto remove = connection.statement("DELETE FROM derivation WHERE observation = ?1");
  if (!remove) return remove.error();
  if (auto done = remove->bind(1, observation).run(); !done) return done.error();
  return sum;
}

}  // namespace commonbook::storage
