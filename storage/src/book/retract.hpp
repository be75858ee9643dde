// Takes observations back: readers drop their evidence from that commit on; the rows go later, in slices.
#pragma once
#include "book/write_batch.hpp"

#include <span>

namespace commonbook::storage {

/// Marks observations, raises the epoch and asks for a purge where any was marked. Ids that don't exist or are marked
/// already are passed over.
/// @returns  how many were marked.
/// @errors   io, corrupt, disk_full: the transaction must be rolled back. @thread the transaction's.
Result<std::int64_t> mark_retracted(WriteBatch& batch, std::span<const std::int64_t> observation_ids);

}  // namespace commonbook::storage
