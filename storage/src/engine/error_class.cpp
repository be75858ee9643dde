// Which ErrorCode a caller sees for an extended SQLite result code, and after which of them nothing may go on.
#include "engine/connection.hpp"

#include <sqlite3.h>

namespace commonbook::storage {

ErrorCode classify(int extended_code) noexcept {
  switch (extended_code) {  // codes whose meaning differs from that of their family
    case SQLITE_IOERR_NOMEM: return ErrorCode::out_of_memory;
    case SQLITE_IOERR_SHMSIZE: return ErrorCode::disk_full;  // the -shm could not grow
    case SQLITE_READONLY_DBMOVED: return ErrorCode::io;      // the file was taken away under us
    case SQLITE_READONLY_RECOVERY:
    case SQLITE_READONLY_CANTINIT: return ErrorCode::busy;  // another process is opening the file
    case SQLITE_CANTOPEN_SYMLINK: return ErrorCode::unsafe_file;
    default: break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return ErrorCode::busy;
    case SQLITE_FULL: return ErrorCode::disk_full;
    case SQLITE_NOMEM: return ErrorCode::out_of_memory;
    case SQLITE_CORRUPT: return ErrorCode::corrupt;
    case SQLITE_NOTADB: return ErrorCode::foreign_file;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return ErrorCode::io;
    case SQLITE_READONLY:
    case SQLITE_PERM: return ErrorCode::read_only;
    case SQLITE_INTERRUPT: return ErrorCode::timeout;
    case SQLITE_TOOBIG: return ErrorCode::too_large;
    default: return ErrorCode::internal;  // constraint, misuse, range, schema: our own bug or damage
  }
}

bool is_fatal(const Error& error) noexcept {
  switch (error.code) {
    case ErrorCode::corrupt:
    case ErrorCode::unknown: return true;
    // After a failed sync the kernel may have dropped the pages: trying again would hide the loss.
    case ErrorCode::io: return (error.sqlite_code & 0xff) != SQLITE_CANTOPEN;
    case ErrorCode::foreign_file: return (error.sqlite_code & 0xff) == SQLITE_NOTADB;
    default: return false;
  }
}

}  // namespace commonbook::storage
