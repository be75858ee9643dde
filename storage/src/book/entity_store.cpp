#include "book/entity_store.hpp"

#include "book/row_digest.hpp"
#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"

namespace commonbook::storage {
namespace {

const KnownEntity* keep(WriteBatch& batch, const Key& key, KnownEntity entity) {
  return &batch.aliases.emplace(key, std::move(entity)).first->second;
}

/// Null where there is none.
const KnownEntity* find_known(WriteBatch& batch, const PreparedName& name) {
  // An alias that is committed never changes its entity, so most names need no look-up here.
  if (name.known && !fault("P4")) return &*name.known;
  if (const auto own = batch.aliases.find(name.key); own != batch.aliases.end()) return &own->second;
  if (fault("P4")) return nullptr;
  auto cached = batch.book().alias_cache.find(name.key);
  if (!cached) return nullptr;
  batch.book().alias_cache_hits.fetch_add(1, std::memory_order_relaxed);
  return keep(batch, name.key, std::move(*cached));
}

/// The alias row's id, or nothing where the key has a row already.
Result<std::optional<std::int64_t>> insert_alias(WriteBatch& batch, const Key& key, std::int64_t entity) {
  const char* sql =
      "INSERT INTO alias(entity, space, scheme, value) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT(value, scheme, space) DO NOTHING";
  if (fault("mutant.no_unique")) sql = "INSERT INTO alias(entity, space, scheme, value) VALUES (?1, ?2, ?3, ?4)";
  auto insert = batch.connection().statement(sql);
  if (!insert) return insert.error();
  insert->bind(1, entity).bind(2, std::string_view{key.space}).bind(3, static_cast<std::int64_t>(key.scheme));
  if (auto done = insert->bind(4, std::string_view{key.value}).run(); !done) return done.error();
  // Not RETURNING: it would make a table of its own for the one row, which costs as much as the insert.
  if (batch.connection().changes() == 0) return std::optional<std::int64_t>{};
  const std::int64_t id = batch.connection().last_row_id();
  batch.add_hash(alias_hash(id, entity, key.space, static_cast<std::int64_t>(key.scheme), key.value));
  return std::optional{id};
}

Result<KnownEntity> read_winner(WriteBatch& batch, const Key& key) {
  auto winner = find_entity(batch.connection(), key);
  if (!winner) return winner.error();
  if (!*winner) {
    return Error{ErrorCode::corrupt, "the index of keys holds a key that has no row; run verify", 0, {}};
  }
  ++batch.conflicts;
  sometimes("unique_fallback");
  return std::move(**winner);
}

Result<void> insert_entity(WriteBatch& batch, std::int64_t id, std::string_view spelling) {
  auto insert = batch.connection().statement("INSERT INTO entity(id, spelling) VALUES (?1, ?2)");
  if (!insert) return insert.error();
  if (auto done = insert->bind(1, id).bind(2, spelling).run(); !done) return done;
  batch.add_hash(entity_hash(id, spelling));
  return {};
}

}  // namespace

Result<FoundEntity> find_or_create(WriteBatch& batch, const PreparedName& name) {
  if (const KnownEntity* known = find_known(batch, name)) {
    // What prepare found it has compared as well.
    if (!name.known || known->id != name.known->id)
      if (auto same = compare_exact(batch.connection(), name, known->id); !same) return same.error();
    return FoundEntity{known, false};
  }
  // Entered again within the batch's hold: a caller that holds no gate can't get here.
  const GateHold hold = batch.transaction().hold().again();
  yield_point("foc.after_recheck");

  const std::int64_t entity = batch.meta.next_entity;
  yield_point("foc.before_insert");
  const auto alias = insert_alias(batch, name.key, entity);
  if (!alias) return alias.error();
  yield_point("foc.after_insert");
  if (!*alias && !fault("P4")) {
    auto winner = read_winner(batch, name.key);
    if (!winner) return winner.error();
    if (auto same = compare_exact(batch.connection(), name, winner->id); !same) return same.error();
    return FoundEntity{keep(batch, name.key, std::move(*winner)), false};
  }

  ++batch.meta.next_entity;
  const bool is_exact = name.key.scheme == Scheme::exact;
  if (auto done = insert_entity(batch, entity, is_exact ? name.exact_bytes : name.spelling); !done) return done.error();
  ++batch.created;
  return FoundEntity{keep(batch, name.key, {entity, is_exact ? std::string{} : name.spelling}), true};
}

}  // namespace commonbook::storage
