// Which triples does the book hear for the first time? Asked only by those who want to know: one probe a triple, and
// one look through what the overlay lacks of the tail.
#pragma once
#include "book/write_batch.hpp"

#include <optional>

namespace commonbook::storage {

/// @param triples  rows without seq and observation; equal ones count as known from the second on.
/// @param before   ask for the state before this observation; nothing: the state now.
/// @returns  one bit a triple: true where no observation (before that one) says it.
/// @errors   io, corrupt. @thread the transaction's.
Result<std::vector<bool>> find_novel(WriteBatch& batch, const std::vector<TailRow>& triples,
                                     std::optional<std::int64_t> before);

}  // namespace commonbook::storage
