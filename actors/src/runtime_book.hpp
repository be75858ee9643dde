// What Runtime and DeterministicRuntime share about the file behind them: its options, and what is read off it.
#pragma once
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/book.hpp"
#include "metrics_actor.hpp"

namespace commonbook::actors {

/// @errors  invalid_argument: an option is out of range.
[[nodiscard]] Result<storage::BookOptions> book_options(const RuntimeOptions& options);
/// Reads what the file's shared state says; nothing of it blocks.
[[nodiscard]] FileFigures file_figures(const storage::Book& book);

}  // namespace commonbook::actors
