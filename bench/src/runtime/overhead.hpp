// What the actors cost when nothing is stored: agents, intake and storage actor with a store that answers at once, beside
// CAF's own ask-answer loop between as many actors.
#pragma once
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>

namespace commonbook::bench {

struct OverheadOptions {
  std::string what;                      ///< "actors" or "bare-caf"
  std::size_t observations = 300'000;    ///< of one triple, built before the clock starts
  std::size_t agents = 8;
  std::size_t outstanding = 64;          ///< of each agent
  std::size_t message_max = 1;           ///< observations of a message
};

/// @returns  observations_per_second. @throws std::runtime_error where something fails.
[[nodiscard]] nlohmann::json measure_overhead(const OverheadOptions& options);

}  // namespace commonbook::bench
