// One round: processes start on a file, one of them (or all) dies, the others go on and end.
#pragma once
#include "crash_board.hpp"

#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::sim::crash {

struct RoundPlan {
  std::uint64_t seed = 0;      ///< of what is stored
  std::uint32_t round = 0;     ///< counts through a file's life
  std::uint32_t processes = 1;
  std::string step;            ///< where the victim dies; empty: at a moment
  std::uint64_t arrival = 1;   ///< at the how-many-th arrival of any process
  std::uint32_t victim = 0;    ///< of a kill at a moment
  std::uint64_t receipts = 0;  ///< of a kill at a moment: so many receipts first, of all processes together
  std::int64_t delay_us = 0;   ///< then so long; without receipts from when the victim begins to open the file
  bool stop_first = false;     ///< SIGSTOP, a pause, SIGKILL
  std::int64_t pause_us = 0;
  bool kill_all = false;       ///< all at once, as when the machine's memory is short
  bool kill_survivors = false; ///< at the end, instead of letting them close
  std::string broken;          ///< a control: a promise that the processes break
};

struct RoundResult {
  bool killed = false;          ///< as planned; false: the step was not reached in time, the victim died at a moment
  std::uint32_t processes_killed = 0;
  std::int64_t freed_ns = -1;   ///< from the kill to the next receipt in another process; -1: no other was at work
  std::vector<std::string> problems;  ///< what processes reported, or didn't do
};

/// @param worker  program and first arguments. @param board  new and empty.
/// @errors  io: a process can't be started.
[[nodiscard]] Result<RoundResult> run_round(const RoundPlan& plan, const std::vector<std::string>& worker,
                                            const std::filesystem::path& database, SharedBoard& board);

}  // namespace commonbook::sim::crash
