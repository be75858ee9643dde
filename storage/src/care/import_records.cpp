#include "care/import_records.hpp"

#include "book/entity_store.hpp"
#include "book/first_integer.hpp"
#include "book/redirect_store.hpp"
#include "book/row_digest.hpp"
#include "book/utf8.hpp"
#include "book/writer_check.hpp"
#include "book/writer_interning.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace commonbook::storage {
namespace {

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message), 0, {}}; }

Result<std::int64_t> entity_of(const ImportedEntities& entities, std::int64_t number) {
  const auto found = entities.find(number);
  if (found) return *found;
  return Error{ErrorCode::not_found, "entity " + std::to_string(number) + " was not explained by an earlier line", 0, {}};
}

// A further key of an entity that has one, as merges by similarity left them in files of version 1.
Result<void> add_alias(WriteBatch& batch, const Key& given, std::int64_t entity) {
  auto key = normalise_key(given);
  if (!key) return key.error();
  const auto known = find_alias(batch.connection(), *key);
  if (!known) return known.error();
  if (*known) {
    if (**known == entity) return {};
    return Error{ErrorCode::already_exists,
                 "the keys of one entity lead to two in this file, of which one is named " + key->value, 0, {}};
  }
  const auto scheme = static_cast<std::int64_t>(key->scheme);
  auto insert = batch.connection().statement(
      "INSERT INTO alias(entity, space, scheme, value) VALUES (?1, ?2, ?3, ?4) RETURNING id");
  if (!insert) return insert.error();
  insert->bind(1, entity).bind(2, std::string_view{key->space}).bind(3, scheme).bind(4, std::string_view{key->value});
  const auto id = only_integer(*insert);
  if (!id) return id.error();
  batch.add_hash(alias_hash(*id, entity, key->space, scheme, key->value));
  auto made = find_entity(batch.connection(), *key);
  if (!made) return made.error();
  batch.aliases.emplace(std::move(*key), std::move(**made));
  return {};
}

}  // namespace

std::optional<std::int64_t> ImportedEntities::find(std::int64_t number) const {
  for (const auto* numbers : {&fresh_, &known_})
    if (const auto found = numbers->find(number); found != numbers->end()) return found->second;
  return std::nullopt;
}

void ImportedEntities::keep() {
  known_.merge(fresh_);
  fresh_.clear();
}

Result<Key> key_of_entity(Connection& connection, std::int64_t entity) {
  auto select = connection.statement(
      "SELECT a.scheme, a.space, a.value, e.spelling FROM alias a JOIN entity e ON e.id = a.entity "
      "WHERE a.entity = ?1 ORDER BY a.id LIMIT 1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity).step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::corrupt, "an entity of this file has no key; run verify", 0, {}};
  Key key{static_cast<Scheme>(select->integer(0)), {}, std::string{select->text(1)}};
  key.value = key.scheme == Scheme::exact ? select->blob(3) : select->text(2);
  return key;
}

Result<void> import_entity(WriteBatch& batch, const BookEntity& record, ImportedEntities& entities,
                           ImportCounts& counts) {
  if (record.keys.empty()) return invalid("an entity has no key");
  if (record.spelling.size() > spelling_bytes_max)
    return Error{ErrorCode::too_large, "a spelling has more than 1 MiB", 0, {}};
  const Key& first = record.keys.front();
  const bool is_exact = first.scheme == Scheme::exact;
  if (!is_exact && !is_utf8(record.spelling)) return invalid("a spelling is not UTF-8");
  const EntityName name = is_exact ? EntityName{{Scheme::exact, record.spelling, first.space}, {}}
                                   : EntityName{first, record.spelling};
  auto prepared = prepare_name(name);
  if (!prepared) return prepared.error();
  auto known = find_entity(batch.connection(), prepared->key);
  if (!known) return known.error();
  if (*known) {
    if (auto same = compare_exact(batch.connection(), *prepared, (*known)->id); !same) return same;
    prepared->known = std::move(*known);
  }
  const auto entity = find_or_create(batch, *prepared);
  if (!entity) return entity.error();
  for (std::size_t at = 1; at < record.keys.size(); ++at)
    if (auto done = add_alias(batch, record.keys[at], entity->entity->id); !done) return done;
  entities.add(record.number, entity->entity->id);
  ++(entity->created ? counts.entities_created : counts.entities_found);
  return {};
}

Result<void> import_predicate(WriteBatch& batch, const BookPredicate& record, ImportCounts& counts) {
  if (record.name.empty() || record.name.size() > predicate_bytes_max || !is_utf8(record.name))
    return invalid("a predicate must have 1 to 128 bytes of UTF-8");
  const auto id = intern_predicate(batch, {record.name, record.single_valued});
  if (!id) return id.error();
  ++counts.predicates;
  return {};
}

Result<void> import_redirect(WriteBatch& batch, const BookRedirect& record, const ImportedEntities& entities,
                             ImportCounts& counts) {
  const auto source = entity_of(entities, record.source);
  if (!source) return source.error();
  const auto target = entity_of(entities, record.target);
  if (!target) return target.error();
  if (*source == *target) return {};  // one entity here
  const auto added = add_redirect(batch, {.source = *source, .target = *target});
  if (!added) return added.error();
  counts.redirects += *added ? 1 : 0;
  return {};
}

Result<void> import_suggestion(WriteBatch& batch, const BookSuggestion& record, const ImportedEntities& entities,
                               ImportCounts& counts) {
  const auto one = entity_of(entities, record.left);
  if (!one) return one.error();
  const auto other = entity_of(entities, record.right);
  if (!other) return other.error();
  if (*one == *other) return {};  // one entity here: nothing is left to suggest
  const auto& [left, right] = std::minmax(*one, *other);
  if (record.status < 0 || record.status > suggestion_status_max) return invalid("the status of a suggestion is unknown");
  if (record.reason.size() > position_bytes_max || !is_utf8(record.reason))
    return invalid("the reason of a suggestion must be up to 4,096 bytes of UTF-8");
  if (!(record.score >= 0 && record.score <= 1)) return invalid("the score of a suggestion must be from 0 to 1");
  auto insert = batch.connection().statement(
      "INSERT INTO suggestion(left_entity, right_entity, score, reason, status) VALUES (?1, ?2, ?3, ?4, ?5) "
      "ON CONFLICT DO NOTHING");
  if (!insert) return insert.error();
  insert->bind(1, left).bind(2, right).bind(3, record.score).bind(4, std::string_view{record.reason});
  if (auto done = insert->bind(5, record.status).run(); !done) return done;
  if (batch.connection().changes() == 0) return {};
  batch.add_hash(suggestion_hash(left, right, record.score, record.reason, record.status));
  ++counts.suggestions;
  return {};
}

}  // namespace commonbook::storage
