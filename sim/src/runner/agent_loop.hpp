// One thread of a run at work: an agent that goes through its operations, or a reader that reads until the run ends.
// Each call stands in the history and on the board before it is made, and is counted after it was answered.
#pragma once
#include "board.hpp"
#include "commonbook/sim/design.hpp"
#include "commonbook/sim/history.hpp"
#include "workload.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace commonbook::sim::runner {

/// What a thread works with. All of it outlives the loop.
struct Desk {
  const Board* board = nullptr;
  std::size_t slot = 0;
  DesignClient* client = nullptr;
  HistoryLog* history = nullptr;      ///< null: none is kept
  std::uint64_t session = 0;          ///< of the history
  std::chrono::milliseconds deadline{10'000};
  bool keeps_promises = false;        ///< an error that says "nothing was stored" is believed
};

/// @param rate  operations a second; 0: as fast as answers come.
void run_agent(const Desk& desk, const std::vector<Operation>& operations, double rate);

/// Reads in turn; after a failure tries again after a moment, and measures the time until reading works again.
void run_reader(const Desk& desk, const std::vector<Operation>& questions, std::size_t recorded_max);

/// Counts what failed, a write or a read, by kind and by code.
void count_failure(Slot& slot, const Error& error, bool is_write) noexcept;

}  // namespace commonbook::sim::runner
