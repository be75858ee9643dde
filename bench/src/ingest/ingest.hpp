// One measurement of the ingest benchmark: one design stores one workload in this process.
#pragma once
#include "../workload.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::bench {

struct IngestOptions {
  std::string design;                   ///< one of ingest_designs()
  std::size_t triples = 200'000;
  std::size_t document_words = 0;       ///< runtime only
  AckClass ack_class = AckClass::applied;
  std::size_t storage_actors = 2;       ///< runtime only; the default of a runtime
  std::size_t window_triples = 64;
  std::size_t batch_triples = 512;
  bool verify = true;                   ///< runtime only: after the run
  std::filesystem::path folder;         ///< exists; what is written there is removed again
};

/// The designs that this build can measure.
[[nodiscard]] std::vector<std::string> ingest_designs();

/// Runs one design. @returns an object: `triples_per_second` at least; with latencies in milliseconds and bytes in
/// bytes a triple where the design has them.
/// @throws std::runtime_error where something fails: then there is no figure.
[[nodiscard]] nlohmann::json measure_ingest(const IngestOptions& options);

// The designs, a source file each.
[[nodiscard]] nlohmann::json measure_runtime_ingest(const IngestOptions& options, const Workload& workload);
[[nodiscard]] nlohmann::json measure_article_ingest(const IngestOptions& options, const Workload& workload);
[[nodiscard]] nlohmann::json measure_one_transaction(const IngestOptions& options, const Workload& workload,
                                                     bool article_schema);
[[nodiscard]] nlohmann::json measure_memory(const Workload& workload);
[[nodiscard]] nlohmann::json measure_append(const IngestOptions& options, const Workload& workload);

}  // namespace commonbook::bench
