// An observation of another file becomes one of this file: checked and prepared as a writer prepares it, but with the
// spellings, the payload's hash and the bits of the first receipt as they were stored, since these can't be told from
// its rows.
#include "care/import_records.hpp"

#include "book/first_integer.hpp"
#include "book/observation_store.hpp"
#include "book/retract.hpp"
#include "book/writer_check.hpp"
#include "book/writer_prepare.hpp"

#include <array>
#include <string>
#include <unordered_map>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::size_t payload_hash_bytes = 16;
constexpr std::size_t created_bytes_max = 4 * triples_in_observation_max / 8 + 1;

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message), 0, {}}; }

class ObservationImport {
 public:
  ObservationImport(WriteBatch& batch, const BookObservation& record, const ImportedEntities& entities)
      : batch_(batch), record_(record), entities_(entities) {}

  Result<Observation> translate() {
    Observation observation;
    observation.agent = record_.agent;
    observation.session = record_.session;
    observation.sequence = record_.sequence;
    observation.operation_id = record_.operation_id;
    observation.position = record_.position;
    observation.time = record_.time;
    observation.revision = record_.revision;
    observation.valid_from = record_.valid_from;
    observation.specificity = record_.specificity;
    observation.trust = record_.trust;
    observation.ack_class = record_.ack_class;
    if (record_.retracted) return observation;
    observation.derived_from = record_.derived_from;
    for (const BookTriple& triple : record_.triples)
      if (auto done = add_triple(triple, observation); !done) return done.error();
    for (const BookNaming& claim : record_.claims) {
      auto name = name_of(claim.entity);
      if (!name) return name.error();
      observation.claims.push_back({std::move(*name), claim.text});
    }
    if (record_.document)
      if (auto done = add_document(*record_.document, observation); !done) return done.error();
    return observation;
  }

  Result<void> complete(PreparedObservation& prepared) {
    if (record_.payload_hash.size() != payload_hash_bytes) return invalid("the payload's hash must have 16 bytes");
    if (record_.created.size() > created_bytes_max) return invalid("the bits of created entities are too many");
    prepared.payload_hash = record_.payload_hash;
    prepared.created = record_.created;
    prepared.spellings.clear();
    std::unordered_map<std::int64_t, std::size_t> places;
    for (std::size_t at = 0; at < prepared.names.size(); ++at) {
      auto entity = find_entity(batch_.connection(), prepared.names[at].key);
      if (!entity) return entity.error();
      if (!*entity) return Error{ErrorCode::internal, "an imported entity lost its key", 0, {}};
      places.emplace((*entity)->id, at);
      prepared.names[at].known = std::move(*entity);
    }
    for (const BookNaming& spelling : record_.spellings) {
      if (auto ok = check_spelling(spelling.text); !ok) return ok;
      if (auto named = name_of(spelling.entity); !named) return named.error();
      const std::int64_t entity = *entities_.find(spelling.entity);
      auto place = places.find(entity);
      if (place == places.end()) {
        // Mentioned as the subject of a document that somebody else had brought with another one.
        auto name = prepare_name(names_.at(spelling.entity));
        if (!name) return name.error();
        auto known = find_entity(batch_.connection(), name->key);
        if (!known) return known.error();
        name->known = std::move(*known);
        prepared.names.push_back(std::move(*name));
        place = places.emplace(entity, prepared.names.size() - 1).first;
      }
      prepared.spellings.push_back({place->second, spelling.text});
    }
    return {};
  }

 private:
  static Result<void> check_spelling(const std::string& text) {
    // As a triple's, so that the same rule is asked once more rather than written twice.
    Observation probe;
    probe.agent = probe.session = "probe";
    probe.sequence = 1;
    probe.triples.push_back({EntityName{{Scheme::name, "probe", {}}, text}, "probe", Literal{LiteralType::text, {}}});
    return check_observation(probe);
  }

