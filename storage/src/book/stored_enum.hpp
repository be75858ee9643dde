// Numbers of the file that stand for names. A file may have been written by anybody: what stands for nothing is damage,
// and never becomes a value that the program's types don't know.
#pragma once
#include "commonbook/model/document.hpp"
#include "commonbook/model/key.hpp"
#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <string>

namespace commonbook::storage {

/// @param first, last  the enumeration's bounds; every number between them has a name.
/// @errors  corrupt, and says which field. @thread any.
template <class Enum>
Result<Enum> stored_enum(std::int64_t number, Enum first, Enum last, const char* field) {
  if (number >= static_cast<std::int64_t>(first) && number <= static_cast<std::int64_t>(last))
    return static_cast<Enum>(number);
  return Error{ErrorCode::corrupt, std::string{field} + " is " + std::to_string(number) + ", which means nothing; run verify",
               0, {}};
}

inline Result<Scheme> stored_scheme(std::int64_t number) {
  return stored_enum(number, Scheme::name, Scheme::exact, "a key's scheme");
}
inline Result<Trust> stored_trust(std::int64_t number) {
  return stored_enum(number, Trust::own, Trust::untrusted, "an observation's trust");
}
inline Result<AckClass> stored_ack_class(std::int64_t number) {
  return stored_enum(number, AckClass::applied, AckClass::durable, "an observation's ack_class");
}
inline Result<DocumentKind> stored_kind(std::int64_t number) {
  return stored_enum(number, DocumentKind::event, DocumentKind::text, "a document's kind");
}

}  // namespace commonbook::storage
