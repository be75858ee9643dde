// Fills a book for benchmarks of what comes after.
#pragma once
#include "workload.hpp"

#include <filesystem>

namespace commonbook::bench {

/// Writes the workload into a new file, 512 triples a commit, compacted and checkpointed as it grows.
/// @throws std::runtime_error where something fails. Thread: blocks.
void build_book(const std::filesystem::path& file, const Workload& workload);

}  // namespace commonbook::bench
