#include "book/evidence_reader.hpp"

#include "book/bounded_reader.hpp"
#include "book/first_integer.hpp"
#include "book/schema_sql.hpp"
#include "book/stored_enum.hpp"
#include "book/tail_codec.hpp"
#include "book/utf8.hpp"
#include "commonbook/model/speaker.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

constexpr std::uint64_t settled_commits = 1'000;     // a name that rests on a sample is kept for so many at least
constexpr std::int64_t rows_until_renewed = 4'096;  // of the tail

Error damaged(std::string what) { return {ErrorCode::corrupt, std::move(what) + "; run verify", 0, {}}; }

}  // namespace

Result<const Evidence*> EvidenceReader::evidence(std::int64_t observation) {
  if (const auto known = evidence_.find(observation); known != evidence_.end()) return &known->second->evidence;
  ++snapshot_.rows_read;  // of one that is remembered as well: it stands for the row
  if (auto known = snapshot_.book().known_evidence.find(observation); known && known->epoch == snapshot_.epoch)
    return &evidence_.emplace(observation, std::move(known)).first->second->evidence;
  auto read = std::make_shared<KnownEvidence>();
  read->epoch = snapshot_.epoch;
  const auto is_concluded = read_evidence(observation, read->evidence);
  if (!is_concluded) return is_concluded.error();
  if (!*is_concluded) snapshot_.book().known_evidence.publish(observation, read);
  return &evidence_.emplace(observation, std::move(read)).first->second->evidence;
}

