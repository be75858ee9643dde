#include "book/content_digest.hpp"

#include "book/digest.hpp"
#include "book/for_each_row.hpp"
#include "book/schema_sql.hpp"
#include "book/spelling_codec.hpp"
#include "book/tail_codec.hpp"
#include "commonbook/model/yield_point.hpp"

#include <unordered_map>

namespace commonbook::storage {
namespace {

using Hashes = std::unordered_map<std::int64_t, std::uint64_t>;  // by id: what stands for it in the digest

std::int64_t as_integer(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Keys add up, so an entity with several aliases has one value whatever their order.
Result<Hashes> hash_entities(Connection& connection, std::uint64_t& digest) {
  Hashes hashes;
  const bool by_order = fault("P11");
  auto done = for_each_row(connection, "SELECT entity, scheme, value, space FROM alias", [&](const Statement& row) {
    RowHash hash{RowTable::alias};
    hash.add(row.integer(1)).add(row.text(2)).add(row.text(3));
    if (by_order) hash.add(row.integer(0));
    hashes[row.integer(0)] += hash.value();
    digest += hash.value();
  });
  if (!done) return done.error();
  return hashes;
}

// A spelling is said the same way whether it stands in a row of its own or in the observation's.
std::uint64_t spelling_hash(std::string_view text) { return RowHash{RowTable::entity}.add(text).value(); }

Result<Hashes> hash_own_spellings(Connection& connection) {
  Hashes hashes;
  auto done = for_each_row(connection, "SELECT id, spelling FROM entity", [&](const Statement& row) {
    hashes[row.integer(0)] = spelling_hash(row.text(1));
  });
  if (!done) return done.error();
  return hashes;
}

Result<Hashes> hash_predicates(Connection& connection, std::uint64_t& digest) {
  Hashes hashes;
  auto done = for_each_row(connection, "SELECT id, name, single_valued FROM predicate", [&](const Statement& row) {
    const std::uint64_t name = RowHash{RowTable::predicate}.add(row.text(1)).value();
    hashes[row.integer(0)] = name;
    digest += RowHash{RowTable::predicate}.add(as_integer(name)).add(row.integer(2)).value();
  });
  if (!done) return done.error();
  return hashes;
}

std::uint64_t value_of(const Hashes& hashes, std::int64_t id) {
  const auto found = hashes.find(id);
  return found == hashes.end() ? 0 : found->second;
}

std::uint64_t said_hash(std::uint64_t observation, std::uint64_t entity, std::uint64_t spelling) {
  RowHash hash{RowTable::assertion};
  hash.add(as_integer(observation)).add(as_integer(entity)).add(std::int64_t{spelled_as_predicate}).add(as_integer(spelling));
  return hash.value();
}

// Operation ids that were given from outside, by observation: the table has no index that way round.
Result<Hashes> hash_operations(Connection& connection) {
  Hashes hashes;
  auto done = for_each_row(connection, "SELECT id, observation FROM operation", [&](const Statement& row) {
    hashes[row.integer(1)] += RowHash{RowTable::operation}.add(row.text(0)).value();
  });
  if (!done) return done.error();
  return hashes;
}

// Observations that are not retracted: who said it, in which operation, citing which version of which document.
Result<Hashes> hash_observations(Connection& connection, const Hashes& entities, std::uint64_t& digest) {
  const auto operations = hash_operations(connection);
  if (!operations) return operations.error();
  const auto own_spellings = hash_own_spellings(connection);
  if (!own_spellings) return own_spellings.error();
  bool sound = true;
  Hashes hashes;
  auto done = for_each_row(
      connection,
      "SELECT o.id, a.name, d.external_id, d.hash, d.subject, o.revision, o.valid_from, o.specificity, o.trust, "
      "o.time, o.spellings FROM observation o JOIN session s ON s.id = o.session JOIN agent a ON a.id = s.agent "
      "LEFT JOIN document d ON d.id = o.document WHERE o.retracted = 0",
      [&](const Statement& row) {
        RowHash hash{RowTable::observation};
        hash.add(row.text(1)).add(as_integer(value_of(*operations, row.integer(0)))).add(row.text(2)).add(row.text(3));
        hash.add(row.is_null(4) ? 0 : as_integer(value_of(entities, row.integer(4))));
        for (int column = 5; column <= 9; ++column) hash.add(row.integer(column));
        hashes[row.integer(0)] = hash.value();
        digest += hash.value();
        const bool is_read = read_spellings(row.blob(10), [&](std::int64_t entity, std::string_view text) {
          const std::uint64_t spelled = text.empty() ? value_of(*own_spellings, entity) : spelling_hash(text);
          digest += said_hash(hash.value(), value_of(entities, entity), spelled);
        });
        sound = sound && is_read;
      });
  if (!done) return done.error();
  if (!sound) return Error{ErrorCode::corrupt, "an observation's spellings can't be read; run verify", 0, {}};
  return hashes;
}

}  // namespace

Result<std::uint64_t> compute_content_digest(Snapshot& snapshot) {
  Connection& connection = snapshot.connection();
  std::uint64_t digest = 0;
  const auto entities = hash_entities(connection, digest);
  if (!entities) return entities.error();
  const auto predicates = hash_predicates(connection, digest);
  if (!predicates) return predicates.error();
  const auto observations = hash_observations(connection, *entities, digest);
  if (!observations) return observations.error();

  auto claims =
      for_each_row(connection, "SELECT name, entity, spelling, observation FROM claim", [&](const Statement& row) {
        const auto behind = observations->find(row.integer(3));
        if (behind == observations->end()) return;
        RowHash hash{RowTable::claim};
        hash.add(as_integer(behind->second))
            .add(as_integer(value_of(*entities, row.integer(1))))
            .add(row.text(0))
            .add(row.text(2));
        digest += hash.value();
      });
  if (!claims) return claims.error();
  auto derivations =
      for_each_row(connection, "SELECT evidence, observation FROM derivation", [&](const Statement& row) {
        const auto behind = observations->find(row.integer(1));
        if (behind == observations->end()) return;
        digest += RowHash{RowTable::derivation}.add(as_integer(behind->second)).add(row.text(0)).value();
      });
  if (!derivations) return derivations.error();
  auto redirects = for_each_row(connection, "SELECT source, target FROM redirect", [&](const Statement& row) {
    RowHash hash{RowTable::redirect};
    hash.add(as_integer(value_of(*entities, row.integer(0)))).add(as_integer(value_of(*entities, row.integer(1))));
    digest += hash.value();
  });
  if (!redirects) return redirects.error();

  auto triples = visit_all(snapshot, [&](const TailRow& row) {
    const auto behind = observations->find(row.observation);
    if (behind == observations->end()) return;
    if (row.predicate == spelled_as_predicate) {
      const auto* encoded = std::get_if<std::string>(&row.object);
      const auto literal = encoded != nullptr ? decode_literal(*encoded) : std::nullopt;
      digest += said_hash(behind->second, value_of(*entities, row.subject), spelling_hash(literal ? literal->text : ""));
      return;
    }
    RowHash hash{RowTable::assertion};
    hash.add(as_integer(behind->second)).add(as_integer(value_of(*entities, row.subject)));
    hash.add(as_integer(value_of(*predicates, row.predicate)));
    if (const auto* object = std::get_if<std::int64_t>(&row.object))
      hash.add(as_integer(value_of(*entities, *object)));
    else
      hash.add(std::string_view{std::get<std::string>(row.object)});
    digest += hash.value();
  });
  if (!triples) return triples.error();
  return digest;
}

}  // namespace commonbook::storage
