// What every connection is set to, and read back as: SQLite's defaults differ between builds, and a setting that
// silently did not take (a busy file, a compile-time switch) would show months later.
#pragma once
#include "commonbook/model/result.hpp"
#include "engine/connection.hpp"

#include <string>
#include <vector>

struct sqlite3;

namespace commonbook::storage {

/// The log is trimmed to this many bytes when it restarts.
inline constexpr std::int64_t journal_size_limit_bytes = 8ll << 20;

/// Applies switches, limits and pragmas; everything but journal_mode. Reads each back.
/// @errors  internal: a setting did not take; else what SQLite says (busy, corrupt, foreign_file, io).
Result<void> apply_settings(sqlite3* handle, Role role, int cache_kib);

/// Reads every setting of an open connection and returns one sentence for each that is not as it should be.
/// @param durable  whether the connection is at synchronous=FULL now.
/// @errors  what SQLite says where a setting can't be read (busy, corrupt, io, out_of_memory).
Result<std::vector<std::string>> wrong_settings(sqlite3* handle, Role role, int cache_kib, bool durable);

/// First column of the first row as text, for constant SQL; for set-up code that has no Connection yet.
Result<std::string> query_text(sqlite3* handle, const char* sql);

/// The last error of a handle. @param doing  what we were about, as in "opening the file".
Error sqlite_error(sqlite3* handle, std::string_view doing);

}  // namespace commonbook::storage
