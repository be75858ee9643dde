// Key -> entity id for keys that this process has seen committed. Filled only after COMMIT, so a rollback
// invalidates nothing; emptied when meta.epoch changes. An alias, once committed, never changes its entity.
#pragma once
#include "commonbook/model/key.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace commonbook::storage {

class AliasCache {
 public:
  /// @param entries_max  beyond it the oldest half is let go.
  explicit AliasCache(std::size_t entries_max);
  ~AliasCache();
  /// @param key  in normal form. Thread: any.
  [[nodiscard]] std::optional<std::int64_t> find(const Key& key) const;
  void publish(const Key& key, std::int64_t entity);
  /// Empties the cache when `epoch` is not the one it was filled under. Thread: any.
  void keep_epoch(std::int64_t epoch);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
