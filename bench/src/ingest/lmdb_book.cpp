#include "lmdb_book.hpp"

#include "sort_key.hpp"

#include <cstring>
#include <stdexcept>

namespace commonbook::bench {
namespace {

constexpr std::size_t map_bytes = 16ull << 30;

void require(int code) {
  if (code != 0) throw std::runtime_error(std::string{"LMDB: "} + mdb_strerror(code));
}

MDB_val value_of(const std::string& text) { return {text.size(), const_cast<char*>(text.data())}; }

}  // namespace

LmdbBook::LmdbBook(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  MDB_env* made = nullptr;
  require(mdb_env_create(&made));
  environment_.reset(made);
  require(mdb_env_set_maxdbs(made, 8));
  require(mdb_env_set_mapsize(made, map_bytes));
  require(mdb_env_open(made, folder.c_str(), 0, 0600));
  begin();
  require(mdb_dbi_open(transaction_, "entities", MDB_CREATE | MDB_INTEGERKEY, &entities_));
  require(mdb_dbi_open(transaction_, "aliases", MDB_CREATE, &aliases_));
  require(mdb_dbi_open(transaction_, "triples", MDB_CREATE, &triples_));
  require(mdb_dbi_open(transaction_, "mirror", MDB_CREATE, &mirror_));
  commit();
}

void LmdbBook::begin() { require(mdb_txn_begin(environment_.get(), nullptr, 0, &transaction_)); }

void LmdbBook::commit() { require(mdb_txn_commit(transaction_)); }

std::int64_t LmdbBook::find(const std::string& alias) {
  MDB_val key = value_of(alias);
  MDB_val found{};
  const int code = mdb_get(transaction_, aliases_, &key, &found);
  if (code == MDB_NOTFOUND) return -1;
  require(code);
  std::int64_t id = 0;
  std::memcpy(&id, found.mv_data, sizeof id);
  return id;
}

std::int64_t LmdbBook::create(const std::string& spelling, const std::string& alias) {
  std::int64_t id = next_entity_++;
  MDB_val number{sizeof id, &id};
  MDB_val text = value_of(spelling);
  require(mdb_put(transaction_, entities_, &number, &text, MDB_APPEND));
  MDB_val key = value_of(alias);
  MDB_val value{sizeof id, &id};
  require(mdb_put(transaction_, aliases_, &key, &value, MDB_NOOVERWRITE));
  return id;
}

void LmdbBook::put_key(MDB_dbi table) {
  MDB_val key = value_of(key_);
  MDB_val nothing{};
  const int code = mdb_put(transaction_, table, &key, &nothing, MDB_NOOVERWRITE);
  if (code != MDB_KEYEXIST) require(code);
}

void LmdbBook::put(std::int64_t subject, std::int64_t predicate, std::int64_t object, std::int64_t source) {
  key_.clear();
  append_sort_key(key_, subject);
  append_sort_key(key_, static_cast<std::int16_t>(predicate));
  append_sort_key(key_, object);
  append_sort_key(key_, source);
  put_key(triples_);
  key_.clear();
  append_sort_key(key_, object);
  append_sort_key(key_, static_cast<std::int16_t>(predicate));
  append_sort_key(key_, subject);
  put_key(mirror_);
}

}  // namespace commonbook::bench
