// How long a runtime takes to start, to open a large book and to stop, and what an agent costs that does nothing.
#pragma once
#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>

namespace commonbook::bench {

struct LifeOptions {
  std::size_t triples = 100'000;  ///< of the book that is opened
  std::size_t agents = 10'000;    ///< that idle
  bool killed = false;            ///< the book was left by kill -9 with a full tail, else closed
  std::filesystem::path folder;   ///< exists; what is written there is removed again
};

/// @returns  bytes an agent: of its session; with an actor of its own that holds it; after one observation stored.
/// @throws std::runtime_error where something fails; so the next ones.
[[nodiscard]] nlohmann::json measure_idle_agents(const LifeOptions& options);

/// @returns  start_ms and stop_ms of a runtime on a small book, medians, and the longest of each.
[[nodiscard]] nlohmann::json measure_start_and_stop(const LifeOptions& options);

/// A book of another process is opened, its pages no longer in the system's cache.
/// @returns  open_ms: until the runtime has started; first_answer_ms: until a lookup is answered, from the same point;
/// file_bytes_all and log_bytes_all as they were found.
[[nodiscard]] nlohmann::json measure_open(const LifeOptions& options);

/// The process that makes the book of measure_open(): says when it is ready, then closes it.
[[nodiscard]] nlohmann::json make_book_to_open(const LifeOptions& options);

}  // namespace commonbook::bench
