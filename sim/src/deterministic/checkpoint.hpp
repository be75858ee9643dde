// A checkpoint: a folder that appears under its name only when it is complete, with a backup of the memory file
// (book.db) and everything else that the run needs to go on (state.json).
#pragma once
#include "commonbook/model/result.hpp"
#include "simulated_agent.hpp"
#include "tally.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::sim {

struct CheckpointState {
  std::filesystem::path scenario_file;
  std::string scenario_text;
  std::uint64_t seed = 0;
  std::uint64_t legs = 0;              ///< runtimes that have come and gone
  std::int64_t elapsed_ms = 0;
  std::int64_t wall_jumps_ms = 0;
  std::uint64_t fault_random = 0;
  std::uint64_t deaths_pending = 0;
  std::vector<bool> faults_done;
  std::uint64_t trace_steps = 0;
  std::uint64_t trace_hash = 0;
  std::uint64_t messages = 0;
  Tally tally;
  std::vector<AgentMemory> agents;
};

/// Copies the book, which nobody has open, and writes the state beside it.
/// @param name  of the new folder in `folder`. @returns  its path. @errors  io, disk_full, already_exists, corrupt.
[[nodiscard]] Result<std::filesystem::path> write_checkpoint(const std::filesystem::path& folder,
                                                             const std::string& name,
                                                             const std::filesystem::path& book,
                                                             const CheckpointState& state);
/// @errors  io; parse_error: it is not a checkpoint, or not a complete one.
[[nodiscard]] Result<CheckpointState> read_checkpoint(const std::filesystem::path& checkpoint);
/// The copy of the book in it.
[[nodiscard]] std::filesystem::path book_of(const std::filesystem::path& checkpoint);

}  // namespace commonbook::sim
