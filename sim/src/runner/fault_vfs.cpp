#include "fault_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>

namespace commonbook::sim::runner {

struct FaultVfs::Impl {
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs layer{};
  const BoardHeader* header = nullptr;
  bool registered = false;
};

namespace {

// What SQLite allocates for a file: our head, and behind it the real layer's file. The methods stand in the head, since
// their version is the real file's.
struct FaultFile {
  sqlite3_file base;
  sqlite3_io_methods methods;
  const BoardHeader* header;
  sqlite3_file* real;
};
static_assert(sizeof(FaultFile) % alignof(std::max_align_t) == 0);

FaultFile& fault(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return fault(file).real; }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

bool disk_is_full(sqlite3_file* file) { return fault(file).header->disk_full.load(std::memory_order_relaxed) != 0; }

int on_close(sqlite3_file* file) { return methods(file).xClose(real(file)); }
int on_read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
  return methods(file).xRead(real(file), bytes, count, at);
}
int on_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  if (disk_is_full(file)) {
    sqlite3_int64 size = 0;
    const int code = methods(file).xFileSize(real(file), &size);
    if (code != SQLITE_OK) return code;
    if (at + count > size) return SQLITE_FULL;
  }
  return methods(file).xWrite(real(file), bytes, count, at);
}
int on_truncate(sqlite3_file* file, sqlite3_int64 size) { return methods(file).xTruncate(real(file), size); }
int on_sync(sqlite3_file* file, int flags) {
  const std::uint32_t delay_ms = fault(file).header->sync_delay_ms.load(std::memory_order_relaxed);
  if (delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds{delay_ms});
  return methods(file).xSync(real(file), flags);
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

int on_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* layer = static_cast<FaultVfs::Impl*>(vfs->pAppData);
  FaultFile& head = *new (file) FaultFile{};
  head.header = layer->header;
  head.real = reinterpret_cast<sqlite3_file*>(&head + 1);
  std::memset(head.real, 0, static_cast<std::size_t>(layer->real->szOsFile));
  const int code = layer->real->xOpen(layer->real, name, head.real, flags, out_flags);
  if (head.real->pMethods == nullptr) return code;  // not open: SQLite does not close it
  head.methods = methods_like(*head.real->pMethods);
  head.base.pMethods = &head.methods;
  return code;
}

}  // namespace

FaultVfs::FaultVfs(const BoardHeader& header) : impl_(std::make_unique<Impl>()) {
  impl_->header = &header;
  impl_->layer = *impl_->real;
  impl_->layer.szOsFile = static_cast<int>(sizeof(FaultFile)) + impl_->real->szOsFile;
  impl_->layer.zName = "commonbook-faults";
  impl_->layer.pAppData = impl_.get();
  impl_->layer.pNext = nullptr;
  impl_->layer.xOpen = on_open;
  constexpr int as_default = 1;
  impl_->registered = sqlite3_vfs_register(&impl_->layer, as_default) == SQLITE_OK;
}

FaultVfs::~FaultVfs() {
  if (impl_->registered) sqlite3_vfs_unregister(&impl_->layer);
}

bool FaultVfs::registered() const noexcept { return impl_->registered; }

}  // namespace commonbook::sim::runner
