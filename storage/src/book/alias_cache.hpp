// Key -> entity, and how its own row spells it, for keys that this process has seen committed. Filled only after COMMIT,
// so a rollback invalidates nothing; emptied when meta.epoch changes. An alias, once committed, never changes its entity,
// nor the entity's row its spelling.
#pragma once
#include "commonbook/model/key.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace commonbook::storage {

struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(key.value) * 31 + hash(key.space) * 7 + static_cast<std::size_t>(key.scheme);
  }
};

/// What stands for a key.
struct KnownEntity {
  std::int64_t id = 0;
  std::string spelling;  ///< of its row; of an exact key empty, since that may be long and need not be text
};

/// One key of AliasCache::find_all(). Not owned.
struct AliasLookUp {
  const Key* key = nullptr;                   ///< in normal form
  std::optional<KnownEntity>* known = nullptr;  ///< where what was found goes
};

class AliasCache {
 public:
  /// @param entries_max  beyond it the oldest half is let go.
  explicit AliasCache(std::size_t entries_max);
  ~AliasCache();
  /// @param key  in normal form. Thread: any.
  [[nodiscard]] std::optional<KnownEntity> find(const Key& key) const;
  /// find() of many keys. What each of them looks at lies anywhere in memory, so all of it is called for before the
  /// first is looked at. Thread: any.
  void find_all(std::span<const AliasLookUp> look_ups) const;
  void publish(const Key& key, const KnownEntity& entity);
  /// Empties the cache when `epoch` is not the one it was filled under. Thread: any.
  void keep_epoch(std::int64_t epoch);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
