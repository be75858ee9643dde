// A generator of histories that are right by construction: every operation takes effect at one moment of one timeline,
// and is then widened to an interval round it.
#pragma once
#include "commonbook/sim/history.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace commonbook::testing {

/// splitmix64: whole numbers, the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}
  std::uint64_t next() noexcept;
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }
  bool chance(unsigned percent) noexcept { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

struct GoodHistoryOptions {
  std::size_t operations = 1500;
  std::size_t processes = 4;
  std::size_t threads_of_process = 2;
  std::size_t keys = 40;
};

struct JudgedHistory {
  std::vector<sim::HistoryRecord> records;
  sim::FinalState state;
};

/// Four processes find or create, look up, store and read. Some operations fail without effect, some are killed open,
/// some end unknown, these with effect or without; a killed process comes back under another number.
[[nodiscard]] JudgedHistory good_history(std::uint64_t seed, const GoodHistoryOptions& options = {});

}  // namespace commonbook::testing
