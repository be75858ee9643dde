// The names that lead to one set of merged entities.
#pragma once
#include "book/evidence_reader.hpp"

#include <string>
#include <vector>

namespace commonbook::storage {

/// `normalised` itself, and the names of all that its entity was merged with: whoever claims one of them is meant by each.
/// @errors  busy, io, corrupt. @thread the connection's, in the reader's snapshot.
Result<std::vector<std::string>> merged_names(EvidenceReader& reader, Connection& connection,
                                              const std::string& normalised);

/// The spaces in which a name leads to an entity, sorted, at most 16: homonyms that are kept apart.
Result<std::vector<std::string>> spaces_of(Connection& connection, const std::string& normalised);

}  // namespace commonbook::storage
