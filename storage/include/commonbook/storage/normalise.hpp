// The normal form of keys: which spellings are one key, and which texts are no key at all.
#pragma once
#include "commonbook/model/key.hpp"
#include "commonbook/model/result.hpp"

#include <string>
#include <string_view>

namespace commonbook::storage {

/// Limits of a key of scheme `name`, after normalisation.
inline constexpr std::size_t name_code_points_max = 512;
inline constexpr std::size_t name_bytes_max = 2048;

/// Control, zero-width and bidi characters removed, ICU NFKC_Casefold, removed again, NFC, white space
/// collapsed and trimmed. Idempotent.
/// @errors  invalid_argument: not UTF-8, nothing left, or over the limits; too_large: over 1 MiB.
/// @thread  any.
[[nodiscard]] Result<std::string> normalise_name(std::string_view spelling);

/// The same key in normal form, by its scheme: name as normalise_name(); mailto without "mailto:" and
/// folded; mid without angle brackets; ical_uid trimmed; exact as the hash of its bytes.
/// @errors  as normalise_name().
/// @thread  any.
[[nodiscard]] Result<Key> normalise_key(const Key& key);

/// The version of the Unicode data in use, stored in the file: another one means keys are recomputed.
[[nodiscard]] std::string unicode_version();

}  // namespace commonbook::storage
