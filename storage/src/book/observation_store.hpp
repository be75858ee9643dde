// How a batch becomes a commit: the write path reads from top to bottom in observation_store.cpp.
#pragma once
#include "book/write_batch.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/model/observation.hpp"

#include <optional>
#include <string>

namespace commonbook::storage {

/// An observation that the file holds already (P2).
struct EarlierObservation {
  std::int64_t id = 0;
  std::int64_t commit_seq = 0;
  AckClass ack_class = AckClass::applied;
  std::string created;  ///< bits, as the `created` column has them
};

/// Looks the operation id up, where the observation has one.
/// @errors  operation_id_reused: it came with another payload; io, corrupt, busy.
/// @thread  the connection's; inside or outside a transaction.
Result<std::optional<EarlierObservation>> find_operation(Connection& connection,
                                                         const PreparedObservation& observation);

/// The receipt of an observation that is stored, without novelty.
/// @param entities  the ids of its names, in their order.
[[nodiscard]] Receipt receipt_of(const EarlierObservation& earlier, const std::vector<std::int64_t>& entities);

/// Stores one observation in the batch's transaction, or finds that it is stored.
/// @returns  a receipt that counts once the transaction is committed; or, as the inner error, a refusal that wrote
///           nothing (operation_id_reused), after which the batch goes on.
/// @errors   the transaction must be rolled back.
/// @thread   the transaction's.
Result<Result<Receipt>> store_observation(WriteBatch& batch, const PreparedObservation& observation);

}  // namespace commonbook::storage
