#include "recording_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>

namespace commonbook::sim::crash {

struct RecordingVfs::Impl {
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs layer{};
  std::string name;
  DiskLog* log = nullptr;
  bool registered = false;
};

namespace {

// What SQLite allocates for a file: our head, and behind it the real layer's file. The methods stand in the head, since
// their version is the real file's.
struct RecordedFile {
  sqlite3_file base;
  sqlite3_io_methods methods;
  DiskLog* log;          // null: a file that power loss does not matter to
  sqlite3_file* real;
  std::uint32_t number;  // DiskLog's
  bool sync_names;       // the real layer syncs the directory with this file's first sync
};
constexpr std::size_t head_bytes = (sizeof(RecordedFile) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) *
                                   alignof(std::max_align_t);

RecordedFile& recorded(sqlite3_file* file) { return *reinterpret_cast<RecordedFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return recorded(file).real; }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

int on_close(sqlite3_file* file) { return methods(file).xClose(real(file)); }
int on_read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
  return methods(file).xRead(real(file), bytes, count, at);
}
int on_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  const int code = methods(file).xWrite(real(file), bytes, count, at);
  const RecordedFile& head = recorded(file);
  if (code == SQLITE_OK && head.log != nullptr) head.log->write(head.number, bytes, static_cast<std::size_t>(count), at);
  return code;
}
int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = methods(file).xTruncate(real(file), size);
  const RecordedFile& head = recorded(file);
  if (code == SQLITE_OK && head.log != nullptr) head.log->truncate(head.number, size);
  return code;
}
// Noted only after it returned: from then on callers may rely on it.
int on_sync(sqlite3_file* file, int flags) {
  const int code = methods(file).xSync(real(file), flags);
  RecordedFile& head = recorded(file);
  if (code != SQLITE_OK || head.log == nullptr) return code;
  head.log->sync(head.number);
  if (head.sync_names) head.log->sync_directory();
  head.sync_names = false;
  return code;
}
int on_file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(real(file), size); }
int on_lock(sqlite3_file* file, int level) { return methods(file).xLock(real(file), level); }
int on_unlock(sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); }
int on_check_reserved_lock(sqlite3_file* file, int* out) { return methods(file).xCheckReservedLock(real(file), out); }
int on_file_control(sqlite3_file* file, int operation, void* argument) {
  return methods(file).xFileControl(real(file), operation, argument);
}
int on_sector_size(sqlite3_file* file) { return methods(file).xSectorSize(real(file)); }
int on_device_characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
int on_shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return methods(file).xShmMap(real(file), region, size, extend, out);
}
int on_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file).xShmLock(real(file), offset, count, flags);
}
void on_shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
int on_shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(real(file), remove); }
int on_fetch(sqlite3_file* file, sqlite3_int64 at, int count, void** out) {
  return methods(file).xFetch(real(file), at, count, out);
}
int on_unfetch(sqlite3_file* file, sqlite3_int64 at, void* page) {
  return methods(file).xUnfetch(real(file), at, page);
}

sqlite3_io_methods methods_like(const sqlite3_io_methods& of_real) {
  return {std::min(of_real.iVersion, 3),
          on_close,
          on_read,
          on_write,
          on_truncate,
          on_sync,
          on_file_size,
          on_lock,
          on_unlock,
          on_check_reserved_lock,
          on_file_control,
          on_sector_size,
          on_device_characteristics,
          on_shm_map,
          on_shm_lock,
          on_shm_barrier,
          on_shm_unmap,
          on_fetch,
          on_unfetch};
}

std::optional<DiskName> name_of(int flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return DiskName::database;
  if ((flags & SQLITE_OPEN_WAL) != 0) return DiskName::log;
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return DiskName::journal;
  return std::nullopt;
}

int on_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* layer = static_cast<RecordingVfs::Impl*>(vfs->pAppData);
  RecordedFile& head = *new (file) RecordedFile{};
  head.real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + head_bytes);
  std::memset(head.real, 0, static_cast<std::size_t>(layer->real->szOsFile));
  const int code = layer->real->xOpen(layer->real, path, head.real, flags, out_flags);
  if (head.real->pMethods == nullptr) return code;  // not open: SQLite does not close it
  head.methods = methods_like(*head.real->pMethods);
  head.base.pMethods = &head.methods;
  const auto name = name_of(flags);
  if (code != SQLITE_OK || !name) return code;
  head.log = layer->log;
  head.number = layer->log->open(*name);
  // As SQLite's own layer does it: of a log or a journal that may have been made here, the first sync through each
  // handle covers the directory too.
  head.sync_names = (flags & SQLITE_OPEN_CREATE) != 0 && *name != DiskName::database;
  return code;
}

int on_delete(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  auto* layer = static_cast<RecordingVfs::Impl*>(vfs->pAppData);
  const int code = layer->real->xDelete(layer->real, path, sync_directory);
  if (code != SQLITE_OK) return code;
  const std::string_view text{path};
  for (const DiskName name : {DiskName::log, DiskName::journal})
    if (text.ends_with(disk_suffixes[static_cast<std::size_t>(name)])) layer->log->remove(name);
  if (sync_directory != 0) layer->log->sync_directory();
  return code;
}

}  // namespace

RecordingVfs::RecordingVfs(DiskLog& log) : impl_(std::make_unique<Impl>()) {
  impl_->log = &log;
  impl_->name = "commonbook-recording-" + std::to_string(reinterpret_cast<std::uintptr_t>(impl_.get()));
  impl_->layer = *impl_->real;
  impl_->layer.szOsFile = static_cast<int>(head_bytes) + impl_->real->szOsFile;
  impl_->layer.zName = impl_->name.c_str();
  impl_->layer.pAppData = impl_.get();
  impl_->layer.pNext = nullptr;
  impl_->layer.xOpen = on_open;
  impl_->layer.xDelete = on_delete;
  impl_->registered = sqlite3_vfs_register(&impl_->layer, 0) == SQLITE_OK;
}

RecordingVfs::~RecordingVfs() {
  if (impl_->registered) sqlite3_vfs_unregister(&impl_->layer);
}

const std::string& RecordingVfs::name() const noexcept { return impl_->name; }
bool RecordingVfs::registered() const noexcept { return impl_->registered; }

}  // namespace commonbook::sim::crash
