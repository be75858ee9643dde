// Fills a book for benchmarks of what comes after.
#pragma once
#include "workload.hpp"

#include <filesystem>
#include <functional>

namespace commonbook::bench {

/// Writes the workload into a new file, 512 triples a commit, compacted and checkpointed as it grows.
/// @throws std::runtime_error where something fails. Thread: blocks.
void build_book(const std::filesystem::path& file, const Workload& workload);
/// The same, and behind it as much as the tail takes before writers have to wait, neither compacted nor checkpointed.
/// @param before_close  called while the book is open still: whoever is killed there leaves it so.
void build_book_with_full_tail(const std::filesystem::path& file, const Workload& workload,
                               const std::function<void()>& before_close);

}  // namespace commonbook::bench
