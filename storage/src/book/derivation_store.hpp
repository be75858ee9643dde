// What observations were concluded from. Evidence is named by the id of a document, all its versions together, so that
// it may come in any order.
#pragma once
#include "book/write_batch.hpp"

#include <string>
#include <vector>

namespace commonbook::storage {

/// The worst trust class among the observations that stand behind the evidence and are not retracted.
/// @param own  of the observation itself: the least that comes back.
/// @errors  io, corrupt. @thread the connection's. So for all below.
Result<std::int64_t> worst_trust(Connection& connection, const std::vector<std::string>& evidence, std::int64_t own);

/// Writes one row for each evidence; an equal one once.
Result<void> insert_derivations(WriteBatch& batch, const std::vector<std::string>& evidence, std::int64_t observation);

/// Deletes the rows of an observation. @returns the sum of their hashes, which the row digest loses.
Result<std::uint64_t> delete_derivations(Connection& connection, std::int64_t observation);

}  // namespace commonbook::storage
