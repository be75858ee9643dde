// Time zone names that Windows programs write ("W. Europe Standard Time") and the IANA zones that they mean.
// Source: Unicode CLDR, windowsZones, territory 001.
#pragma once
#include <optional>
#include <string_view>

namespace commonbook::agents {

/// nullopt: no such name. Case as Windows writes it. Thread: any.
[[nodiscard]] std::optional<std::string_view> iana_of_windows_zone(std::string_view name) noexcept;

}  // namespace commonbook::agents
