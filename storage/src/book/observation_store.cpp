#include "book/observation_store.hpp"

#include "book/derivation_store.hpp"
#include "book/document_store.hpp"
#include "book/entity_store.hpp"
#include "book/first_integer.hpp"
#include "book/index_table.hpp"
#include "book/row_digest.hpp"
#include "book/schema_sql.hpp"
#include "book/spelling_codec.hpp"
#include "book/tail_codec.hpp"
#include "book/writer_interning.hpp"
#include "book/writer_novelty.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <set>

namespace commonbook::storage {
namespace {

// ---- P2: has it been stored before?

Result<std::optional<EarlierObservation>> read_earlier(Statement& select, const PreparedObservation& observation) {
  const auto found = select.step();
  if (!found) return found.error();
  if (!*found) return std::optional<EarlierObservation>{};
  if (select.blob(4) != observation.payload_hash) {
    return Error{ErrorCode::operation_id_reused,
                 "this operation id was stored with another payload; give a new operation its own id", 0, {}};
  }
  EarlierObservation earlier;
  earlier.id = select.integer(0);
  earlier.commit_seq = select.integer(1);
  earlier.ack_class = static_cast<AckClass>(select.integer(2));
  earlier.created = select.blob(3);
  return std::optional{std::move(earlier)};
}

Result<std::optional<EarlierObservation>> find_sequence(WriteBatch& batch, const PreparedObservation& observation) {
  const auto session = find_session(batch, *observation.source);
  if (!session) return session.error();
  if (!*session) return std::optional<EarlierObservation>{};
  auto select = batch.connection().statement(
      "SELECT id, commit_seq, ack_class, created, payload_hash FROM observation WHERE session = ?1 AND sequence = ?2");
  if (!select) return select.error();
  select->bind(1, **session).bind(2, static_cast<std::int64_t>(observation.source->sequence));
  return read_earlier(*select, observation);
}

Result<std::optional<EarlierObservation>> find_earlier(WriteBatch& batch, const PreparedObservation& observation) {
  auto operation = find_operation(batch.connection(), observation);
  if (!operation || *operation) return operation;
  return find_sequence(batch, observation);
}

// ---- P4: which entities does it name?

// Two keys may lead to one entity where names are merged; a receipt names each entity once.
std::vector<ReceiptEntity> each_once(const std::vector<ReceiptEntity>& entities) {
  std::vector<ReceiptEntity> distinct;
  distinct.reserve(entities.size());
  IndexTable places{entities.size()};
  for (const ReceiptEntity& entity : entities) {
    const auto found = places.find_or_add(static_cast<std::size_t>(entity.id), distinct.size(),
                                          [&](std::size_t at) { return distinct[at].id == entity.id; });
    if (found.second) distinct.push_back(entity);
  }
  return distinct;
}

struct ResolvedNames {
  std::vector<ReceiptEntity> entities;
  std::vector<std::string_view> spellings;  // of the entities' own rows; not owned
  std::vector<ReceiptEntity> distinct;
  bool has_merged = false;  // two names of one entity
};

Result<ResolvedNames> resolve_names(WriteBatch& batch, const PreparedObservation& observation) {
  ResolvedNames names;
  names.entities.reserve(observation.names.size());
  names.spellings.reserve(observation.names.size());
  for (const PreparedName& name : observation.names) {
    auto found = find_or_create(batch, name);
    if (!found) return found.error();
    names.entities.push_back({found->entity->id, found->created});
    names.spellings.push_back(found->entity->spelling);
  }
  names.distinct = each_once(names.entities);
  names.has_merged = names.distinct.size() < names.entities.size();
  return names;
}

std::string created_bits(const std::vector<ReceiptEntity>& entities) {
  std::string bits((entities.size() + 7) / 8, '\0');
  for (std::size_t at = 0; at < entities.size(); ++at) {
    if (entities[at].created) bits[at / 8] = static_cast<char>(bits[at / 8] | (1 << (at % 8)));
  }
  return bits;
}

// ---- the rows of the tail

Result<std::vector<std::int64_t>> intern_predicates(WriteBatch& batch, const PreparedObservation& observation) {
  std::vector<std::int64_t> ids;
  for (const PreparedPredicate& predicate : observation.predicates) {
    const auto id = intern_predicate(batch, predicate);
    if (!id) return id.error();
    ids.push_back(*id);
  }
  return ids;
}

// Each (subject, predicate, object) once: the first of equal ones keeps its place.
class RowSet {
 public:
  /// @param rows_max  as many rows will be added at most.
  explicit RowSet(std::size_t rows_max) : places_(rows_max) { rows_.reserve(rows_max); }
  void add(TailRow row) {
    const auto hash = triple_hash(row.subject, row.predicate, row.object, 0);
    const auto [place, is_new] = places_.find_or_add(hash, rows_.size(), [&](std::size_t at) {
      const TailRow& other = rows_[at];
      return other.subject == row.subject && other.predicate == row.predicate && other.object == row.object;
    });
    if (is_new) rows_.push_back(std::move(row));
  }
  [[nodiscard]] std::vector<TailRow> take() { return std::move(rows_); }

