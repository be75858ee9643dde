#include "book/alias_cache.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>

namespace commonbook::storage {
namespace {

constexpr std::size_t shard_count = 16;

using Entries = std::unordered_map<Key, KnownEntity, KeyHash>;

// Two generations: when `young` is full it becomes `old`, and what was old is let go. No list of uses is kept.
struct Shard {
  std::mutex mutex;
  Entries young;
  Entries old;
};

}  // namespace

struct AliasCache::Impl {
  std::size_t young_max = 0;  // of one shard
  std::atomic<std::int64_t> epoch{0};
  std::array<Shard, shard_count> shards;

  Shard& shard_of(const Key& key) {
    const std::size_t hash = KeyHash{}(key);
    return shards[(hash ^ (hash >> 32)) % shard_count];
  }
};

AliasCache::AliasCache(std::size_t entries_max) : impl_(std::make_unique<Impl>()) {
  impl_->young_max = std::max<std::size_t>(1, entries_max / (2 * shard_count));
}

AliasCache::~AliasCache() = default;

std::optional<KnownEntity> AliasCache::find(const Key& key) const {
  Shard& shard = impl_->shard_of(key);
  const std::lock_guard guard{shard.mutex};
  for (const Entries* entries : {&shard.young, &shard.old}) {
    if (const auto found = entries->find(key); found != entries->end()) return found->second;
  }
  return std::nullopt;
}

void AliasCache::publish(const Key& key, const KnownEntity& entity) {
  Shard& shard = impl_->shard_of(key);
  const std::lock_guard guard{shard.mutex};
  if (shard.young.size() >= impl_->young_max && !shard.young.contains(key)) {
    shard.old = std::move(shard.young);
    shard.young.clear();
  }
  shard.young.insert_or_assign(key, entity);
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
