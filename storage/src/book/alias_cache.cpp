#include "book/alias_cache.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace commonbook::storage {
namespace {

constexpr std::size_t shard_count = 4;  // few, so that of one batch many names share one
constexpr std::size_t found_at_once = 16;
constexpr std::size_t slots_min = 64;

// Open addressing over a vector of entries: a name that is known costs two cache lines, and nothing is hashed again.
class Entries {
 public:
  [[nodiscard]] const KnownEntity* find(std::size_t hash, const Key& key) const {
    const std::size_t place = place_of(hash, key);
    return place == absent ? nullptr : &entries_[place].entity;
  }
  void put(std::size_t hash, const Key& key, const KnownEntity& entity) {
    if (const std::size_t place = place_of(hash, key); place != absent) {
      entries_[place].entity = entity;
      return;
    }
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    entries_.push_back({hash, key, entity});
    link(hash, entries_.size());
  }
  // What find() looks at first, then what it looks at next: each calls for the memory of the step after it.
  void call_for_slot(std::size_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[start_of(hash)]);
  }
  void call_for_entry(std::size_t hash) const {
    std::size_t at = start_of(hash);
    if (const std::size_t place = likely_place(hash, at); place != absent) {
      __builtin_prefetch(&entries_[place]);
      __builtin_prefetch(reinterpret_cast<const char*>(&entries_[place] + 1) - 1);
    }
  }
  void call_for_texts(std::size_t hash) const {
    std::size_t at = start_of(hash);
    if (const std::size_t place = likely_place(hash, at); place != absent) {
      __builtin_prefetch(entries_[place].key.value.data());
      __builtin_prefetch(entries_[place].entity.spelling.data());
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  void clear() {
    entries_.clear();
    slots_.clear();
  }

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  struct Entry {
    std::size_t hash = 0;
    Key key;
    KnownEntity entity;
  };
  struct Slot {
    std::uint32_t tag = 0;     // of the hash, so that most other keys are passed over without a look at their entry
    std::uint32_t number = 0;  // 1 + the place; 0: free
  };

  static std::uint32_t tag_of(std::size_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }
  // The low bits alone would follow the shard's choice.
  [[nodiscard]] std::size_t start_of(std::size_t hash) const noexcept { return (hash >> 4) & (slots_.size() - 1); }

  [[nodiscard]] std::size_t place_of(std::size_t hash, const Key& key) const {
    for (std::size_t at = start_of(hash);;) {
      const std::size_t place = likely_place(hash, at);
      if (place == absent || entries_[place].key == key) return place;
    }
  }
  // The next entry whose hash begins like this one. @param at  the slot to begin at, then the one after it.
  [[nodiscard]] std::size_t likely_place(std::size_t hash, std::size_t& at) const {
    while (!slots_.empty()) {
      const Slot& slot = slots_[at];
      if (slot.number == 0) break;
      at = (at + 1) & (slots_.size() - 1);
      if (slot.tag == tag_of(hash)) return slot.number - 1;
    }
    return absent;
  }
  void link(std::size_t hash, std::size_t number) noexcept {
    std::size_t at = start_of(hash);
    while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {tag_of(hash), static_cast<std::uint32_t>(number)};
  }
  void grow() {
    slots_.assign(std::max(slots_min, 2 * slots_.size()), Slot{});
    for (std::size_t place = 0; place < entries_.size(); ++place) link(entries_[place].hash, place + 1);
  }

  std::vector<Entry> entries_;
  std::vector<Slot> slots_;  // a power of two, at most half of them taken
};

// Two generations: when `young` is full it becomes `old`, and what was old is let go. No list of uses is kept.
struct Shard {
  std::mutex mutex;
  Entries young;
  Entries old;

  [[nodiscard]] std::optional<KnownEntity> find(std::size_t hash, const Key& key) const {
    for (const Entries* entries : {&young, &old}) {
      if (const KnownEntity* found = entries->find(hash, key)) return *found;
    }
    return std::nullopt;
  }
};

std::size_t shard_of(std::size_t hash) noexcept { return (hash ^ (hash >> 32)) % shard_count; }

struct HashedLookUp {
  std::size_t hash = 0;
  const AliasLookUp* look_up = nullptr;
};

void find_some(const Shard& shard, std::span<const HashedLookUp> some) {
  for (const Entries* entries : {&shard.young, &shard.old}) {
    for (const HashedLookUp& each : some) entries->call_for_slot(each.hash);
    for (const HashedLookUp& each : some) entries->call_for_entry(each.hash);
    for (const HashedLookUp& each : some) entries->call_for_texts(each.hash);
  }
  for (const HashedLookUp& each : some) *each.look_up->known = shard.find(each.hash, *each.look_up->key);
}

}  // namespace

struct AliasCache::Impl {
  std::size_t young_max = 0;  // of one shard
  std::atomic<std::int64_t> epoch{0};
  std::array<Shard, shard_count> shards;
};

AliasCache::AliasCache(std::size_t entries_max) : impl_(std::make_unique<Impl>()) {
  impl_->young_max = std::max<std::size_t>(1, entries_max / (2 * shard_count));
}

AliasCache::~AliasCache() = default;

std::optional<KnownEntity> AliasCache::find(const Key& key) const {
  const std::size_t hash = KeyHash{}(key);
  Shard& shard = impl_->shards[shard_of(hash)];
  const std::lock_guard guard{shard.mutex};
  return shard.find(hash, key);
}

void AliasCache::find_all(std::span<const AliasLookUp> look_ups) const {
  std::array<std::vector<HashedLookUp>, shard_count> by_shard;
  for (auto& part : by_shard) part.reserve(look_ups.size() / 2);
  for (const AliasLookUp& look_up : look_ups) {
    const std::size_t hash = KeyHash{}(*look_up.key);
    by_shard[shard_of(hash)].push_back({hash, &look_up});
  }
  for (std::size_t number = 0; number < shard_count; ++number) {
    Shard& shard = impl_->shards[number];
    for (std::span<const HashedLookUp> left = by_shard[number]; !left.empty();) {
      const auto some = left.first(std::min(found_at_once, left.size()));
      const std::lock_guard guard{shard.mutex};
      find_some(shard, some);
      left = left.subspan(some.size());
    }
  }
}

void AliasCache::publish(const Key& key, const KnownEntity& entity) {
  const std::size_t hash = KeyHash{}(key);
  Shard& shard = impl_->shards[shard_of(hash)];
  const std::lock_guard guard{shard.mutex};
  if (shard.young.size() >= impl_->young_max && shard.young.find(hash, key) == nullptr)
    shard.old = std::exchange(shard.young, Entries{});
  shard.young.put(hash, key, entity);
}

void AliasCache::keep_epoch(std::int64_t epoch) {
  if (impl_->epoch.exchange(epoch) == epoch) return;
  for (Shard& shard : impl_->shards) {
    const std::lock_guard guard{shard.mutex};
    shard.young.clear();
    shard.old.clear();
  }
}

}  // namespace commonbook::storage
