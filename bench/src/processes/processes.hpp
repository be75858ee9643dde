// Several processes write into one file at once: how long each waits, and whether each gets its turn.
//
// runtime    each process is a whole runtime with one agent that sends an observation, awaits its receipt, and goes on
// stock      the same observations as plain transactions on tables of the same design, with SQLite's own busy handler
//            and automatic checkpoints
// turnstile  the same plain transactions, each behind the product's turnstile: what it alone changes
#pragma once
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace commonbook::bench {

struct ProcessesOptions {
  std::string design;             ///< runtime, stock or turnstile
  std::size_t processes = 16;
  double seconds = 5;
  double think_milliseconds = 0;  ///< pause after each acknowledgement; 0: saturated
  std::filesystem::path folder;   ///< exists; what is written there is removed again
};

/// @returns  transactions_per_second, triples_per_second; p50_ms, p99_ms, max_ms of the waits from handing an observation
/// over to its acknowledgement; fairness: the fewest transactions of a process over the most.
/// @throws std::runtime_error where something fails: then there is no figure. Thread: blocks.
[[nodiscard]] nlohmann::json measure_processes(const ProcessesOptions& options);

/// One of the processes; `folder` holds the file.
/// @returns  waits_us: one a transaction, in order; triples; failed.
[[nodiscard]] nlohmann::json run_process(const ProcessesOptions& options, std::uint64_t number);

}  // namespace commonbook::bench
