// The content digest: what a book says, as a commutative 64-bit sum that ids, order and commit times do not enter (P11).
#pragma once
#include "book/triple_reader.hpp"

#include <cstdint>

namespace commonbook::storage {

/// Reads the whole book. Retracted evidence is left out, redirects enter by their keys.
/// @errors  timeout, io, corrupt. @thread the snapshot's connection's.
Result<std::uint64_t> compute_content_digest(Snapshot& snapshot);

}  // namespace commonbook::storage
