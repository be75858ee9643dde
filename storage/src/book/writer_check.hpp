// Which observations are well formed: every field and limit, looked at before any lock is taken.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <string>

namespace commonbook::storage {

/// Limits beside those of observation.hpp, in bytes.
inline constexpr std::size_t agent_bytes_max = 256;
inline constexpr std::size_t session_bytes_max = 256;
inline constexpr std::size_t operation_id_bytes_max = 256;
inline constexpr std::size_t predicate_bytes_max = 128;
inline constexpr std::size_t literal_bytes_max = 1u << 20;
inline constexpr std::size_t position_bytes_max = 4096;
inline constexpr std::size_t document_id_bytes_max = 4096;
inline constexpr std::size_t document_hash_bytes_max = 256;
inline constexpr std::size_t spelling_bytes_max = 1u << 20;

/// Checks everything but the keys, which normalise_key() checks.
/// @errors  invalid_argument, too_large; the message names the field.
/// @thread  any.
Result<void> check_observation(const Observation& observation);

/// 16 bytes that name what an observation says: all of it but who sends it, in which session, with which sequence, and
/// what the sender wants to hear back. Equal payloads under one operation id are one operation (P2).
[[nodiscard]] std::string payload_hash(const Observation& observation);

}  // namespace commonbook::storage
