#include "engine/log_pin.hpp"

#include <sqlite3.h>

#include <cstddef>

namespace commonbook::storage {
namespace {

constexpr int index_bytes = 32 * 1024;  // of the index's first part
constexpr std::uint32_t index_version = 3'007'000;
// Places of 32-bit numbers, in the machine's order of bytes.
constexpr std::size_t version_place = 0;
constexpr std::size_t frames_place = 4;
constexpr std::size_t copied_place = 24;

}  // namespace

Result<bool> has_frames_to_copy(sqlite3* handle) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
      file->pMethods == nullptr || file->pMethods->iVersion < 2)
    return Error{ErrorCode::io, "SQLite does not give the file whose log it is", 0, {}};
  void volatile* part = nullptr;
  const int code = file->pMethods->xShmMap(file, 0, index_bytes, 0, &part);
  if (code != SQLITE_OK || part == nullptr)
    return Error{.code = classify(code), .message = "reaching the log's index", .sqlite_code = code, .retry_after = {}};
  const auto* numbers = static_cast<const std::uint32_t volatile*>(part);
  return numbers[version_place] == index_version && numbers[copied_place] < numbers[frames_place];
}

Result<std::optional<LogPin>> LogPin::take(Connection& connection) {
  auto snapshot = LookUpSnapshot::begin(connection);
  if (!snapshot) return snapshot.error();
  // A transaction has no snapshot before it has read something.
  if (const auto read = connection.query_int("PRAGMA user_version"); !read) return read.error();
  const auto more = has_frames_to_copy(connection.handle());
  if (!more) return more.error();
  return *more ? std::optional{LogPin{std::move(*snapshot)}} : std::nullopt;
}

}  // namespace commonbook::storage
