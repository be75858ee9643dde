// How entities are shown: by the name that most of those who count give them, read or remembered.
#include "book/evidence_reader.hpp"

#include "book/bounded_reader.hpp"
#include "book/schema_sql.hpp"
#include "book/tail_codec.hpp"
#include "book/utf8.hpp"
#include "commonbook/model/speaker.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

constexpr std::int64_t rows_until_renewed = 4'096;  // of the tail

// Orders texts by how often they were said; of two equal ones the lesser text comes out on top.
constexpr auto says_less = [](const auto& left, const auto& right) {
  return std::tie(left.second, right.first) < std::tie(right.second, left.first);
};

// The next question asks those who spell it anew.
void forget_if_long(std::vector<std::pair<std::string, std::int64_t>>& spellings) {
  std::size_t bytes = 0;
  for (const auto& [text, count] : spellings) bytes += text.size();
  if (bytes > known_spellings_bytes_max) spellings.clear();
}

}  // namespace

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
    auto fresh = name_of(**key_of_root);
    if (!fresh) return fresh.error();
    fresh->spelling = std::move(*shown);
    fresh->is_settled = is_settled_;
    fresh->observations = observations_;
    if (is_plain_ && !is_settled_)
      for (const auto& [text, count] : counts_) fresh->spellings.emplace_back(text, count.believed);
    forget_if_long(fresh->spellings);
    *known = std::make_shared<const KnownName>(std::move(*fresh));
    if (!as_of_) remember(root, *known, set->size() == 1);
  }
  return &views_.emplace(root, EntityView{root, (*known)->key, (*known)->spelling}).first->second;
}

// A name without its texts, as this snapshot would remember it. What was valid at another time may be spelled as nobody
// spells it now, so of that nothing is remembered.
Result<KnownName> EvidenceReader::name_of(const Key& key) {
  KnownName name;
  name.key = key;
  if (as_of_) return name;
  name.epoch = snapshot_.epoch;
  name.last_seq = snapshot_.newest_seq();
  name.drawn_seq = snapshot_.newest_seq();
  const auto given = shown_as();
  if (!given) return given.error();
  name.shown_as = *given;
  if (auto done = load_predicates(); !done) return done.error();
  name.newest_predicate = newest_predicate_;
  return name;
}

Result<void> EvidenceReader::remember_counted(std::int64_t entity, const NameCount& count, std::int64_t since) {
  const NameSlot slot = snapshot_.book().known_names.peek(entity);
  if (const auto& known = slot.name;
      known != nullptr && known->epoch == snapshot_.epoch && is_watched(*known) &&
      (!known->is_settled || (known->rests_on_all && known->drawn_seq >= since)))
    return {};
  const auto is_alone = sets_.is_alone(entity);
  if (!is_alone) return is_alone.error();
  if (!*is_alone) return {};
  const auto own_key = key(entity);
  if (!own_key) return own_key.error();
  if (is_strong((*own_key)->scheme)) return {};
  const auto given = given_name({entity});
  if (!given) return given.error();
  if (!given->empty()) return {};
  const auto in_rows = rows_of_predicate(snapshot_, {true, entity}, spelled_as_predicate, 1);
  if (!in_rows) return in_rows.error();
  if (!in_rows->rows.empty()) return {};
  auto name = name_of(**own_key);
  if (!name) return name.error();
  name->spellings = count.others;
  if (count.own > 0) {
    auto own = own_spelling(snapshot_, entity);
    if (!own) return own.error();
    name->spellings.emplace_back(std::move(*own), count.own);
  }
  // The bytes of an exact key need not be text.
  std::erase_if(name->spellings, [](const auto& spelled) { return !is_utf8(spelled.first); });
  if (name->spellings.empty()) return {};
  name->spelling = std::max_element(name->spellings.begin(), name->spellings.end(), says_less)->first;
  name->is_settled = count.observations >= mentions_max;
  name->rests_on_all = true;
  name->observations = std::min(count.observations, mentions_max);
  if (name->is_settled) name->spellings.clear();
  forget_if_long(name->spellings);
  remember(entity, std::make_shared<const KnownName>(std::move(*name)), true);
  return {};
}

// It is in the cache before anybody asks what was stored since, so that nothing falls between.
void EvidenceReader::remember(std::int64_t root, const std::shared_ptr<const KnownName>& name, bool is_alone) {
  detail::BookShared& book = snapshot_.book();
  book.known_names.publish(root, name);
  if (!is_alone) return;
  const bool holds = name->is_settled
                         ? book.overlay.lacks_predicates(root, name->last_seq, [&name](std::int64_t predicate) {
                             return name->is_changed_by(predicate);
                           })
                         : book.overlay.is_untouched(root, name->last_seq);
  if (holds) book.known_names.watch(root, name);
}

