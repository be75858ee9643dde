#include "book/writer_prepare.hpp"

#include "book/first_integer.hpp"
#include "book/index_table.hpp"
#include "book/tail_codec.hpp"
#include "book/utf8.hpp"
#include "book/writer_check.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>
#include <unordered_map>
#include <functional>

namespace commonbook::storage {
namespace {

// The bytes of an exact key need not be text; what stands in for them then is their hash.
std::string spelling_of(const EntityName& name, const Key& normal) {
  if (!name.spelling.empty()) return name.spelling;
  return is_utf8(name.key.value) ? name.key.value : normal.value;
}

Error hash_is_taken() {
  return {ErrorCode::already_exists,
          "another key of scheme `exact` has the same hash, so that this one can't be told from it; change a byte of it",
          0, {}};
}

class Preparation {
 public:
  Preparation(const Observation& observation, std::string_view space_predicate)
      : observation_(observation), space_predicate_(space_predicate),
        mentions_max_(2 * observation.triples.size() + observation.claims.size() + 1) {
    out_.source = &observation;
  }

  /// The observation has been checked: that bounds the tables.
  Result<PreparedObservation> run() {
    if (auto ok = declare_spaces(); !ok) return ok.error();
    out_.triples.reserve(observation_.triples.size());
    mentioned_.reserve(mentions_max_);
    for (const Triple& triple : observation_.triples) {
      if (auto ok = add_triple(triple); !ok) return ok.error();
    }
    for (const NameClaim& claim : observation_.claims) {
      if (auto ok = add_claim(claim); !ok) return ok.error();
    }
    if (observation_.document && observation_.document->subject) {
      const auto subject = add_name(*observation_.document->subject);
      if (!subject) return subject.error();
      out_.document_subject = *subject;
    }
    out_.payload_hash = payload_hash(observation_);
    return std::move(out_);
  }

 private:
  // The types that the observation declares, by the key without a space. Of two types of one name the lesser is its space,
  // whatever the order of the triples.
  Result<void> declare_spaces() {
    if (space_predicate_.empty()) return {};
    for (const Triple& triple : observation_.triples) {
      const auto* type = std::get_if<Literal>(&triple.object);
      const Key& given = triple.subject.key;
      if (type == nullptr || triple.predicate != space_predicate_ || given.scheme != Scheme::name || !given.space.empty())
        continue;
      auto key = normalise_key(given);
      if (!key) return key.error();
      auto space = normalise_name(type->text);
      if (!space) continue;  // a text that can be no name declares nothing
      const auto [entry, is_new] = spaces_.try_emplace(std::move(*key), *space);
      if (!is_new && *space < entry->second) entry->second = std::move(*space);
    }
    return {};
  }

  // Most mentions repeat another one of the observation letter by letter, and need no normal form of their own.
  Result<std::size_t> add_name(const EntityName& name) {
    const std::size_t hash = KeyHash{}(name.key) * 31 + std::hash<std::string>{}(name.spelling);
    const auto [mention, is_fresh] = mentions_.find_or_add(hash, mentioned_.size(), [&](std::size_t at) {
      return mentioned_[at].name->key == name.key && mentioned_[at].name->spelling == name.spelling;
    });
    if (!is_fresh) return mentioned_[mention].place;
    const auto place = add_mention(name);
    if (place) mentioned_.push_back({&name, *place});  // where not, the whole observation is refused
    return place;
  }

  Result<std::size_t> add_mention(const EntityName& name) {
    auto prepared = prepare_name(name);
    if (!prepared) return prepared.error();
    // Most books keep nothing apart.
    if (const auto declared = spaces_.empty() ? spaces_.end() : spaces_.find(prepared->key); declared != spaces_.end())
      prepared->key.space = declared->second;
    const auto [place, is_new] = names_.find_or_add(KeyHash{}(prepared->key), out_.names.size(), [&](std::size_t at) {
      return out_.names[at].key == prepared->key;
    });
    if (!is_new && prepared->exact_bytes != out_.names[place].exact_bytes) return hash_is_taken();
    add_spelling(place, prepared->spelling);
    if (is_new) out_.names.push_back(std::move(*prepared));
    return place;
  }

  void add_spelling(std::size_t name, const std::string& spelling) {
    const std::size_t hash = std::hash<std::string>{}(spelling) + name;
    const auto [place, is_new] = spellings_.find_or_add(hash, out_.spellings.size(), [&](std::size_t at) {
      return out_.spellings[at].name == name && out_.spellings[at].spelling == spelling;
    });
    if (is_new) out_.spellings.push_back({name, spelling});
  }

  std::size_t add_predicate(const Triple& triple) {
    const std::size_t hash = std::hash<std::string>{}(triple.predicate);
    const auto [place, is_new] = predicates_.find_or_add(
        hash, out_.predicates.size(), [&](std::size_t at) { return out_.predicates[at].name == triple.predicate; });
    if (is_new) out_.predicates.push_back({triple.predicate, false});
    if (triple.cardinality == Cardinality::single) out_.predicates[place].single_valued = true;
    return place;
  }

