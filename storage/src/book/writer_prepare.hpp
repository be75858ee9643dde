// What can be known of an observation before any lock is taken: is it well formed, which keys does it name, which of
// them have an entity already, and has it been stored before?
#pragma once
#include "book/book_shared.hpp"
#include "engine/connection.hpp"
#include "commonbook/model/observation.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace commonbook::storage {

/// A key that an observation names, once however often it is named.
struct PreparedName {
  Key key;                            ///< in normal form
  std::string spelling;               ///< of the first mention: becomes the entity's where it is new
  /// Of scheme `exact`: the bytes as given, of which the key is only a hash. They become the new entity's spelling and
  /// are compared where the key is known. Not owned: they live as long as the EntityName.
  std::string_view exact_bytes;
  std::optional<KnownEntity> known;  ///< its entity, where it was committed already
};

struct PreparedTriple {
  std::size_t subject = 0;                         ///< index of a PreparedName
  std::size_t predicate = 0;                       ///< index of a PreparedPredicate
  std::variant<std::size_t, std::string> object;   ///< index of a PreparedName, or an encoded literal
};

struct PreparedPredicate {
  std::string name;
  bool single_valued = false;
};

struct PreparedSpelling {
  std::size_t name = 0;
  std::string spelling;
};

struct PreparedClaim {
  std::string name;  ///< in normal form
  std::size_t entity = 0;
  std::string spelling;
};

struct PreparedObservation {
  const Observation* source = nullptr;  ///< not owned; lives as long as the call of Writer::store()
  std::vector<PreparedName> names;      ///< in order of first mention, as Receipt::entities has them
  std::vector<PreparedPredicate> predicates;
  std::vector<PreparedTriple> triples;  ///< one for each of the source's, in order
  std::vector<PreparedSpelling> spellings;
  std::vector<PreparedClaim> claims;
  std::optional<std::size_t> document_subject;
  std::string payload_hash;
  /// Of the first receipt, where the observation is a copy from another file: a retry there and here is answered alike.
  std::optional<std::string> created{};
};

/// Checks, normalises and hashes; reads nothing.
/// @param space_predicate  see BookOptions. It decides under which keys names stand, and is no part of the payload's hash.
/// @errors  invalid_argument, too_large. @thread any.
Result<PreparedObservation> prepare_observation(const Observation& observation, std::string_view space_predicate = {});

/// Normalises one name, as prepare_observation() does. @param name  outlives the result.
Result<PreparedName> prepare_name(const EntityName& name);

/// Fills PreparedName::known of all from the alias cache. @thread any.
void look_up_remembered(detail::BookShared& book, std::span<PreparedName* const> names);
/// True where that was all: no name is left to look for, and none whose bytes must be compared.
[[nodiscard]] bool are_known(std::span<const PreparedName> names) noexcept;

/// Fills what look_up_remembered() left, from the alias table, and compares the bytes of exact keys.
/// @errors  busy, io, corrupt; already_exists for an exact key whose hash another one has.
/// @thread  the connection's; blocks on disk.
Result<void> look_up_stored(detail::BookShared& book, Connection& connection, std::span<PreparedName> names);

/// Fails where the key of scheme `exact` that leads to `entity` stands for other bytes with the same hash. The values of
/// other schemes are the keys themselves: for them it does nothing.
/// @errors  already_exists: the hash is taken, so these bytes can't be a key of this file.
/// @thread  the connection's.
Result<void> compare_exact(Connection& connection, const PreparedName& name, std::int64_t entity);
/// True where `entity` was made for a key of scheme `exact` with these bytes.
Result<bool> stands_for(Connection& connection, std::int64_t entity, std::string_view exact_bytes);

/// The entity of a key in normal form as the connection sees it now.
Result<std::optional<std::int64_t>> find_alias(Connection& connection, const Key& key);
/// The same with what a cache keeps of it.
Result<std::optional<KnownEntity>> find_entity(Connection& connection, const Key& key);

}  // namespace commonbook::storage