// Rows above `last_seq` are looked at in the tail: what has left it meanwhile may have named the entity, too. Names that
// rest on a sample are drawn anew when the book has grown by a quarter.
Result<std::shared_ptr<const KnownName>> EvidenceReader::known_name(std::int64_t root,
                                                                    const std::vector<std::int64_t>& set) {
  const std::shared_ptr<const KnownName> none;
  if (as_of_) return none;
  ++snapshot_.rows_read;  // counted as the row that it stands for
  const NameSlot slot = snapshot_.book().known_names.find(root);
  auto known = slot.name;
  if (known == nullptr || known->epoch != snapshot_.epoch || known->last_seq > snapshot_.newest_seq() ||
      (known->is_settled && is_outgrown(known->drawn_seq, snapshot_.newest_seq())))
    return none;
  if (is_watched(*known)) {
    if (known->is_settled || slot.later.empty() || slot.later.front().seq > snapshot_.newest_seq()) return known;
    if (snapshot_.has_retracted_rows) return none;
    return grown_name(root, slot);
  }
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

Result<std::shared_ptr<const KnownName>> EvidenceReader::grown_name(std::int64_t root, const NameSlot& slot) {
  auto grown = std::make_shared<KnownName>(*slot.name);
  grown->last_seq = snapshot_.newest_seq();
  std::optional<std::string> own;
  std::vector<SpelledText> texts;
  for (const NameSlot::Later& later : slot.later) {
    if (later.seq > snapshot_.newest_seq() || grown->observations == mentions_max) break;
    if (auto done = add_texts(snapshot_, root, later.observation, own, texts); !done) return done.error();
    ++grown->observations;
  }
  for (SpelledText& spelled : texts) {
    if (!is_utf8(spelled.text)) continue;
    const auto known = std::find_if(grown->spellings.begin(), grown->spellings.end(),
                                    [&](const auto& each) { return each.first == spelled.text; });
    if (known == grown->spellings.end()) grown->spellings.emplace_back(std::move(spelled.text), 1);
    else ++known->second;
  }
  grown->spelling = std::max_element(grown->spellings.begin(), grown->spellings.end(), says_less)->first;
  grown->is_settled = grown->observations == mentions_max;
  forget_if_long(grown->spellings);
  if (grown->is_settled) {
    grown->spellings.clear();
    grown->drawn_seq = snapshot_.newest_seq();
  }
  std::shared_ptr<const KnownName> result = std::move(grown);
  snapshot_.book().known_names.replace(root, slot.name, result);
  return result;
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
  is_plain_ = false;
  observations_ = 0;
  counts_.clear();
  auto given = given_name(set);
  if (!given || !given->empty()) return given;
  is_plain_ = set.size() == 1 && !snapshot_.has_retracted_rows && !as_of_;
  if (auto done = count_names(set, counts_); !done) return done.error();
  const auto best = std::max_element(counts_.begin(), counts_.end(), says_less);
  if (best != counts_.end()) return best->first;
  auto own = own_spelling(snapshot_, set.front());
  // The bytes of an exact key need not be text.
  return !own || is_utf8(*own) ? std::move(own) : key.value;
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
      if (!literal) return damaged_row("a name has no known type");
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
    if (strong) is_settled_ = is_plain_ = false;  // each claim counts
    if (auto done = strong ? count_claims(member, counts) : count_spellings(member, false, counts); !done) return done;
  }
  if (!counts.empty()) return {};
  for (const std::int64_t member : identifiers)
    if (auto done = count_spellings(member, true, counts); !done) return done;
  return {};
}

Result<void> EvidenceReader::count_spellings(std::int64_t member, bool by_evidence, Counts& counts) {
  // Of a plain name that rests on as many observations as ever are asked nothing but the outcome is kept.
  auto texts = spelled_texts(snapshot_, member,
                             is_plain_ && !by_evidence ? SpellingsWanted::most_common : SpellingsWanted::all);
  if (!texts) return texts.error();
  // A common entity is spelled in very many observations; most books have no reason to look at each.
  const bool all_count = !by_evidence && !snapshot_.has_retracted_rows && !as_of_;
  if (texts->observations < mentions_max) is_settled_ = false;
  if (texts->has_rows) is_plain_ = false;
  observations_ += texts->observations;
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
