#include "engine/shim_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <new>
#include <utility>

namespace commonbook::storage {

struct ShimVfs::Impl {
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs shim{};
  std::string name;
  bool registered = false;
  std::function<void()> hook;
  int fired = 0;
};

namespace {

// What SQLite allocates for a file: our head, and behind it the real layer's file.
struct ShimFile {
  sqlite3_file base;
  ShimVfs::Impl* owner;
  sqlite3_file* real;
};

ShimFile& shim(sqlite3_file* file) { return *reinterpret_cast<ShimFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return shim(file).real; }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

int on_close(sqlite3_file* file) {
  return real(file)->pMethods == nullptr ? SQLITE_OK : methods(file).xClose(real(file));
}
int on_read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
  return methods(file).xRead(real(file), bytes, count, at);
}
int on_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  return methods(file).xWrite(real(file), bytes, count, at);
}
int on_truncate(sqlite3_file* file, sqlite3_int64 size) { return methods(file).xTruncate(real(file), size); }
int on_sync(sqlite3_file* file, int flags) { return methods(file).xSync(real(file), flags); }
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
  ShimVfs::Impl& owner = *shim(file).owner;
  if (at == 0 && page == nullptr && owner.hook) {
    const auto hook = std::exchange(owner.hook, nullptr);
    ++owner.fired;
    hook();
  }
  return methods(file).xUnfetch(real(file), at, page);
}

constexpr sqlite3_io_methods shim_methods{3,
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

int on_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* owner = static_cast<ShimVfs::Impl*>(vfs->pAppData);
  ShimFile& head = *new (file) ShimFile{};
  head.owner = owner;
  head.real = reinterpret_cast<sqlite3_file*>(&head + 1);
  std::memset(head.real, 0, static_cast<std::size_t>(owner->real->szOsFile));
  const int code = owner->real->xOpen(owner->real, name, head.real, flags, out_flags);
  head.base.pMethods = code == SQLITE_OK ? &shim_methods : nullptr;
  return code;
}

}  // namespace

ShimVfs::ShimVfs() : impl_(std::make_unique<Impl>()) {
  impl_->name = "commonbook-shim-" + std::to_string(reinterpret_cast<std::uintptr_t>(impl_.get()));
  impl_->shim = *impl_->real;
  impl_->shim.szOsFile = static_cast<int>(sizeof(ShimFile)) + impl_->real->szOsFile;
  impl_->shim.zName = impl_->name.c_str();
  impl_->shim.pAppData = impl_.get();
  impl_->shim.pNext = nullptr;
  impl_->shim.xOpen = on_open;
  impl_->registered = sqlite3_vfs_register(&impl_->shim, 0) == SQLITE_OK;
}

ShimVfs::~ShimVfs() {
  if (impl_->registered) sqlite3_vfs_unregister(&impl_->shim);
}

const char* ShimVfs::name() const noexcept { return impl_->name.c_str(); }
bool ShimVfs::registered() const noexcept { return impl_->registered; }
void ShimVfs::arm(std::function<void()> hook) { impl_->hook = std::move(hook); }
int ShimVfs::fired() const noexcept { return impl_->fired; }

}  // namespace commonbook::storage
