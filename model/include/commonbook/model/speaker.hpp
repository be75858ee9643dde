// Who may change what a book says of an entity, by what the book itself knows. An observation that came through a
// channel where anybody can write says with `stated_by` who sent it; the entity says with `organised_by` whose it is.
// Only its organiser's statements count like those of other channels; the rest are claims, which displace nothing.
#pragma once
#include "commonbook/model/observation.hpp"

#include <string_view>

namespace commonbook {

inline constexpr std::string_view organised_by_predicate = "organised by";
inline constexpr std::string_view stated_by_predicate = "stated by";
/// How a person wants an entity to be shown; counts where the evidence is `confirmed`, the latest first.
inline constexpr std::string_view shown_as_predicate = "shown as";

/// False for what is only ever a claim.
[[nodiscard]] constexpr bool is_believed(Trust trust) noexcept { return trust != Trust::untrusted; }

}  // namespace commonbook
