// One piece of knowledge: subject, predicate, object.
#pragma once
#include "commonbook/model/key.hpp"
#include "commonbook/model/literal.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace commonbook {

/// The object of a triple: another entity or a literal.
using Object = std::variant<EntityName, Literal>;

/// Whether a subject may hold several values of a predicate at one time. Once anybody declares a
/// predicate single, it stays single: so the order of arrival does not matter.
enum class Cardinality : std::uint8_t { many = 0, single = 1 };

/// `predicate`: 1 to 128 bytes of UTF-8, e.g. "organised by"; interned by storage.
struct Triple {
  EntityName subject;
  std::string predicate;
  Object object;
  Cardinality cardinality = Cardinality::many;
  bool operator==(const Triple&) const = default;
};

}  // namespace commonbook
