// How many bytes of log a triple costs until it stands in the sorted part: what its commit wrote, and what compaction
// did.
#pragma once
#include "ingest.hpp"

namespace commonbook::bench {

/// Stores the workload on one thread: a commit of options.batch_triples, then a step of the compactor, which begins a
/// pass when its own rule says so, then a checkpoint where one is due; at the end what is left of the tail is
/// compacted.
/// @returns  `log_bytes`, and whose they were: bytes a triple; `compaction_passes` and the like are counts.
/// @throws std::runtime_error where something fails.
[[nodiscard]] nlohmann::json measure_compacted_log(const IngestOptions& options);

}  // namespace commonbook::bench
