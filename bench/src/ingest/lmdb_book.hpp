// LMDB doing the same job: one write transaction a group commit. Its default syncs each of them, which is the promise of
// `durable`; without that sync a power failure may cost the whole file, so it has no counterpart of `applied`.
#pragma once
#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace commonbook::bench {

/// An engine of run_group_commit().
class LmdbBook {
 public:
  explicit LmdbBook(const std::filesystem::path& folder);
  void begin();
  [[nodiscard]] std::int64_t find(const std::string& alias);
  std::int64_t create(const std::string& spelling, const std::string& alias);
  void put(std::int64_t subject, std::int64_t predicate, std::int64_t object, std::int64_t source);
  void commit();

 private:
  struct Close {
    void operator()(MDB_env* environment) const { mdb_env_close(environment); }
  };
  void put_key(MDB_dbi table);
  std::unique_ptr<MDB_env, Close> environment_;
  MDB_txn* transaction_ = nullptr;
  MDB_dbi entities_ = 0, aliases_ = 0, triples_ = 0, mirror_ = 0;
  std::int64_t next_entity_ = 1;
  std::string key_;
};

}  // namespace commonbook::bench