  Result<void> add_triple(const Triple& triple) {
    PreparedTriple prepared;
    const auto subject = add_name(triple.subject);
    if (!subject) return subject.error();
    prepared.subject = *subject;
    prepared.predicate = add_predicate(triple);
    if (const auto* entity = std::get_if<EntityName>(&triple.object)) {
      const auto object = add_name(*entity);
      if (!object) return object.error();
      prepared.object = *object;
    } else {
      prepared.object = encode_literal(std::get<Literal>(triple.object));
    }
    out_.triples.push_back(std::move(prepared));
    return {};
  }

  Result<void> add_claim(const NameClaim& claim) {
    auto name = normalise_name(claim.name);
    if (!name) return name.error();
    const auto entity = add_name(claim.entity);
    if (!entity) return entity.error();
    const bool is_known = std::any_of(out_.claims.begin(), out_.claims.end(), [&](const PreparedClaim& known) {
      return known.entity == *entity && known.name == *name && known.spelling == claim.name;
    });
    if (!is_known) out_.claims.push_back({std::move(*name), *entity, claim.name});
    return {};
  }

  const Observation& observation_;
  std::string_view space_predicate_;
  std::unordered_map<Key, std::string, KeyHash> spaces_;
  PreparedObservation out_;
  struct Mention {
    const EntityName* name = nullptr;
    std::size_t place = 0;  // in out_.names
  };
  std::vector<Mention> mentioned_;
  const std::size_t mentions_max_;
  IndexTable mentions_{mentions_max_};
  IndexTable names_{mentions_max_};
  IndexTable predicates_{observation_.triples.size()};
  IndexTable spellings_{mentions_max_};
};

}  // namespace

Result<PreparedObservation> prepare_observation(const Observation& observation, std::string_view space_predicate) {
  if (auto ok = check_observation(observation); !ok) return ok.error();
  return Preparation{observation, space_predicate}.run();
}

Result<PreparedName> prepare_name(const EntityName& name) {
  auto key = normalise_key(name.key);
  if (!key) return key.error();
  PreparedName prepared;
  prepared.spelling = spelling_of(name, *key);
  prepared.key = std::move(*key);
  if (prepared.key.scheme == Scheme::exact) prepared.exact_bytes = name.key.value;
  return prepared;
}

Result<void> compare_exact(Connection& connection, const PreparedName& name, std::int64_t entity) {
  if (name.key.scheme != Scheme::exact) return {};
  const auto same = stands_for(connection, entity, name.exact_bytes);
  if (!same) return same.error();
  return *same ? Result<void>{} : hash_is_taken();
}

Result<bool> stands_for(Connection& connection, std::int64_t entity, std::string_view exact_bytes) {
  auto select = connection.statement("SELECT spelling FROM entity WHERE id = ?1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity).step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::corrupt, "a key leads to an entity that has no row; run verify", 0, {}};
  return select->blob(0) == exact_bytes;
}

Result<std::optional<std::int64_t>> find_alias(Connection& connection, const Key& key) {
  auto select = connection.statement("SELECT entity FROM alias WHERE value = ?1 AND scheme = ?2 AND space = ?3");
  if (!select) return select.error();
  select->bind(1, std::string_view{key.value}).bind(2, static_cast<std::int64_t>(key.scheme));
  return first_integer(select->bind(3, std::string_view{key.space}));
}

Result<std::optional<KnownEntity>> find_entity(Connection& connection, const Key& key) {
  const auto id = find_alias(connection, key);
  if (!id) return id.error();
  if (!*id) return std::optional<KnownEntity>{};
  KnownEntity entity{**id, {}};
  if (key.scheme == Scheme::exact) return std::optional{std::move(entity)};
  auto select = connection.statement("SELECT spelling FROM entity WHERE id = ?1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity.id).step();
  if (!found) return found.error();
  // An entity without a row is damage, which verify names; what is spelled like it is written out then.
  if (*found) entity.spelling = select->text(0);
  return std::optional{std::move(entity)};
}

void look_up_remembered(detail::BookShared& book, std::span<PreparedName* const> names) {
  std::vector<AliasLookUp> look_ups;
  look_ups.reserve(names.size());
  for (PreparedName* name : names) look_ups.push_back({&name->key, &name->known});
  book.alias_cache.find_all(look_ups);
  const auto hits =
      std::count_if(names.begin(), names.end(), [](const PreparedName* name) { return name->known.has_value(); });
  book.alias_cache_hits.fetch_add(static_cast<std::uint64_t>(hits), std::memory_order_relaxed);
}

bool are_known(std::span<const PreparedName> names) noexcept {
  return std::all_of(names.begin(), names.end(), [](const PreparedName& name) {
    return name.known && name.key.scheme != Scheme::exact;
  });
}

Result<void> look_up_stored(detail::BookShared& book, Connection& connection, std::span<PreparedName> names) {
  for (PreparedName& name : names) {
    if (!name.known) {
      auto found = find_entity(connection, name.key);
      if (!found) return found.error();
      if (!*found) continue;
      if (auto same = compare_exact(connection, name, (*found)->id); !same) return same;
      book.alias_cache.publish(name.key, **found);
      name.known = std::move(*found);
    } else if (auto same = compare_exact(connection, name, name.known->id); !same) {
      return same;
    }
  }
  return {};
}

}  // namespace commonbook::storage
