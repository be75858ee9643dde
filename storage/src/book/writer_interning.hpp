// Rows that many observations share and that never change their id: agent sessions and predicates. Each writer remembers
// what it has seen committed.
#pragma once
#include "book/write_batch.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/model/observation.hpp"

#include <optional>
#include <string>

namespace commonbook::storage {

/// The session of the observation's agent and session name, where it has a row.
/// @errors  io, corrupt. @thread the transaction's. So for all below.
Result<std::optional<std::int64_t>> find_session(WriteBatch& batch, const Observation& observation);
/// The same, made with the agent's row where there is none.
Result<std::int64_t> find_or_insert_session(WriteBatch& batch, const Observation& observation);

/// A predicate's row, where there is one. What a writer remembers as multi-valued may be single-valued by now.
Result<std::optional<KnownPredicate>> find_predicate(WriteBatch& batch, const std::string& name);
/// The predicate's id; makes the row where there is none, raises it to single-valued where that is asked for.
Result<std::int64_t> intern_predicate(WriteBatch& batch, const PreparedPredicate& wanted);

}  // namespace commonbook::storage
