// Many processes open one missing file at once; each stores one observation and closes.
#pragma once
#include "commonbook/sim/crash.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::sim::crash {

struct ColdStart {
  std::filesystem::path database;   ///< missing, in an empty folder
  std::vector<std::string> worker;  ///< program and first arguments
  std::uint32_t processes = 50;     ///< at most processes_max
  std::uint64_t seed = 1;
  std::string kill_step;            ///< the process that comes to it first dies there; empty: none
};

struct ColdStartReport {
  std::uint32_t stored = 0;      ///< processes that got a receipt
  std::uint32_t killed = 0;      ///< 1: the step was reached
  double seconds = 0;            ///< until the last one closed the file
  CrashFindings findings;        ///< of the processes, and of the file afterwards
};

/// @errors  io: a process can't be started.
/// @thread  any; blocks.
[[nodiscard]] Result<ColdStartReport> run_cold_start(const ColdStart& start);

}  // namespace commonbook::sim::crash
