// A process in PID, mount and user namespaces of its own, as in a container: its process number is 1, and the run's
// folder is mounted at a path that only it sees.
#pragma once
#include "board.hpp"

#include <filesystem>
#include <optional>

namespace commonbook::sim::runner {

/// What came of enter_namespaces().
struct Entered {
  std::optional<int> exit_status;   ///< set in the process outside, which waited for the one inside and must end now
  std::filesystem::path folder;     ///< where the run's folder is seen from here
};

/// Goes into new namespaces; whoever goes on there is a new process, whose number outside stands on the board. Where
/// that is not permitted the reason is put on the board, and this process goes on as it is.
/// @thread  the only one of its process; before SQLite is used.
[[nodiscard]] Entered enter_namespaces(const std::filesystem::path& folder, std::size_t number, ProcessPart& process);

/// The kernel kills this process when the one that started it ends, and writes no core file.
void end_with_starter() noexcept;

}  // namespace commonbook::sim::runner
