// What the files of identity_*.cpp share: looking at single entities.
#pragma once
#include "book/evidence_reader.hpp"
#include "commonbook/storage/identity.hpp"

namespace commonbook::storage {

Result<bool> entity_exists(Connection& connection, std::int64_t entity);
/// @errors  corrupt: no key leads to the entity. @thread the snapshot's.
Result<FoundEntity> describe_entity(EvidenceReader& reader, std::int64_t entity);

}  // namespace commonbook::storage
