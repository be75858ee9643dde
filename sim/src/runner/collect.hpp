// From what the processes wrote down, what stands in the file and what the history says to the figures of one row.
#pragma once
#include "board.hpp"
#include "commonbook/sim/figures.hpp"
#include "commonbook/sim/history.hpp"
#include "plan.hpp"
#include "supervisor.hpp"
#include "task.hpp"

#include <cstdint>
#include <map>

namespace commonbook::sim::runner {

/// Adds up the counters, codes and durations of all processes.
void collect_counters(const Board& board, const Plan& plan, Figures& figures);

/// The entities that stand in the file, by the hash of their key. A design whose own idea of a normal form differs from
/// ours may keep an acknowledged entity under another key than it was asked by: that one is not lost.
/// @param one_id_a_key  the design promises our normal form, so there is no such excuse.
[[nodiscard]] std::map<std::uint64_t, std::int64_t> entities_in_file(const Board& board, const Audit& audit,
                                                                     bool one_id_a_key);

/// Compares what was acknowledged with what is there.
/// @param entities      of entities_in_file().
/// @param one_id_a_key  a key has one id: an acknowledged one that is not it was lost.
void collect_audit(const Board& board, const Audit& audit, const std::map<std::uint64_t, std::int64_t>& entities,
                   bool one_id_a_key, Figures& figures);

/// Checks the history against the file. @errors io, parse_error: the history could not be read.
[[nodiscard]] Result<void> collect_history(const Task& task, const Plan& plan, const Audit& audit,
                                           std::map<std::uint64_t, std::int64_t> entities, Figures& figures);

/// What the supervisor saw, and what the reader of the table must know.
void collect_outcome(const Board& board, const RunOutcome& outcome, Figures& figures);

}  // namespace commonbook::sim::runner
