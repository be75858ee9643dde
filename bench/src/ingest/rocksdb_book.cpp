#include "rocksdb_book.hpp"

#include "sort_key.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace commonbook::bench {
namespace {

enum Family : std::size_t { entities = 1, aliases, triples, mirror };

void require(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("RocksDB: " + status.ToString());
}

rocksdb::ColumnFamilyOptions family_options(bool point_lookups) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(128 << 20);
  table.format_version = 5;
  if (point_lookups) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = point_lookups ? 16 << 20 : 64 << 20;
  options.max_write_buffer_number = 3;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

RocksdbBook::RocksdbBook(const std::filesystem::path& folder, bool durable) {
  std::filesystem::remove_all(folder);
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1 << 20;
  options.wal_bytes_per_sync = durable ? 0 : 1 << 20;
  options.enable_pipelined_write = true;
  options.max_total_wal_size = 256 << 20;
  const std::vector<rocksdb::ColumnFamilyDescriptor> families{{"default", family_options(false)},
                                                              {"entities", family_options(true)},
                                                              {"aliases", family_options(true)},
                                                              {"triples", family_options(false)},
                                                              {"mirror", family_options(false)}};
  rocksdb::DB* opened = nullptr;
  require(rocksdb::DB::Open(options, folder.string(), families, &families_, &opened));
  database_.reset(opened);
  write_options_.sync = durable;
}

RocksdbBook::~RocksdbBook() {
  for (rocksdb::ColumnFamilyHandle* family : families_) database_->DestroyColumnFamilyHandle(family);
}

void RocksdbBook::begin() {
  batch_.Clear();
  fresh_.clear();
}

std::int64_t RocksdbBook::find(const std::string& alias) {
  if (const auto own = fresh_.find(alias); own != fresh_.end()) return own->second;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = database_->Get({}, families_[aliases], alias, &value);
  if (status.IsNotFound()) return -1;
  require(status);
  return read_sort_key({value.data(), value.size()});
}

std::int64_t RocksdbBook::create(const std::string& spelling, const std::string& alias) {
  const std::int64_t id = next_entity_++;
  key_.clear();
  append_sort_key(key_, id);
  require(batch_.Put(families_[entities], key_, spelling));
  require(batch_.Put(families_[aliases], alias, key_));
  fresh_[alias] = id;
  return id;
}

void RocksdbBook::put(std::int64_t subject, std::int64_t predicate, std::int64_t object, std::int64_t source) {
  key_.clear();
  append_sort_key(key_, subject);
  append_sort_key(key_, static_cast<std::int16_t>(predicate));
  append_sort_key(key_, object);
  append_sort_key(key_, source);
  require(batch_.Put(families_[triples], key_, rocksdb::Slice{}));
  key_.clear();
  append_sort_key(key_, object);
  append_sort_key(key_, static_cast<std::int16_t>(predicate));
  append_sort_key(key_, subject);
  require(batch_.Put(families_[mirror], key_, rocksdb::Slice{}));
}

void RocksdbBook::commit() { require(database_->Write(write_options_, &batch_)); }

void RocksdbBook::finish() {
  require(database_->Flush({}, families_));
  for (;;) {
    std::uint64_t busy = 0;
    for (rocksdb::ColumnFamilyHandle* family : families_)
      for (const char* property : {"rocksdb.compaction-pending", "rocksdb.num-running-compactions",
                                   "rocksdb.num-running-flushes", "rocksdb.mem-table-flush-pending"}) {
        std::uint64_t value = 0;
        database_->GetIntProperty(family, property, &value);
        busy += value;
      }
    if (busy == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

}  // namespace commonbook::bench
