#include "fault_layer.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <new>

namespace commonbook::testing {

namespace {

// What SQLite allocates for a file: our head, and behind it the real layer's file.
struct FaultFile {
  sqlite3_file base;
  FaultLayer* layer;
  sqlite3_file* real;
};

FaultLayer& layer_of(sqlite3_vfs* vfs) { return *static_cast<FaultLayer*>(vfs->pAppData); }
FaultLayer& layer_of(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file)->layer; }
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file)->real; }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

int on_close(sqlite3_file* file) { return methods(file).xClose(real(file)); }
int on_read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
  if (layer_of(file).fails(Call::read)) return SQLITE_IOERR_READ;
  return methods(file).xRead(real(file), bytes, count, at);
}
int on_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  FaultLayer& layer = layer_of(file);
  if (layer.fails(Call::write)) return SQLITE_IOERR_WRITE;
  const bool is_short = layer.fails(Call::short_write);
  const bool is_full = layer.fails(Call::no_space);
  if (!is_short && !is_full) return methods(file).xWrite(real(file), bytes, count, at);
  (void)methods(file).xWrite(real(file), bytes, count / 2, at);
  return is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}
int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (layer_of(file).fails(Call::truncate)) return SQLITE_IOERR_TRUNCATE;
  return methods(file).xTruncate(real(file), size);
}
// Not passed on: no test cuts the power, and thousands of syncs would take minutes.
int on_sync(sqlite3_file* file, int /*flags*/) {
  return layer_of(file).fails(Call::sync) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}
int on_file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (layer_of(file).fails(Call::file_size)) return SQLITE_IOERR_FSTAT;
  return methods(file).xFileSize(real(file), size);
}
int on_lock(sqlite3_file* file, int level) {
  if (layer_of(file).fails(Call::lock)) return SQLITE_IOERR_LOCK;
  return methods(file).xLock(real(file), level);
}
int on_unlock(sqlite3_file* file, int level) {
  const int code = methods(file).xUnlock(real(file), level);
  return layer_of(file).fails(Call::unlock) ? SQLITE_IOERR_UNLOCK : code;
}
int on_check_reserved_lock(sqlite3_file* file, int* out) {
  if (layer_of(file).fails(Call::check_reserved)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  return methods(file).xCheckReservedLock(real(file), out);
}
int on_file_control(sqlite3_file* file, int operation, void* argument) {
  return methods(file).xFileControl(real(file), operation, argument);
}
int on_sector_size(sqlite3_file* file) { return methods(file).xSectorSize(real(file)); }
int on_device_characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
int on_shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  if (layer_of(file).fails(Call::shm_map)) return SQLITE_IOERR_SHMMAP;
  if (extend != 0 && layer_of(file).fails(Call::shm_no_space)) return SQLITE_IOERR_SHMSIZE;
  return methods(file).xShmMap(real(file), region, size, extend, out);
}
int on_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  const bool lets_go = (flags & SQLITE_SHM_UNLOCK) != 0;
  const int code = lets_go ? methods(file).xShmLock(real(file), offset, count, flags) : SQLITE_OK;
  if (layer_of(file).fails(Call::shm_lock)) return SQLITE_IOERR_SHMLOCK;
  return lets_go ? code : methods(file).xShmLock(real(file), offset, count, flags);
}
void on_shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
int on_shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(real(file), remove); }

constexpr sqlite3_io_methods file_methods{2,
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
                                          nullptr,
                                          nullptr};

sqlite3_vfs& real_layer() {
  static sqlite3_vfs& found = *sqlite3_vfs_find("unix");
  return found;
}

int on_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  FaultFile& head = *new (file) FaultFile{};
  if (layer_of(vfs).fails(Call::open)) return SQLITE_CANTOPEN;
  head.layer = &layer_of(vfs);
  head.real = reinterpret_cast<sqlite3_file*>(&head + 1);
  std::memset(head.real, 0, static_cast<std::size_t>(real_layer().szOsFile));
  const int code = real_layer().xOpen(&real_layer(), name, head.real, flags, out_flags);
  if (code == SQLITE_OK) head.base.pMethods = &file_methods;
  return code;
}
int on_remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  if (layer_of(vfs).fails(Call::remove)) return SQLITE_IOERR_DELETE;
  return real_layer().xDelete(&real_layer(), name, sync_folder);
}
int on_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  if (layer_of(vfs).fails(Call::access)) return SQLITE_IOERR_ACCESS;
  return real_layer().xAccess(&real_layer(), name, flags, out);
}
int on_full_path(sqlite3_vfs* vfs, const char* name, int bytes, char* out) {
  if (layer_of(vfs).fails(Call::full_path)) return SQLITE_CANTOPEN_FULLPATH;
  return real_layer().xFullPathname(&real_layer(), name, bytes, out);
}

}  // namespace

const char* to_string(Call call) noexcept {
  constexpr std::array<const char*, call_kinds> names{
      "open",     "full path", "access", "delete",         "read",          "write",
      "short write", "no space",  "truncate", "sync", "file size", "lock", "unlock", "check reserved lock",
      "shm map",  "shm no space", "shm lock"};
  return names[static_cast<std::size_t>(call)];
}

FaultLayer::FaultLayer() {
  layer_ = real_layer();
  layer_.szOsFile = static_cast<int>(sizeof(FaultFile)) + real_layer().szOsFile;
  layer_.zName = "commonbook-fault-layer";
  layer_.pAppData = this;
  layer_.pNext = nullptr;
  layer_.xOpen = on_open;
  layer_.xDelete = on_remove;
  layer_.xAccess = on_access;
  layer_.xFullPathname = on_full_path;
  REQUIRE(sqlite3_vfs_register(&layer_, 1) == SQLITE_OK);
}

FaultLayer::~FaultLayer() {
  sqlite3_vfs_unregister(&layer_);
  sqlite3_vfs_register(&real_layer(), 1);
}

void FaultLayer::fail(Call call, int nth, bool persistent) noexcept {
  failing_ = -1;
  for (auto& each : calls_) each = 0;
  failures_ = 0;
  nth_ = nth;
  persistent_ = persistent;
  failing_ = static_cast<int>(call);
}

void FaultLayer::heal() noexcept { failing_ = -1; }
int FaultLayer::failures() const noexcept { return failures_; }
int FaultLayer::calls(Call call) const noexcept { return calls_[static_cast<std::size_t>(call)]; }

bool FaultLayer::fails(Call call) noexcept {
  const int count = ++calls_[static_cast<std::size_t>(call)];
  if (failing_ != static_cast<int>(call)) return false;
  if (persistent_ ? count < nth_ : count != nth_) return false;
  ++failures_;
  return true;
}

}  // namespace commonbook::testing
