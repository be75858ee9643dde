#include "book/evidence_reader.hpp"

#include "book/first_integer.hpp"
#include "book/stored_enum.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

// Five columns from `first` on: retracted, revision, valid_from, specificity, trust.
template <class EvidenceOrWeight>
Result<void> read_weight(const Statement& row, int first, EvidenceOrWeight& read, Trust& trust) {
  read.retracted = row.integer(first) != 0;
  read.revision = row.integer(first + 1);
  read.valid_from = {row.integer(first + 2)};
  read.specificity = static_cast<std::uint8_t>(row.integer(first + 3));
  const auto stored = stored_trust(row.integer(first + 4));
  if (!stored) return stored.error();
  trust = *stored;
  return {};
}

}  // namespace

Result<const Evidence*> EvidenceReader::evidence(std::int64_t observation) {
  if (const auto known = evidence_.find(observation); known != evidence_.end()) return &known->second;
  ++snapshot_.rows_read;  // of one that is remembered as well: it stands for the row
  KnownEvidences& remembered = snapshot_.book().known_evidence;
  Evidence evidence;
  std::int64_t session = 0;
  if (const auto known = remembered.find(observation); known && known->epoch() == snapshot_.epoch) {
    evidence = known->unpacked();
    session = known->session();
  } else {
    auto read = read_evidence(observation);
    if (!read) return read.error();
    evidence = std::move(read->evidence);
    session = read->session;
    if (!read->is_concluded)
      remembered.publish(observation, std::make_shared<const PackedEvidence>(snapshot_.epoch, session, evidence));
  }
  const auto agent = agent_of(session);
  if (!agent) return agent.error();
  evidence.citation.agent = **agent;
  return &evidence_.emplace(observation, std::move(evidence)).first->second;
}

Result<EvidenceReader::ReadEvidence> EvidenceReader::read_evidence(std::int64_t observation) {
  ReadEvidence read;
  Evidence& evidence = read.evidence;
  {
    auto statement = snapshot_.connection().statement(
        "SELECT d.external_id, d.kind, d.title, d.time, d.hash, o.document IS NOT NULL, "
        "o.retracted, o.revision, o.valid_from, o.specificity, o.trust, o.time, o.position, o.session "
        "FROM observation o LEFT JOIN document d ON d.id = o.document WHERE o.id = ?1");
    if (!statement) return statement.error();
    const auto row = statement->bind(1, observation).step();
    if (!row) return row.error();
    if (!*row) return damaged_row("a triple's observation is missing");
    if (auto done = read_weight(*statement, 6, evidence, evidence.citation.trust); !done) return done.error();
    evidence.citation.time = {statement->integer(11)};
    evidence.citation.position = statement->text(12);
    read.session = statement->integer(13);
    const bool has_document = statement->integer(5) != 0;
    if (auto done = cite_document(*statement, evidence); !done) return done.error();
    if (has_document) return read;
  }
  // What was concluded cites what it was concluded from.
  auto concluded = snapshot_.connection().statement(
      "SELECT e.external_id, e.kind, e.title, e.time, e.hash FROM derivation r LEFT JOIN document e "
      "ON e.external_id = r.evidence WHERE r.observation = ?1 ORDER BY e.id IS NULL, r.evidence, e.hash LIMIT 1");
  if (!concluded) return concluded.error();
  const auto row = concluded->bind(1, observation).step();
  if (!row) return row.error();
  read.is_concluded = *row;
  if (*row)
    if (auto done = cite_document(*concluded, evidence); !done) return done.error();
  return read;
}

// The first five columns are a document's, null where there is none.
Result<void> EvidenceReader::cite_document(const Statement& row, Evidence& evidence) {
  if (row.is_null(0)) return {};
  Citation& citation = evidence.citation;
  citation.document_id = row.text(0);
  const auto kind = stored_kind(row.integer(1));
  if (!kind) return kind.error();
  citation.kind = *kind;
  citation.title = row.text(2);
  if (!row.is_null(3)) citation.time = {row.integer(3)};
  evidence.document_hash = row.text(4);
  return {};
}

Result<const std::string*> EvidenceReader::agent_of(std::int64_t session) {
  if (const auto known = agents_.find(session); known != agents_.end()) return &known->second;
  KnownAgents& remembered = snapshot_.book().known_agents;
  if (const auto known = remembered.find(session)) return &agents_.emplace(session, *known).first->second;
  auto statement = snapshot_.connection().statement(
      "SELECT a.name FROM session s JOIN agent a ON a.id = s.agent WHERE s.id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, session).step();
  if (!row) return row.error();
  if (!*row) return damaged_row("an observation's session is missing");
  ++snapshot_.rows_read;
  std::string agent{statement->text(0)};
  remembered.publish(session, std::make_shared<const std::string>(agent));
  return &agents_.emplace(session, std::move(agent)).first->second;
}

Result<EvidenceWeight> EvidenceReader::weight(std::int64_t observation) {
  ++snapshot_.rows_read;  // of one that is remembered as well
  WeightCache& known = snapshot_.book().known_weights;
  if (const auto weight = known.find(snapshot_.epoch, observation)) return *weight;
  auto statement = snapshot_.connection().statement(
      "SELECT retracted, revision, valid_from, specificity, trust FROM observation WHERE id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, observation).step();
  if (!row) return row.error();
  if (!*row) return damaged_row("a triple's observation is missing");
  EvidenceWeight weight;
  if (auto done = read_weight(*statement, 0, weight, weight.trust); !done) return done.error();
  known.publish(snapshot_.epoch, observation, weight);
  return weight;
}

Result<const PredicateRow*> EvidenceReader::predicate(std::int64_t id) {
  if (auto done = load_predicates(); !done) return done.error();
  const auto found = predicates_.find(id);
  if (found == predicates_.end()) return damaged_row("a triple's predicate is missing");
  return &found->second;
}

Result<void> EvidenceReader::load_predicates() {
  if (!predicates_.empty()) return {};
  auto statement = snapshot_.connection().statement("SELECT id, name, single_valued FROM predicate");
  if (!statement) return statement.error();
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return {};
    predicates_[statement->integer(0)] = {std::string{statement->text(1)}, statement->integer(2) != 0};
    newest_predicate_ = std::max(newest_predicate_, statement->integer(0));
  }
}

Result<std::int64_t> EvidenceReader::predicate_id(std::string_view name) {
  auto statement = snapshot_.connection().statement("SELECT id FROM predicate WHERE name = ?1");
  if (!statement) return statement.error();
  const auto id = first_integer(statement->bind(1, name));
  if (!id) return id.error();
  return id->value_or(0);
}

Result<const Key*> EvidenceReader::key(std::int64_t entity) {
  if (const auto known = keys_.find(entity); known != keys_.end()) return &known->second;
  // Not ORDER BY: the sorter costs more than the few rows.
  auto statement = snapshot_.connection().statement("SELECT scheme, value, space FROM alias WHERE entity = ?1");
  if (!statement) return statement.error();
  statement->bind(1, entity);
  std::optional<Key> least;
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) break;
    ++snapshot_.rows_read;
    const auto scheme = stored_scheme(statement->integer(0));
    if (!scheme) return scheme.error();
    Key key{*scheme, std::string{statement->text(1)}, std::string{statement->text(2)}};
    if (!least || key < *least) least = std::move(key);
  }
  if (!least) return damaged_row("an entity has no alias");
  return &keys_.emplace(entity, std::move(*least)).first->second;
}

}  // namespace commonbook::storage
