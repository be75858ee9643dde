// Resolves one key on a connection that is open already.
#pragma once
#include "commonbook/storage/identity.hpp"
#include "engine/connection.hpp"

namespace commonbook::storage {

/// As resolve(). @param key  in normal form. @thread the connection's, inside a snapshot or not.
Result<Resolution> resolve_key(Connection& connection, const Key& key, const OutcomeThresholds& thresholds);

}  // namespace commonbook::storage