 private:
  IndexTable places_;
  std::vector<TailRow> rows_;
};

std::vector<TailRow> triple_rows(const PreparedObservation& observation, const std::vector<ReceiptEntity>& entities,
                                 const std::vector<std::int64_t>& predicates) {
  std::vector<TailRow> rows;
  rows.reserve(observation.triples.size());
  for (const PreparedTriple& triple : observation.triples) {
    RowObject object;
    if (const auto* name = std::get_if<std::size_t>(&triple.object)) {
      object = entities[*name].id;
    } else {
      object = std::get<std::string>(triple.object);
    }
    rows.push_back({0, entities[triple.subject].id, predicates[triple.predicate], std::move(object), 0});
  }
  return rows;
}

// In ascending order.
std::vector<std::int64_t> entities_of_triples(const std::vector<TailRow>& triples) {
  std::vector<std::int64_t> entities;
  entities.reserve(2 * triples.size());
  for (const TailRow& triple : triples) {
    entities.push_back(triple.subject);
    if (const auto* object = std::get_if<std::int64_t>(&triple.object)) entities.push_back(*object);
  }
  std::sort(entities.begin(), entities.end());
  entities.erase(std::unique(entities.begin(), entities.end()), entities.end());
  return entities;
}

struct ObservedRows {
  std::vector<TailRow> tail;
  std::string spellings;  // observation.spellings
};

// Spellings of entities that no triple of the observation names are triples: by what else would a reader find them?
ObservedRows observed_rows(const PreparedObservation& observation, const ResolvedNames& names,
                           std::vector<TailRow> triples) {
  const auto named = entities_of_triples(triples);
  RowSet rows{triples.size() + observation.spellings.size()};
  for (TailRow& triple : triples) rows.add(std::move(triple));
  ObservedRows observed;
  std::set<std::pair<std::int64_t, std::string_view>> seen;
  for (const PreparedSpelling& spelling : observation.spellings) {
    const ReceiptEntity& entity = names.entities[spelling.name];
    if (fault("P11") && !entity.created) continue;  // then what the book says depends on who came first
    if (!std::binary_search(named.begin(), named.end(), entity.id)) {
      rows.add({0, entity.id, spelled_as_predicate, encode_text(spelling.spelling), 0});
      continue;
    }
    // Two names may be one entity's, each with the same spelling.
    if (names.has_merged && !seen.emplace(entity.id, spelling.spelling).second) continue;
    const bool is_own = spelling.spelling == names.spellings[spelling.name];
    append_spelling(observed.spellings, entity.id, is_own ? std::string_view{} : spelling.spelling);
  }
  observed.tail = rows.take();
  return observed;
}

// ---- the observation's own rows

Result<std::int64_t> insert_observation(WriteBatch& batch, ObservationRow row) {
  auto insert = batch.connection().statement(
      "INSERT INTO observation(session, sequence, document, position, time, revision, valid_from, specificity, trust, "
      "ack_class, commit_seq, triple_count, claim_count, created, payload_hash, spellings) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
  if (!insert) return insert.error();
  insert->bind(1, row.session).bind(2, row.sequence).bind_null(3).bind(4, row.position).bind(5, row.time);
  if (row.document) insert->bind(3, *row.document);
  insert->bind(6, row.revision).bind(7, row.valid_from).bind(8, row.specificity).bind(9, row.trust);
  insert->bind(10, row.ack_class).bind(11, row.commit_seq).bind(12, row.triple_count).bind(13, row.claim_count);
  insert->bind_blob(14, row.created).bind_blob(15, row.payload_hash).bind_blob(16, row.spellings);
  if (auto done = insert->run(); !done) return done.error();
  row.id = batch.connection().last_row_id();
  batch.add_hash(observation_hash(row));
  return row.id;
}

Result<void> insert_operation(WriteBatch& batch, const std::string& operation, std::int64_t observation) {
  auto insert = batch.connection().statement("INSERT INTO operation(id, observation) VALUES (?1, ?2)");
  if (!insert) return insert.error();
  if (auto done = insert->bind(1, std::string_view{operation}).bind(2, observation).run(); !done) return done;
  batch.add_hash(operation_hash(operation, observation));
  return {};
}

Result<void> insert_claim(WriteBatch& batch, const PreparedClaim& claim, std::int64_t entity,
                          std::int64_t observation) {
  auto insert = batch.connection().statement(
      "INSERT INTO claim(name, entity, spelling, observation) VALUES (?1, ?2, ?3, ?4)");
  if (!insert) return insert.error();
  insert->bind(1, std::string_view{claim.name}).bind(2, entity).bind(3, std::string_view{claim.spelling});
  if (auto done = insert->bind(4, observation).run(); !done) return done;
  batch.add_hash(claim_hash(claim.name, entity, claim.spelling, observation));
  return {};
}

Result<ObservationRow> describe(WriteBatch& batch, const PreparedObservation& prepared,
                                const std::vector<ReceiptEntity>& entities) {
  const Observation& observation = *prepared.source;
  ObservationRow row;
  const auto session = find_or_insert_session(batch, observation);
  if (!session) return session.error();
  row.session = *session;
  row.sequence = static_cast<std::int64_t>(observation.sequence);
  if (observation.document) {
    std::optional<std::int64_t> subject;
    if (prepared.document_subject) subject = entities[*prepared.document_subject].id;
    const auto document = store_document(batch, *observation.document, subject);
    if (!document) return document.error();
    row.document = *document;
  }
  row.position = observation.position;
  row.time = observation.time.unix_ms;
  row.revision = observation.revision;
  row.valid_from = observation.valid_from.unix_ms;
  row.specificity = observation.specificity;
  const auto trust =
      worst_trust(batch.connection(), observation.derived_from, static_cast<std::int64_t>(observation.trust));
  if (!trust) return trust.error();
  row.trust = *trust;
  row.ack_class = static_cast<std::int64_t>(observation.ack_class);
  row.commit_seq = batch.commit_seq();
  row.claim_count = static_cast<std::int64_t>(prepared.claims.size());
  row.payload_hash = prepared.payload_hash;
  return row;
}

// Writes everything that a new observation brings.
Result<Receipt> insert_all(WriteBatch& batch, const PreparedObservation& prepared) {
  const auto names = resolve_names(batch, prepared);
  if (!names) return names.error();
  const std::vector<ReceiptEntity>& entities = names->entities;
  auto row = describe(batch, prepared, entities);
  if (!row) return row.error();
  const auto predicates = intern_predicates(batch, prepared);
  if (!predicates) return predicates.error();

  Receipt receipt;
  receipt.commit_seq = static_cast<std::uint64_t>(batch.commit_seq());
  receipt.ack_class = prepared.source->ack_class;
  receipt.entities = names->distinct;
  auto triples = triple_rows(prepared, entities, *predicates);
  if (prepared.source->want_novelty) {
    auto novel = find_novel(batch, triples, std::nullopt);
    if (!novel) return novel.error();
    receipt.novel = std::move(*novel);
  }
  auto rows = observed_rows(prepared, *names, std::move(triples));
  const std::string created = prepared.created ? *prepared.created : created_bits(receipt.entities);
  row->triple_count = static_cast<std::int64_t>(rows.tail.size());
  row->spellings = rows.spellings;
  row->created = created;
  const auto id = insert_observation(batch, *row);
  if (!id) return id.error();
  if (prepared.source->operation_id) {
    if (auto done = insert_operation(batch, *prepared.source->operation_id, *id); !done) return done.error();
  }
  for (const PreparedClaim& claim : prepared.claims) {
    if (auto done = insert_claim(batch, claim, entities[claim.entity].id, *id); !done) return done.error();
  }
  if (auto done = insert_derivations(batch, prepared.source->derived_from, *id); !done) return done.error();
  for (TailRow& tail_row : rows.tail) tail_row.observation = *id;
  yield_point("store.before_append");
  batch.append(std::move(rows.tail));
  ++batch.observations;
  return receipt;
}

Result<std::optional<std::int64_t>> find_in_any_space(Connection& connection, std::string_view name) {
  auto select =
      connection.statement("SELECT entity FROM alias WHERE value = ?1 AND scheme = 1 ORDER BY space LIMIT 1");
  if (!select) return select.error();
  return first_integer(select->bind(1, name));
}

// Finds everything that the first receipt said; writes nothing.
Result<Receipt> repeat_receipt(WriteBatch& batch, const PreparedObservation& prepared,
                               const EarlierObservation& earlier) {
  std::vector<ReceiptEntity> entities;
  for (const PreparedName& name : prepared.names) {
    auto id = find_alias(batch.connection(), name.key);
    // Stored when the configuration kept homonyms apart otherwise: the name stands in another space.
    if (id && !*id && name.key.scheme == Scheme::name) id = find_in_any_space(batch.connection(), name.key.value);
    if (!id) return id.error();
    if (!*id) return Error{ErrorCode::corrupt, "a stored observation names a key that has no row; run verify", 0, {}};
    entities.push_back({**id, false});
  }
  std::vector<std::int64_t> ids;
  for (const ReceiptEntity& entity : entities) ids.push_back(entity.id);
  Receipt receipt = receipt_of(earlier, ids);
  if (!prepared.source->want_novelty) return receipt;
  std::vector<std::int64_t> predicates;
  for (const PreparedPredicate& predicate : prepared.predicates) {
    const auto known = find_predicate(batch, predicate.name);
    if (!known) return known.error();
    predicates.push_back(*known ? (*known)->id : 0);
  }
  auto novel = find_novel(batch, triple_rows(prepared, entities, predicates), earlier.id);
  if (!novel) return novel.error();
  receipt.novel = std::move(*novel);
  return receipt;
}

}  // namespace

Result<std::optional<EarlierObservation>> find_operation(Connection& connection,
                                                         const PreparedObservation& observation) {
  if (!observation.source->operation_id || fault("P2")) return std::optional<EarlierObservation>{};
  auto select = connection.statement(
      "SELECT observation.id, commit_seq, ack_class, created, payload_hash "
      "FROM operation JOIN observation ON observation.id = operation.observation WHERE operation.id = ?1");
  if (!select) return select.error();
  select->bind(1, std::string_view{*observation.source->operation_id});
  return read_earlier(*select, observation);
}

Receipt receipt_of(const EarlierObservation& earlier, const std::vector<std::int64_t>& entities) {
  Receipt receipt;
  receipt.commit_seq = static_cast<std::uint64_t>(earlier.commit_seq);
  receipt.ack_class = earlier.ack_class;
  receipt.replayed = true;
  std::vector<ReceiptEntity> all;
  for (const std::int64_t id : entities) all.push_back({id, false});
  receipt.entities = each_once(all);
  for (std::size_t at = 0; at < receipt.entities.size() && at / 8 < earlier.created.size(); ++at) {
    receipt.entities[at].created = ((earlier.created[at / 8] >> (at % 8)) & 1) != 0;
  }
  return receipt;
}

Result<Result<Receipt>> store_observation(WriteBatch& batch, const PreparedObservation& observation) {
  // Looks again under the writer lock: another process may have stored it since prepare looked.
  const auto earlier = find_earlier(batch, observation);
  if (!earlier) {
    if (earlier.error().code != ErrorCode::operation_id_reused) return earlier.error();
    return Result<Receipt>{earlier.error()};
  }
  auto receipt = *earlier ? repeat_receipt(batch, observation, **earlier) : insert_all(batch, observation);
  if (!receipt) return receipt.error();
  return receipt;
}

}  // namespace commonbook::storage
