// What a simulation counts, and what its agents need to know about the run. Plain values; one thread.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/sim/figures.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace commonbook::sim {

/// The counts of a run; a checkpoint keeps all of it.
struct Tally {
  std::uint64_t turns = 0;          ///< agent ticks, lost ones too: the steps of the scenario
  std::uint64_t turns_failed = 0;   ///< ended by an exception of the agent
  std::uint64_t turns_hung = 0;     ///< came while the agent hung
  std::uint64_t held_back = 0;      ///< actions left out because the agent had too much under way
  std::uint64_t source_errors = 0;
  std::uint64_t asked = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t replayed = 0;       ///< of the acknowledged
  std::uint64_t created = 0;        ///< entities, by the first receipt of each operation
  std::uint64_t failed = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t refused = 0;        ///< and sent again
  std::uint64_t reads = 0;
  std::uint64_t reads_failed = 0;
  std::uint64_t stale_reads = 0;    ///< an answer older than a receipt that its asker had before it asked
  std::uint64_t restarts = 0;       ///< of runtime actors
  std::uint64_t wal_bytes_max = 0;
  std::map<int, std::uint64_t> failed_by_code;
  DurationHistogram acknowledge;    ///< virtual
  std::set<std::string> acknowledged_ids;  ///< operation ids; a source may give one twice
};

/// How the run stands, as its agents see it.
struct RunState {
  std::uint64_t steps_max = 0;              ///< turns in all; 0: no limit
  std::chrono::milliseconds now{0};         ///< since the start of the run, on the virtual clock
  Timestamp wall;                           ///< the virtual wall clock, jumps included
  bool draining = false;                    ///< no new work: what is under way is brought to its end
  [[nodiscard]] bool is_over(const Tally& tally) const noexcept { return steps_max > 0 && tally.turns >= steps_max; }
};

}  // namespace commonbook::sim
