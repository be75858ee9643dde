// Random numbers that are the same on every machine: for schedules, simulated agents and faults. Not for secrets.
#pragma once
#include <cstdint>

namespace commonbook::actors {

/// A generator whose whole state is one number, so that a checkpoint can keep it. Thread: one.
/// @source  Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (splitmix64).
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31U);
  }
  /// @param limit  1 or more. @returns 0 .. limit - 1; by remainder, which every implementation computes alike.
  std::uint64_t below(std::uint64_t limit) noexcept { return next() % limit; }
  /// True with the given odds, 0 to 1.
  bool chance(double probability) noexcept {
    return static_cast<double>(next() >> 11U) * 0x1p-53 < probability;
  }
  [[nodiscard]] std::uint64_t state() const noexcept { return state_; }

 private:
  std::uint64_t state_;
};

/// A seed for one part of a run, so that parts draw independently of each other.
[[nodiscard]] inline std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t part) noexcept {
  SeededRandom random{seed};
  SeededRandom mixed{random.next() ^ (part * 0xD1342543DE82EF95ULL)};
  return mixed.next();
}

}  // namespace commonbook::actors
