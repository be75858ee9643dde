// The parts of the checker. Each looks at the whole history once or twice and speaks of its own invariants.
#pragma once
#include "commonbook/sim/history.hpp"
#include "violations.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace commonbook::sim {

using History = std::vector<HistoryRecord>;
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t always = std::numeric_limits<std::int64_t>::min();

void check_keys(const History& history, const FinalState& state, HistoryVerdict& verdict);      // S2, S3, S4, S6
void check_items(const History& history, const FinalState& state, HistoryVerdict& verdict);     // S5, S6
void check_sessions(const History& history, HistoryVerdict& verdict);                           // S12
void check_reads(const History& history, HistoryVerdict& verdict);                              // S13, S14, S15

}  // namespace commonbook::sim