  Result<EntityName> name_of(std::int64_t number) {
    if (const auto known = names_.find(number); known != names_.end()) return known->second;
    const auto entity = entities_.find(number);
    if (!entity)
      return Error{ErrorCode::not_found, "entity " + std::to_string(number) + " was not explained by an earlier line", 0,
                   {}};
    auto key = key_of_entity(batch_.connection(), *entity);
    if (!key) return key.error();
    return names_.emplace(number, EntityName{std::move(*key), {}}).first->second;
  }

  Result<void> add_triple(const BookTriple& triple, Observation& observation) {
    auto subject = name_of(triple.subject);
    if (!subject) return subject.error();
    Triple translated{std::move(*subject), triple.predicate, {}, Cardinality::many};
    if (const auto* entity = std::get_if<std::int64_t>(&triple.object)) {
      auto object = name_of(*entity);
      if (!object) return object.error();
      translated.object = std::move(*object);
    } else {
      translated.object = std::get<Literal>(triple.object);
    }
    observation.triples.push_back(std::move(translated));
    return {};
  }

  Result<void> add_document(const BookDocument& record, Observation& observation) {
    Document document;
    document.id = record.id;
    document.hash = record.hash;
    document.kind = record.kind;
    document.title = record.title;
    document.text = record.text;
    document.context = record.context;
    document.time = record.time;
    if (record.subject) {
      auto subject = name_of(*record.subject);
      if (!subject) return subject.error();
      document.subject = std::move(*subject);
    }
    if (!record.with_content) {
      auto select = batch_.connection().statement("SELECT id FROM document WHERE external_id = ?1 AND hash = ?2");
      if (!select) return select.error();
      const auto known = first_integer(select->bind(1, std::string_view{record.id}).bind(2, std::string_view{record.hash}));
      if (!known) return known.error();
      if (!*known)
        return Error{ErrorCode::not_found, "it cites a version of a document that no earlier line brought", 0, {}};
    }
    observation.document = std::move(document);
    return {};
  }

  WriteBatch& batch_;
  const BookObservation& record_;
  const ImportedEntities& entities_;
  std::unordered_map<std::int64_t, EntityName> names_;
};

// The observation that this transaction stored last becomes a mark. Its purge finds nothing to do.
Result<void> mark_last(WriteBatch& batch) {
  const auto id = batch.connection().query_int("SELECT max(id) FROM observation");
  if (!id) return id.error();
  const auto marked = mark_retracted(batch, std::span{&*id, 1});
  if (!marked) return marked.error();
  return {};
}

// A later one of the session is stored already: this one would come after it, against the order that readers rely on.
Result<void> check_order(WriteBatch& batch, const BookObservation& record) {
  auto select = batch.connection().statement(
      "SELECT EXISTS(SELECT 1 FROM agent a JOIN session s ON s.agent = a.id JOIN observation o ON o.session = s.id "
      "WHERE a.name = ?1 AND s.name = ?2 AND o.sequence > ?3)");
  if (!select) return select.error();
  select->bind(1, std::string_view{record.agent}).bind(2, std::string_view{record.session});
  const auto later = only_integer(select->bind(3, static_cast<std::int64_t>(record.sequence)));
  if (!later) return later.error();
  if (*later == 0) return {};
  return invalid("a later observation of this session is stored already, without this one");
}

}  // namespace

Result<void> import_observation(WriteBatch& batch, const BookObservation& record, const ImportedEntities& entities,
                                ImportCounts& counts) {
  ObservationImport import{batch, record, entities};
  const auto observation = import.translate();
  if (!observation) return observation.error();
  auto prepared = prepare_observation(*observation);
  if (!prepared) return prepared.error();
  if (auto done = import.complete(*prepared); !done) return done;
  const std::uint64_t before = batch.observations;
  auto receipt = store_observation(batch, *prepared);
  if (!receipt) return receipt.error();
  if (!*receipt) return receipt->error();
  if (batch.observations == before) {
    ++counts.replayed;
    return {};
  }
  if (auto in_order = check_order(batch, record); !in_order) return in_order;
  counts.triples += static_cast<std::int64_t>(record.triples.size());
  ++(record.retracted ? counts.retracted : counts.observations);
  return record.retracted ? mark_last(batch) : Result<void>{};
}

}  // namespace commonbook::storage
