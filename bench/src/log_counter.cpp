#include "log_counter.hpp"

#include <sqlite3.h>

#include <atomic>
#include <stdexcept>

namespace commonbook::bench {
namespace {

constexpr const char* layer_name = "commonbook-log-counter";

struct State {
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs layer{};
  std::atomic<const sqlite3_io_methods*> log_methods{nullptr};  // the real layer's, of a log
  sqlite3_io_methods counting{};                                // the same, but for writing; made with the first log
  std::atomic<std::int64_t> bytes{0};
};

State& state() {
  static State counter;
  return counter;
}

int on_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  State& counter = state();
  const int code = counter.log_methods.load()->xWrite(file, bytes, count, at);
  if (code == SQLITE_OK) counter.bytes.fetch_add(count, std::memory_order_relaxed);
  return code;
}

// The file is the real layer's own; only a log's table of methods is another one.
int on_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  State& counter = state();
  const int code = counter.real->xOpen(counter.real, name, file, flags, out_flags);
  if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
  if (counter.log_methods == nullptr) {
    counter.counting = *file->pMethods;
    counter.counting.xWrite = on_write;
    counter.log_methods = file->pMethods;
  }
  file->pMethods = &counter.counting;
  return code;
}

}  // namespace

LogCounter::LogCounter() {
  State& counter = state();
  counter.real = sqlite3_vfs_find(nullptr);
  counter.layer = *counter.real;
  counter.layer.zName = layer_name;
  counter.layer.pNext = nullptr;
  counter.layer.xOpen = on_open;
  counter.bytes = 0;
  constexpr int not_as_default = 0;
  if (sqlite3_vfs_register(&counter.layer, not_as_default) != SQLITE_OK)
    throw std::runtime_error("SQLite takes no file layer that counts");
}

LogCounter::~LogCounter() { sqlite3_vfs_unregister(&state().layer); }

std::string LogCounter::name() const { return layer_name; }
std::int64_t LogCounter::bytes() const noexcept { return state().bytes.load(std::memory_order_relaxed); }

}  // namespace commonbook::bench
