// What a VEVENT says, as one observation: document, triples, name claims.
#pragma once
#include "calendar_event_reader.hpp"

namespace commonbook::agents {

/// @param place  the file, for the observation's position.
/// @param agent  goes into the operation id.
[[nodiscard]] ImportItem to_import_item(ReadEvent read, const std::string& place, const std::string& agent);

}  // namespace commonbook::agents
