// One thread of a worker that does all but observe: it compacts, checkpoints, looks for similar names, finds or creates,
// stores what is to be forgotten, forgets it, and makes what was applied durable.
#pragma once
#include "crash_board.hpp"

#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>

namespace commonbook::sim::crash {

/// Runs until the board says stop, or the keeper's log is full. On a book of its own, as another program would have.
/// @errors  whatever a call answers but a refusal.
/// @thread  one; blocks.
[[nodiscard]] Result<void> run_care_loop(CrashBoard& board, std::uint32_t process,
                                         const std::filesystem::path& database);

/// Puts a receipt on the board and counts it. Thread: the call's.
void note_receipt(ProcessPart& part, LoggedCall& call, const Receipt& receipt) noexcept;
/// Puts a failure on the board. @returns  true: a refusal without effect, such as happens.
bool note_error(ProcessPart& part, LoggedCall& call, const Error& error) noexcept;

}  // namespace commonbook::sim::crash
