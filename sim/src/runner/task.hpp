// What a started process is told: a small JSON file that it reads before anything else. Both ends are always the same
// build, so the file has no version.
#pragma once
#include "board.hpp"
#include "commonbook/sim/scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace commonbook::sim::runner {

enum class Role : std::uint8_t {
  agents = 1,     ///< runs its share of the plan
  hold_writer,    ///< a stranger: holds the writer lock for `hold`
  hold_snapshot,  ///< a stranger: holds a read transaction for `hold`
};

struct Task {
  Role role = Role::agents;
  std::filesystem::path folder;      ///< of the run
  DesignChoice design;
  std::vector<AgentSpec> agents;     ///< as far as a workload needs them
  std::size_t processes = 1;
  std::size_t readers = 0;
  std::size_t process = 0;           ///< which of them this is
  std::uint64_t seed = 1;
  std::chrono::milliseconds deadline{10'000};
  std::chrono::milliseconds hold{0};
  bool history = true;
  bool namespaces = false;
  bool file_faults = false;          ///< put the layer of slow and full disks under SQLite
  BoardShape shape;
};

/// The board's descriptor in every started process.
inline constexpr int board_descriptor = 3;

[[nodiscard]] inline std::filesystem::path database_in(const std::filesystem::path& folder) { return folder / "memory.db"; }
[[nodiscard]] inline std::filesystem::path history_in(const std::filesystem::path& folder) { return folder / "history"; }

/// @errors  io.
[[nodiscard]] Result<void> write_task(const Task& task, const std::filesystem::path& file);
/// @errors  io; parse_error.
[[nodiscard]] Result<Task> read_task(const std::filesystem::path& file);

}  // namespace commonbook::sim::runner
