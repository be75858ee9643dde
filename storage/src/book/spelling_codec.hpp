// How an observation spelled the entities that its triples name, as it stands in the observation's row: for each mention
// the entity, and the text where that is not the one of the entity's own row. So most mentions cost a few bytes, and no
// row of the tail or the sorted part: those are read by entity, this is read by observation.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace commonbook::storage {

/// Adds one mention. @param text  empty: as the entity's own row spells it. A spelling is never empty.
void append_spelling(std::string& spellings, std::int64_t entity, std::string_view text);

/// @param visit  entity and text, as they were appended.
/// @returns  false where the bytes are damaged; what could be read before was visited.
bool read_spellings(std::string_view spellings, const std::function<void(std::int64_t, std::string_view)>& visit);

}  // namespace commonbook::storage
