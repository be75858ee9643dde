// Large cities and the IANA zones of their clocks: the last part of an IANA name, or a table of the cities that no
// zone is named after.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace commonbook::agents {

/// @param city  in any case; runs of white space, '_' and '-' are one space. nullopt: not known. Thread: any.
[[nodiscard]] std::optional<std::string> zone_of_city(std::string_view city);

}  // namespace commonbook::agents