// @returns  true where what it cites is not its own document.
Result<bool> EvidenceReader::read_evidence(std::int64_t observation, Evidence& evidence) {
  std::int64_t session = 0;
  bool has_document = false;
  {
    auto statement = snapshot_.connection().statement(
        "SELECT d.external_id, d.kind, d.title, d.time, d.hash, o.document IS NOT NULL, "
        "o.retracted, o.revision, o.valid_from, o.specificity, o.trust, o.time, o.position, o.session "
        "FROM observation o LEFT JOIN document d ON d.id = o.document WHERE o.id = ?1");
    if (!statement) return statement.error();
    const auto row = statement->bind(1, observation).step();
    if (!row) return row.error();
    if (!*row) return damaged("a triple's observation is missing");
    evidence.retracted = statement->integer(6) != 0;
    evidence.revision = statement->integer(7);
    evidence.valid_from = {statement->integer(8)};
    evidence.specificity = static_cast<std::uint8_t>(statement->integer(9));
    const auto trust = stored_trust(statement->integer(10));
    if (!trust) return trust.error();
    evidence.citation.trust = *trust;
    evidence.citation.time = {statement->integer(11)};
    evidence.citation.position = statement->text(12);
    session = statement->integer(13);
    has_document = statement->integer(5) != 0;
    if (auto done = cite_document(*statement, evidence); !done) return done.error();
  }
  const auto agent = agent_of(session);
  if (!agent) return agent.error();
  evidence.citation.agent = **agent;
  if (has_document) return false;
  // What was concluded cites what it was concluded from.
  auto concluded = snapshot_.connection().statement(
      "SELECT e.external_id, e.kind, e.title, e.time, e.hash FROM derivation r LEFT JOIN document e "
      "ON e.external_id = r.evidence WHERE r.observation = ?1 ORDER BY e.id IS NULL, r.evidence, e.hash LIMIT 1");
  if (!concluded) return concluded.error();
  const auto row = concluded->bind(1, observation).step();
  if (!row) return row.error();
  if (*row)
    if (auto done = cite_document(*concluded, evidence); !done) return done.error();
  return *row;
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
  auto statement = snapshot_.connection().statement(
      "SELECT a.name FROM session s JOIN agent a ON a.id = s.agent WHERE s.id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, session).step();
  if (!row) return row.error();
  if (!*row) return damaged("an observation's session is missing");
  return &agents_.emplace(session, statement->text(0)).first->second;
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
  if (!*row) return damaged("a triple's observation is missing");
  EvidenceWeight weight;
  weight.retracted = statement->integer(0) != 0;
  weight.revision = statement->integer(1);
  weight.valid_from = {statement->integer(2)};
  weight.specificity = static_cast<std::uint8_t>(statement->integer(3));
  const auto trust = stored_trust(statement->integer(4));
  if (!trust) return trust.error();
  weight.trust = *trust;
  known.publish(snapshot_.epoch, observation, weight);
  return weight;
}

Result<const PredicateRow*> EvidenceReader::predicate(std::int64_t id) {
  if (auto done = load_predicates(); !done) return done.error();
  const auto found = predicates_.find(id);
  if (found == predicates_.end()) return damaged("a triple's predicate is missing");
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
  auto statement = snapshot_.connection().statement(
      "SELECT scheme, value, space FROM alias WHERE entity = ?1 ORDER BY scheme, value, space LIMIT 1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, entity).step();
  ++snapshot_.rows_read;
  if (!row) return row.error();
  if (!*row) return damaged("an entity has no alias");
  const auto scheme = stored_scheme(statement->integer(0));
  if (!scheme) return scheme.error();
  Key key{*scheme, std::string{statement->text(1)}, std::string{statement->text(2)}};
  return &keys_.emplace(entity, std::move(key)).first->second;
}

Result<const EntityView*> EvidenceReader::view(std::int64_t root) {
  if (const auto known = views_.find(root); known != views_.end()) return &known->second;
  const auto set = members(root);
  if (!set) return set.error();
  auto known = known_name(root, *set);
  if (!known) return known.error();
  if (*known == nullptr) {
    const auto key_of_root = key(root);
    if (!key_of_root) return key_of_root.error();
    auto shown = spelling(*set, **key_of_root);
    if (!shown) return shown.error();
    KnownName fresh{snapshot_.epoch, snapshot_.newest_seq(), snapshot_.commit_seq, **key_of_root, std::move(*shown), is_settled_};
    // What was valid at another time may be spelled as nobody spells it now.
    if (!as_of_) {
      const auto given = shown_as();
      if (!given) return given.error();
      fresh.shown_as = *given;
      if (auto done = load_predicates(); !done) return done.error();
      for (const auto& [id, predicate] : predicates_) fresh.newest_predicate = std::max(fresh.newest_predicate, id);
    }
    *known = std::make_shared<const KnownName>(std::move(fresh));
    if (!as_of_) remember(root, *known, set->size() == 1);
  }
  return &views_.emplace(root, EntityView{root, (*known)->key, (*known)->spelling}).first->second;
}

// It is in the cache before anybody asks what was stored since, so that nothing falls between.
void EvidenceReader::remember(std::int64_t root, const std::shared_ptr<const KnownName>& name, bool is_alone) {
  detail::BookShared& book = snapshot_.book();
  book.known_names.publish(root, name);
  if (is_alone && book.overlay.is_untouched(root, name->last_seq)) book.known_names.watch(root, name);
}

// Rows above `last_seq` are looked at in the tail: what has left it meanwhile may have named the entity, too. Names that
// rest on a sample are drawn anew when the book has grown by a quarter.
Result<std::shared_ptr<const KnownName>> EvidenceReader::known_name(std::int64_t root,
                                                                    const std::vector<std::int64_t>& set) {
  const std::shared_ptr<const KnownName> none;
  if (as_of_) return none;
  ++snapshot_.rows_read;  // counted as the row that it stands for
  auto known = snapshot_.book().known_names.find(root);
  if (known == nullptr || known->epoch != snapshot_.epoch || known->last_seq > snapshot_.newest_seq() ||
      (known->is_settled && snapshot_.commit_seq / 5 > known->commit_seq / 4 + settled_commits / 5))
    return none;
  if (known->is_watched && known->last_seq >= snapshot_.names_watched_from) return known;
  if (known->last_seq < snapshot_.watermark) return none;
  if (known->last_seq == snapshot_.newest_seq()) return known;
  std::vector<std::int64_t> predicates;
  if (known->is_settled) {
    const auto given = shown_as();
    if (!given) return given.error();
    predicates = {spelled_as_predicate, *given};
  }
  for (const std::int64_t member : set) {
    const auto named = is_named_since(snapshot_, member, known->last_seq, predicates);
    if (!named) return named.error();
    if (*named) return none;
  }
  if (snapshot_.newest_seq() - known->last_seq > rows_until_renewed) {  // before its rows are compacted
    KnownName renewed = *known;
    renewed.last_seq = snapshot_.newest_seq();
    renewed.is_watched = false;
    known = std::make_shared<const KnownName>(std::move(renewed));
    remember(root, known, set.size() == 1);
  }
  return known;
}

Result<std::string> EvidenceReader::own_name(std::int64_t entity) {
  const auto own = key(entity);
  if (!own) return own.error();
  return spelling({entity}, **own);
}

// A name that a person gave goes before all others. Display names that were claimed beside a strong identifier go before
// the identifier's own text. What nobody who is believed says is shown only where there is nothing else: no number of
// mails renames anybody.
Result<std::string> EvidenceReader::spelling(const std::vector<std::int64_t>& set, const Key& key) {
  is_settled_ = true;
  auto given = given_name(set);
  if (!given || !given->empty()) return given;
  Counts counts;
  if (auto done = count_names(set, counts); !done) return done.error();
  const auto best = std::max_element(counts.begin(), counts.end(), [](const auto& left, const auto& right) {
    return std::tie(left.second, right.first) < std::tie(right.second, left.first);  // ties: the lesser text
  });
  if (best != counts.end()) return best->first;
  auto statement = snapshot_.connection().statement("SELECT spelling FROM entity WHERE id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, set.front()).step();
  if (!row) return row.error();
  if (!*row) return damaged("an alias leads to no entity");
  // The bytes of an exact key need not be text.
  return is_utf8(statement->text(0)) ? std::string{statement->text(0)} : key.value;
}

Result<std::int64_t> EvidenceReader::shown_as() {
  if (!shown_as_) {
    const auto predicate = predicate_id(shown_as_predicate);
    if (!predicate) return predicate.error();
    shown_as_ = *predicate;
  }
  return *shown_as_;
}

Result<std::string> EvidenceReader::given_name(const std::vector<std::int64_t>& set) {
  const auto predicate = shown_as();
  if (!predicate) return predicate.error();
  if (*predicate == 0) return std::string{};
  std::optional<std::pair<EvidenceRank, std::string>> best;
  for (const std::int64_t member : set) {
    std::vector<TailRow> rows;
    auto visited =
        visit_predicate(snapshot_, member, *predicate, [&rows](const TailRow& row) { rows.push_back(row); });
    if (!visited) return visited.error();
    for (const TailRow& row : rows) {
      const auto* encoded = std::get_if<std::string>(&row.object);
      const auto behind = evidence(row.observation);
      if (!behind) return behind.error();
      if (encoded == nullptr || !counts(**behind) || (*behind)->citation.trust != Trust::confirmed) continue;
      const auto literal = decode_literal(*encoded);
      if (!literal) return damaged("a name has no known type");
      std::pair ranked{(*behind)->rank(), literal->text};
      if (!best || ranked > *best) best = std::move(ranked);
    }
  }
  return best ? best->second : std::string{};
}

// What members are called by name and by display name, together; the text of an identifier only where there is neither.
Result<void> EvidenceReader::count_names(const std::vector<std::int64_t>& set, Counts& counts) {
  std::vector<std::int64_t> identifiers;
  for (const std::int64_t member : set) {
    const auto own = key(member);
    if (!own) return own.error();
    const bool strong = is_strong((*own)->scheme);
    if (strong) identifiers.push_back(member);
    if (strong) is_settled_ = false;  // each claim counts
    if (auto done = strong ? count_claims(member, counts) : count_spellings(member, false, counts); !done) return done;
  }
  if (!counts.empty()) return {};
  for (const std::int64_t member : identifiers)
    if (auto done = count_spellings(member, true, counts); !done) return done;
  return {};
}

Result<void> EvidenceReader::count_spellings(std::int64_t member, bool by_evidence, Counts& counts) {
  auto texts = spelled_texts(snapshot_, member);
  if (!texts) return texts.error();
  // A common entity is spelled in very many observations; most books have no reason to look at each.
  const bool all_count = !by_evidence && !snapshot_.has_retracted_rows && !as_of_;
  if (!texts->is_full) is_settled_ = false;
  for (SpelledText& spelled : texts->texts) {
    bool believed = true;
    if (!all_count) {
      const auto behind = evidence(spelled.observation);
      if (!behind) return behind.error();
      if (!this->counts(**behind)) continue;
      believed = !by_evidence || is_believed((*behind)->citation.trust);
    }
    // The bytes of an exact key need not be text.
    if (!is_utf8(spelled.text)) continue;
    Count& count = counts[std::move(spelled.text)];
    ++(believed ? count.believed : count.claimed);
  }
  return {};
}

// Of each name so many claims, so that an address that is named in very many mails costs no more.
Result<void> EvidenceReader::count_claims(std::int64_t member, Counts& counts) {
  constexpr std::int64_t names_max = 64;
  constexpr std::int64_t claims_max = 1'024;
  std::vector<std::pair<std::string, std::int64_t>> claims;
  std::string after;
  for (std::int64_t count = 0; count < names_max; ++count) {
    {
      auto next = snapshot_.connection().statement(
          "SELECT name FROM claim WHERE entity = ?1 AND name > ?2 ORDER BY name LIMIT 1");
      if (!next) return next.error();
      const auto row = next->bind(1, member).bind(2, std::string_view{after}).step();
      if (!row) return row.error();
      if (!*row) break;
      std::string name{next->text(0)};
      next->reset();
      after = std::move(name);
    }
    auto statement = snapshot_.connection().statement(
        "SELECT spelling, observation FROM claim WHERE entity = ?1 AND name = ?2 LIMIT ?3");
    if (!statement) return statement.error();
    statement->bind(1, member).bind(2, std::string_view{after}).bind(3, claims_max);
    for (;;) {
      const auto row = statement->step();
      if (!row) return row.error();
      if (!*row) break;
      claims.emplace_back(statement->text(0), statement->integer(1));
    }
  }
  for (const auto& [text, observation] : claims) {
    const auto behind = evidence(observation);
    if (!behind) return behind.error();
    if (!this->counts(**behind)) continue;
    ++(is_believed((*behind)->citation.trust) ? counts[text].believed : counts[text].claimed);
  }
  return {};
}

}  // namespace commonbook::storage
