#include "memory_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace commonbook::sim {

namespace {

constexpr std::string_view log_suffix = "-wal";

/// What the connections of one database share.
struct SharedLog {
  std::vector<std::byte> bytes;  // of the log; keeps its room for the next run
  std::size_t size = 0;
  std::vector<std::vector<std::max_align_t>> regions;  // of the wal-index
  std::array<std::uint32_t, SQLITE_SHM_NLOCK> readers{};
  std::array<const sqlite3_file*, SQLITE_SHM_NLOCK> writer{};  // who holds it alone
  std::size_t mapped = 0;        // connections
};

/// Stands behind the real layer's file; the database's methods are the real ones but for those of the wal-index.
struct Mapping {
  SharedLog* shared = nullptr;   // the layer's
  std::uint32_t reads = 0;       // bit n: holds lock n with others
  bool mapped = false;
};

/// The whole of what SQLite allocates for a log.
struct LogFile {
  sqlite3_file base;
  SharedLog* shared;
};

}  // namespace

struct MemoryLog::Impl {
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs layer{};
  std::string name;
  std::mutex mutex;  // guards what follows
  std::map<std::string, std::unique_ptr<SharedLog>, std::less<>> logs;  // by the database's path
  std::map<const sqlite3_io_methods*, std::unique_ptr<sqlite3_io_methods>> methods;  // real ones, and ours after them

  SharedLog& log_of(std::string_view database);
  SharedLog* find_log(const char* path);
  const sqlite3_io_methods* with_memory_index(const sqlite3_io_methods* of_real);
};

namespace {

MemoryLog::Impl& impl_of(sqlite3_vfs* vfs) { return *static_cast<MemoryLog::Impl*>(vfs->pAppData); }
LogFile& log_file(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

std::size_t real_bytes(const sqlite3_vfs* real) {
  const auto size = static_cast<std::size_t>(real->szOsFile);
  return (size + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
}

// The methods get no layer with the file, so its size is found again through SQLite's own list: it never changes.
Mapping& mapping(sqlite3_file* file) {
  static const std::size_t offset = real_bytes(sqlite3_vfs_find(nullptr));
  return *reinterpret_cast<Mapping*>(reinterpret_cast<std::byte*>(file) + offset);
}

int log_close(sqlite3_file*) { return SQLITE_OK; }
int log_read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
  const SharedLog& log = *log_file(file).shared;
  const auto from = std::min(static_cast<std::size_t>(at), log.size);
  const auto wanted = static_cast<std::size_t>(count);
  const auto there = std::min(wanted, log.size - from);
  std::memcpy(bytes, log.bytes.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<std::byte*>(bytes) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}
int log_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  SharedLog& log = *log_file(file).shared;
  const auto end = static_cast<std::size_t>(at) + static_cast<std::size_t>(count);
  if (end > log.bytes.size()) log.bytes.resize(std::max(end, 2 * log.bytes.size()));
  std::memcpy(log.bytes.data() + at, bytes, static_cast<std::size_t>(count));
  log.size = std::max(log.size, end);
  return SQLITE_OK;
}
int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
  SharedLog& log = *log_file(file).shared;
  log.size = std::min(log.size, static_cast<std::size_t>(size));
  return SQLITE_OK;
}
int log_sync(sqlite3_file*, int) { return SQLITE_OK; }
int log_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(log_file(file).shared->size);
  return SQLITE_OK;
}
int log_lock(sqlite3_file*, int) { return SQLITE_OK; }
int log_reserved(sqlite3_file*, int* out) {
  *out = 0;
  return SQLITE_OK;
}
int log_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int log_sector_size(sqlite3_file*) { return 4096; }
int log_characteristics(sqlite3_file*) { return 0; }

constexpr sqlite3_io_methods log_methods{1,           log_close,       log_read,
                                         log_write,   log_truncate,    log_sync,
                                         log_size,    log_lock,        log_lock,
                                         log_reserved, log_control,    log_sector_size,
                                         log_characteristics, nullptr, nullptr,
                                         nullptr,     nullptr,         nullptr,
                                         nullptr};

int index_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
  Mapping& mine = mapping(file);
  SharedLog& shared = *mine.shared;
  if (!std::exchange(mine.mapped, true)) ++shared.mapped;
  const auto wanted = static_cast<std::size_t>(region);
  *out = nullptr;
  if (wanted >= shared.regions.size() && extend == 0) return SQLITE_OK;
  while (shared.regions.size() <= wanted)
    shared.regions.emplace_back(static_cast<std::size_t>(bytes) / sizeof(std::max_align_t));  // zeros
  *out = shared.regions[wanted].data();
  return SQLITE_OK;
}

bool others_read(const SharedLog& shared, const Mapping& mine, std::size_t lock) {
  return shared.readers[lock] > ((mine.reads >> lock) & 1U);
}

