// Find or create: the critical section. One key, one entity, in every process, at every moment (P4).
#pragma once
#include "book/write_batch.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/model/observation.hpp"

namespace commonbook::storage {

/// An entity of the receipt and how its row spells it.
struct FoundEntity {
  const KnownEntity* entity = nullptr;  ///< the prepared name's or the batch's, and lives as long
  bool created = false;
};

/// The entity of a prepared name, made where there is none.
///
/// The order is: this transaction's own finds, the committed id that prepare found, the alias cache (what this process
/// has committed since), then the insert that the UNIQUE index decides. So the constraint is the look across
/// processes: one probe, and no statement that fails.
/// @returns  created: true for exactly one caller in the life of a file.
/// @errors   io, corrupt, disk_full: the transaction must be rolled back.
/// @thread   the transaction's.
Result<FoundEntity> find_or_create(WriteBatch& batch, const PreparedName& name);

}  // namespace commonbook::storage
