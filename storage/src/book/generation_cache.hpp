// What the threads of a process remember of rows that do not change, in bounded memory, found by a number. Two
// generations: when the young one is full it becomes the old one, and what was old is let go. No list of uses is kept.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace commonbook::storage {

/// @tparam Value  cheap to copy, such as a shared pointer; made without arguments it stands for nothing. Thread: any.
template <class Value>
class GenerationCache {
 public:
  /// @param entries_max  beyond it the older half is let go.
  explicit GenerationCache(std::size_t entries_max) : young_max_(entries_max / (2 * shard_count) + 1) {}

  /// Value{} where nothing is known.
  [[nodiscard]] Value find(std::int64_t id) { return find(id, true); }

  /// The same, but what is found does not stay longer for it.
  [[nodiscard]] Value peek(std::int64_t id) { return find(id, false); }

  void publish(std::int64_t id, Value value) {
    Shard& shard = shard_of(id);
    const std::lock_guard guard{shard.mutex};
    put(shard, id, std::move(value));
    is_used_.store(true, std::memory_order_relaxed);
  }

  /// Lets `change(value)` change what is known by this number; where that gives false, it is let go.
  template <class Change>
  void update(std::int64_t id, Change change) {
    if (!is_used_.load(std::memory_order_relaxed)) return;
    Shard& shard = shard_of(id);
    const std::lock_guard guard{shard.mutex};
    for (Entries* const entries : {&shard.young, &shard.old})
      if (const auto found = entries->find(id); found != entries->end() && !change(found->second)) entries->erase(found);
  }

 private:
  static constexpr std::size_t shard_count = 16;
  using Entries = std::unordered_map<std::int64_t, Value>;
  struct Shard {
    std::mutex mutex;
    Entries young;
    Entries old;
  };

  Value find(std::int64_t id, bool stays) {
    Shard& shard = shard_of(id);
    const std::lock_guard guard{shard.mutex};
    if (const auto young = shard.young.find(id); young != shard.young.end()) return young->second;
    const auto old = shard.old.find(id);
    if (old == shard.old.end()) return Value{};
    Value found = old->second;
    if (stays) put(shard, id, found);
    return found;
  }

  void put(Shard& shard, std::int64_t id, Value value) {
    shard.old.erase(id);  // one of them would miss changes
    if (shard.young.size() >= young_max_ && !shard.young.contains(id)) {
      shard.old = std::move(shard.young);
      shard.young.clear();
    }
    shard.young.insert_or_assign(id, std::move(value));
  }

  Shard& shard_of(std::int64_t id) { return shards_[static_cast<std::size_t>(id) % shard_count]; }

  const std::size_t young_max_;
  std::array<Shard, shard_count> shards_;
  std::atomic<bool> is_used_{false};  // who changes need not look before anything is known
};

}  // namespace commonbook::storage
