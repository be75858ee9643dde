// What decides how evidence ranks, remembered for very many observations: a common entity has thousands of rows, of which a
// question shows few, and all must be weighed for it.
#pragma once
#include "commonbook/model/observation.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

namespace commonbook::storage {

/// Of one observation. Where two weigh the same, their documents and agents decide: see Evidence.
struct EvidenceWeight {
  std::int64_t revision = 0;
  Timestamp valid_from;
  std::uint8_t specificity = 0;
  bool retracted = false;
  Trust trust = Trust::untrusted;
  /// What it is ranked by, in place: the beginning of Evidence::ranking().
  [[nodiscard]] auto ranking() const { return std::tie(revision, valid_from.unix_ms, specificity); }
};

/// One place for each number by its last bits, so that a run of observations finds room without a list of uses. An entry
/// holds for snapshots of its epoch, within which no observation changes. Thread: any.
class WeightCache {
 public:
  [[nodiscard]] std::optional<EvidenceWeight> find(std::int64_t epoch, std::int64_t observation) {
    Shard& shard = shard_of(observation);
    const std::lock_guard guard{shard.mutex};
    if (shard.places.empty()) return std::nullopt;
    const Place& place = shard.places[place_of(observation)];
    if (place.observation != observation || place.epoch != epoch) return std::nullopt;
    return place.weight;
  }

  void publish(std::int64_t epoch, std::int64_t observation, const EvidenceWeight& weight) {
    Shard& shard = shard_of(observation);
    const std::lock_guard guard{shard.mutex};
    if (shard.places.empty()) shard.places.resize(places_of_shard);
    shard.places[place_of(observation)] = {observation, epoch, weight};
  }

 private:
  static constexpr std::size_t shard_count = 16;
  static constexpr std::size_t places_of_shard = 8'192;  // 6 MiB in all, taken as they are first needed
  struct Place {
    std::int64_t observation = 0;  // 0: none
    std::int64_t epoch = 0;
    EvidenceWeight weight;
  };
  struct Shard {
    std::mutex mutex;
    std::vector<Place> places;
  };

  Shard& shard_of(std::int64_t observation) { return shards_[static_cast<std::size_t>(observation) % shard_count]; }
  static std::size_t place_of(std::int64_t observation) {
    return static_cast<std::size_t>(observation) / shard_count % places_of_shard;
  }

  std::array<Shard, shard_count> shards_;
};

}  // namespace commonbook::storage
