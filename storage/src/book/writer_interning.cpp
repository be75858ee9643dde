#include "book/writer_interning.hpp"

#include "book/first_integer.hpp"
#include "book/row_digest.hpp"

namespace commonbook::storage {
namespace {

std::string session_key(const Observation& observation) { return observation.agent + '\0' + observation.session; }

// Not RETURNING: at the savepoint of such a statement the full-text index would write a segment.
Result<std::int64_t> inserted_id(WriteBatch& batch, Statement& insert) {
  if (auto done = insert.run(); !done) return done.error();
  return batch.connection().last_row_id();
}

Result<std::int64_t> find_or_insert_agent(WriteBatch& batch, const std::string& name) {
  auto select = batch.connection().statement("SELECT id FROM agent WHERE name = ?1");
  if (!select) return select.error();
  const auto known = first_integer(select->bind(1, std::string_view{name}));
  if (!known) return known.error();
  if (*known) return **known;
  auto insert = batch.connection().statement("INSERT INTO agent(name) VALUES (?1)");
  if (!insert) return insert.error();
  const auto id = inserted_id(batch, insert->bind(1, std::string_view{name}));
  if (id) batch.add_hash(agent_hash(*id, name));
  return id;
}

Result<KnownPredicate> insert_predicate(WriteBatch& batch, const PreparedPredicate& predicate) {
  auto insert = batch.connection().statement("INSERT INTO predicate(name, single_valued) VALUES (?1, ?2)");
  if (!insert) return insert.error();
  const std::int64_t single_valued = predicate.single_valued ? 1 : 0;
  const auto id = inserted_id(batch, insert->bind(1, std::string_view{predicate.name}).bind(2, single_valued));
  if (!id) return id.error();
  batch.add_hash(predicate_hash(*id, predicate.name, single_valued));
  return KnownPredicate{*id, predicate.single_valued};
}

// Once single-valued, always: so the order of arrival does not matter. What this writer remembers as multi-valued may
// have been raised by another process, so the row decides.
Result<void> raise_to_single_valued(WriteBatch& batch, const std::string& name, KnownPredicate& predicate) {
  predicate.single_valued = true;
  auto update = batch.connection().statement(
      "UPDATE predicate SET single_valued = 1 WHERE id = ?1 AND single_valued = 0");
  if (!update) return update.error();
  if (auto done = update->bind(1, predicate.id).run(); !done) return done;
  if (batch.connection().changes() == 0) return {};
  batch.remove_hash(predicate_hash(predicate.id, name, 0));
  batch.add_hash(predicate_hash(predicate.id, name, 1));
  return {};
}

}  // namespace

Result<std::optional<std::int64_t>> find_session(WriteBatch& batch, const Observation& observation) {
  const std::string key = session_key(observation);
  for (const auto* sessions : {&batch.fresh.sessions, &batch.memory().sessions}) {
    if (const auto known = sessions->find(key); known != sessions->end()) return std::optional{known->second};
  }
  auto select = batch.connection().statement(
      "SELECT session.id FROM session JOIN agent ON agent.id = session.agent "
      "WHERE agent.name = ?1 AND session.name = ?2");
  if (!select) return select.error();
  select->bind(1, std::string_view{observation.agent}).bind(2, std::string_view{observation.session});
  const auto id = first_integer(*select);
  if (id && *id) batch.fresh.sessions.emplace(key, **id);
  return id;
}

Result<std::int64_t> find_or_insert_session(WriteBatch& batch, const Observation& observation) {
  const auto known = find_session(batch, observation);
  if (!known) return known.error();
  if (*known) return **known;
  const auto agent = find_or_insert_agent(batch, observation.agent);
  if (!agent) return agent.error();
  auto insert = batch.connection().statement("INSERT INTO session(agent, name) VALUES (?1, ?2)");
  if (!insert) return insert.error();
  const auto id = inserted_id(batch, insert->bind(1, *agent).bind(2, std::string_view{observation.session}));
  if (!id) return id.error();
  batch.add_hash(session_hash(*id, *agent, observation.session));
  batch.fresh.sessions.emplace(session_key(observation), *id);
  return *id;
}

Result<std::optional<KnownPredicate>> find_predicate(WriteBatch& batch, const std::string& name) {
  for (const auto* predicates : {&batch.fresh.predicates, &batch.memory().predicates}) {
    if (const auto known = predicates->find(name); known != predicates->end()) return std::optional{known->second};
  }
  auto select = batch.connection().statement("SELECT id, single_valued FROM predicate WHERE name = ?1");
  if (!select) return select.error();
  const auto found = select->bind(1, std::string_view{name}).step();
  if (!found) return found.error();
  if (!*found) return std::optional<KnownPredicate>{};
  return std::optional{KnownPredicate{select->integer(0), select->integer(1) != 0}};
}

Result<std::int64_t> intern_predicate(WriteBatch& batch, const PreparedPredicate& wanted) {
  const auto known = find_predicate(batch, wanted.name);
  if (!known) return known.error();
  KnownPredicate predicate;
  if (*known) {
    predicate = **known;
    if (wanted.single_valued && !predicate.single_valued) {
      if (auto done = raise_to_single_valued(batch, wanted.name, predicate); !done) return done.error();
    }
  } else {
    const auto made = insert_predicate(batch, wanted);
    if (!made) return made.error();
    predicate = *made;
  }
  batch.fresh.predicates.insert_or_assign(wanted.name, predicate);
  return predicate.id;
}

}  // namespace commonbook::storage
