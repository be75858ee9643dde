// RocksDB doing the same job with the same promise for each acknowledgement: one WriteBatch a group commit; column
// families for entities, aliases and the two orders of triples.
#pragma once
#include <rocksdb/db.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace commonbook::bench {

/// An engine of run_group_commit().
class RocksdbBook {
 public:
  /// @param durable  the log is synced before a commit returns; else it survives a killed process, as `applied` does.
  RocksdbBook(const std::filesystem::path& folder, bool durable);
  ~RocksdbBook();
  RocksdbBook(const RocksdbBook&) = delete;
  RocksdbBook& operator=(const RocksdbBook&) = delete;

  void begin();
  [[nodiscard]] std::int64_t find(const std::string& alias);
  std::int64_t create(const std::string& spelling, const std::string& alias);
  void put(std::int64_t subject, std::int64_t predicate, std::int64_t object, std::int64_t source);
  void commit();
  /// Flushes the memtables and waits until nothing is left to compact.
  void finish();

 private:
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  rocksdb::WriteOptions write_options_;
  rocksdb::WriteBatch batch_;
  std::unordered_map<std::string, std::int64_t> fresh_;  // aliases of the open batch
  std::int64_t next_entity_ = 1;
  std::string key_;
};

}  // namespace commonbook::bench