int index_lock(sqlite3_file* file, int offset, int count, int flags) {
  Mapping& mine = mapping(file);
  SharedLog& shared = *mine.shared;
  const auto first = static_cast<std::size_t>(offset);
  const auto end = first + static_cast<std::size_t>(count);
  const bool alone = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    for (std::size_t lock = first; lock < end; ++lock) {
      const bool taken = shared.writer[lock] != nullptr && shared.writer[lock] != file;
      if (taken || (alone && others_read(shared, mine, lock))) return SQLITE_BUSY;
    }
  }
  for (std::size_t lock = first; lock < end; ++lock) {
    const std::uint32_t bit = 1U << lock;
    if ((flags & SQLITE_SHM_LOCK) != 0 && alone) {
      shared.writer[lock] = file;
    } else if ((flags & SQLITE_SHM_LOCK) != 0) {
      if ((mine.reads & bit) == 0) ++shared.readers[lock];
      mine.reads |= bit;
    } else {
      if (shared.writer[lock] == file) shared.writer[lock] = nullptr;
      if ((mine.reads & bit) != 0) --shared.readers[lock];
      mine.reads &= ~bit;
    }
  }
  return SQLITE_OK;
}

void index_barrier(sqlite3_file*) {}

int index_unmap(sqlite3_file* file, int) {
  Mapping& mine = mapping(file);
  SharedLog& shared = *mine.shared;
  index_lock(file, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
  // Whoever comes next builds the index anew from the log.
  if (std::exchange(mine.mapped, false) && --shared.mapped == 0) shared.regions.clear();
  return SQLITE_OK;
}

int on_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  MemoryLog::Impl& impl = impl_of(vfs);
  if ((flags & SQLITE_OPEN_WAL) != 0) {
    SharedLog* log = impl.find_log(name);
    if (log == nullptr) return SQLITE_CANTOPEN;
    new (file) LogFile{{&log_methods}, log};
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }
  const int code = impl.real->xOpen(impl.real, name, file, flags, out_flags);
  if (file->pMethods == nullptr || (flags & SQLITE_OPEN_MAIN_DB) == 0 || name == nullptr) return code;
  new (&mapping(file)) Mapping{&impl.log_of(name), 0, false};
  file->pMethods = impl.with_memory_index(file->pMethods);
  return code;
}

int on_delete(sqlite3_vfs* vfs, const char* name, int sync) {
  MemoryLog::Impl& impl = impl_of(vfs);
  SharedLog* log = impl.find_log(name);
  if (log == nullptr) return impl.real->xDelete(impl.real, name, sync);
  log->size = 0;
  return SQLITE_OK;
}

int on_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  MemoryLog::Impl& impl = impl_of(vfs);
  const SharedLog* log = impl.find_log(name);
  if (log == nullptr) return impl.real->xAccess(impl.real, name, flags, out);
  *out = log->size > 0 ? 1 : 0;
  return SQLITE_OK;
}

}  // namespace

SharedLog& MemoryLog::Impl::log_of(std::string_view database) {
  const std::lock_guard guard{mutex};
  const auto found = logs.find(database);
  if (found != logs.end()) return *found->second;
  return *logs.emplace(std::string{database}, std::make_unique<SharedLog>()).first->second;
}

SharedLog* MemoryLog::Impl::find_log(const char* path) {
  const std::string_view text{path};
  if (!text.ends_with(log_suffix)) return nullptr;
  const std::lock_guard guard{mutex};
  const auto found = logs.find(text.substr(0, text.size() - log_suffix.size()));
  return found == logs.end() ? nullptr : found->second.get();
}

const sqlite3_io_methods* MemoryLog::Impl::with_memory_index(const sqlite3_io_methods* of_real) {
  const std::lock_guard guard{mutex};
  auto& made = methods[of_real];
  if (made == nullptr) {
    made = std::make_unique<sqlite3_io_methods>(*of_real);
    made->xShmMap = index_map;
    made->xShmLock = index_lock;
    made->xShmBarrier = index_barrier;
    made->xShmUnmap = index_unmap;
  }
  return made.get();
}

MemoryLog::MemoryLog() : impl_(std::make_unique<Impl>()) {
  const std::string name =
      "commonbook-memory-log-" + std::to_string(reinterpret_cast<std::uintptr_t>(impl_.get()));
  impl_->name = name;
  impl_->layer = *impl_->real;
  impl_->layer.szOsFile =
      static_cast<int>(std::max(real_bytes(impl_->real) + sizeof(Mapping), sizeof(LogFile)));
  impl_->layer.zName = impl_->name.c_str();
  impl_->layer.pAppData = impl_.get();
  impl_->layer.pNext = nullptr;
  impl_->layer.xOpen = on_open;
  impl_->layer.xDelete = on_delete;
  impl_->layer.xAccess = on_access;
  constexpr int not_as_default = 0;
  if (sqlite3_vfs_register(&impl_->layer, not_as_default) != SQLITE_OK) impl_->name.clear();
}

MemoryLog::~MemoryLog() { sqlite3_vfs_unregister(&impl_->layer); }

const std::string& MemoryLog::name() const noexcept { return impl_->name; }

}  // namespace commonbook::sim
