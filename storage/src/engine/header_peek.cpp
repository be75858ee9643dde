// Looks at a database's header without changing the file (P10).
//
// With a log that holds something, only a connection knows what the header is: the newest version may stand in
// the log. A read-only one that does not checkpoint when it closes leaves both files alone. Without a log such a
// connection would leave an empty one behind, so the hundred bytes are read through SQLite's own file layer, which,
// unlike an open() of ours, keeps the locks that other connections of this process hold.
#include "engine/file_guard.hpp"

#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"
#include "engine/settings.hpp"

#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

constexpr std::size_t header_bytes = 100;
constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr std::size_t offset_of_user_version = 60;
constexpr std::size_t offset_of_application_id = 68;

using Header = std::array<unsigned char, header_bytes>;

struct WaitUntil {
  const Clock& clock;
  Clock::SteadyPoint deadline;
  Jitter jitter;
};

int wait_while_busy(void* context, int /*calls*/) {
  auto& wait = *static_cast<WaitUntil*>(context);
  if (wait.clock.steady_now() >= wait.deadline) return 0;
  wait.jitter.pause(wait.clock, wait.deadline);
  return 1;
}

std::int64_t size_of(const std::filesystem::path& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_size : 0;
}

Error no_database(const std::filesystem::path& path) {
  return {.code = ErrorCode::foreign_file,
          .message = path.string() + " is not a database",
          .sqlite_code = SQLITE_NOTADB,
          .retry_after = {}};
}

std::int64_t number_at(const Header& header, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t at = 0; at < 4; ++at) value = (value << 8U) | header[offset + at];
  return static_cast<std::int32_t>(value);
}

// Reads through the file layer: a descriptor of the same file in this process keeps its locks.
Result<Header> read_header(const std::filesystem::path& path) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  const std::unique_ptr<char, void (*)(char*)> name{
      const_cast<char*>(sqlite3_create_filename(path.c_str(), "", "", 0, nullptr)),
      [](char* text) { sqlite3_free_filename(text); }};
  std::vector<std::max_align_t> memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
  auto* file = reinterpret_cast<sqlite3_file*>(memory.data());
  const int code =
      vfs->xOpen(vfs, name.get(), file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_NOFOLLOW, nullptr);
  Header header{};
  int read = code;
  if (code == SQLITE_OK) read = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (file->pMethods != nullptr) file->pMethods->xClose(file);
  if (read == SQLITE_OK) return header;
  if (read == SQLITE_IOERR_SHORT_READ) return no_database(path);
  return Error{.code = classify(read),
               .message = "reading the header of " + path.string() + ": " + sqlite3_errstr(read),
               .sqlite_code = read,
               .retry_after = {}};
}

Result<FileHeader> peek_file(const std::filesystem::path& path) {
  const auto header = read_header(path);
  if (!header) return header.error();
  if (std::memcmp(header->data(), magic.data(), magic.size()) != 0) return no_database(path);
  return FileHeader{.empty = false,
                    .application = number_at(*header, offset_of_application_id),
                    .schema_version = number_at(*header, offset_of_user_version)};
}

Result<std::int64_t> query_number(sqlite3* handle, const char* sql) {
  const auto text = query_text(handle, sql);
  if (!text) return text.error();
  std::int64_t number = 0;
  std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

Result<FileHeader> peek_log(const std::filesystem::path& path, WaitUntil& wait) {
  const int access = fault("P10") ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(
      path.c_str(), &handle,
      access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> owner{handle, sqlite3_close};
  if (opened != SQLITE_OK) return sqlite_error(handle, "opening the file to look at it");
  sqlite3_busy_handler(handle, wait_while_busy, &wait);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fault("P10") ? 0 : 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  const auto application = query_number(handle, "PRAGMA application_id");
  if (!application) return application.error();
  const auto version = query_number(handle, "PRAGMA user_version");
  if (!version) return version.error();
  return FileHeader{.empty = false, .application = *application, .schema_version = *version};
}

/// Power failed while the file was made: its one page may be torn, and the journal beside it takes that page back as soon
/// as SQLite opens the file for writing.
bool is_half_made(const std::filesystem::path& path, const Error& error) {
  constexpr std::int64_t page_bytes_max = 65'536;
  return error.sqlite_code == SQLITE_NOTADB && size_of(path) <= page_bytes_max && size_of(path.native() + "-journal") > 0;
}

}  // namespace

Result<FileHeader> peek_header(const std::filesystem::path& path, const Clock& clock, Clock::SteadyPoint deadline) {
  const std::filesystem::path log{path.native() + "-wal"};
  WaitUntil wait{.clock = clock, .deadline = deadline, .jitter = {}};
  if (fault("mutant.raw_open_close")) ::close(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  while (true) {
    // The log first: a checkpoint that ends between the two looks has moved its pages into the file.
    const bool has_log = size_of(log) > 0;
    if (!has_log && size_of(path) == 0) return FileHeader{.empty = true, .application = 0, .schema_version = 0};
    auto header = has_log ? peek_log(path, wait) : peek_file(path);
    if (header) return header;
    if (!has_log && is_half_made(path, header.error()))
      return FileHeader{.empty = true, .application = 0, .schema_version = 0};
    // CANTOPEN: the last of the others is closing the file and removes its log at this moment.
    const bool again = header.error().code == ErrorCode::busy || (header.error().sqlite_code & 0xff) == SQLITE_CANTOPEN;
    if (!again || clock.steady_now() >= deadline) return header.error();
    wait.jitter.pause(clock, deadline);
  }
}

}  // namespace commonbook::storage
