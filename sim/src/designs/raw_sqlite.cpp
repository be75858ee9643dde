#include "raw_sqlite.hpp"

#include <utility>

namespace commonbook::sim {
namespace {

ErrorCode classify(int extended_code) {
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
    default: return ErrorCode::internal;
  }
}

/// Holds a shared connection's own mutex (it is recursive; null on others), so that a sentence is that of the call
/// before it. The call itself takes the same mutex, so no interleaving goes away.
class SentenceHold {
 public:
  explicit SentenceHold(sqlite3* handle) : mutex_(handle == nullptr ? nullptr : sqlite3_db_mutex(handle)) {
    sqlite3_mutex_enter(mutex_);
  }
  ~SentenceHold() { sqlite3_mutex_leave(mutex_); }
  SentenceHold(const SentenceHold&) = delete;
  SentenceHold& operator=(const SentenceHold&) = delete;

 private:
  sqlite3_mutex* mutex_;
};

Error failure(sqlite3* handle, int code, std::string_view doing) {
  const std::string said = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  return {classify(code), std::string{doing} + ": " + said, code, {}};
}

}  // namespace

void Use::note(int code) {
  if (code != SQLITE_OK && bind_code_ == SQLITE_OK) bind_code_ = code;
}

Use& Use::bind(int index, std::int64_t value) {
  note(sqlite3_bind_int64(statement_, index, value));
  return *this;
}

Use& Use::bind(int index, std::string_view text) {
  note(sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Use& Use::bind_blob(int index, const void* bytes, std::size_t size) {
  note(sqlite3_bind_blob64(statement_, index, bytes, size, SQLITE_TRANSIENT));
  return *this;
}

Result<bool> Use::step() {
  if (const int code = std::exchange(bind_code_, SQLITE_OK); code != SQLITE_OK)
    return Error{classify(code), std::string{"binding a value: "} + sqlite3_errstr(code), code, {}};
  sqlite3* handle = sqlite3_db_handle(statement_);
  const SentenceHold hold{handle};
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(handle, code, sqlite3_sql(statement_));
}

Result<void> Use::run() {
  const auto row = step();
  if (!row) return row.error();
  return {};
}

Result<std::optional<std::int64_t>> Use::next_integer() {
  const auto row = step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::int64_t>{};
  return std::optional{integer(0)};
}

std::int64_t Use::integer(int column) const { return sqlite3_column_int64(statement_, column); }

bool Use::is_integer(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_INTEGER; }

std::string Use::text(int column) const {
  const SentenceHold hold{sqlite3_db_handle(statement_)};
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<RawConnection> RawConnection::open(const std::filesystem::path& file, Threads threads) {
  sqlite3* handle = nullptr;
  const int mutex = threads == Threads::many ? SQLITE_OPEN_FULLMUTEX : SQLITE_OPEN_NOMUTEX;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | mutex, nullptr);
  RawConnection connection{handle};
  if (code != SQLITE_OK) return failure(handle, code, "opening " + file.filename().string());
  sqlite3_extended_result_codes(handle, 1);
  return connection;
}

Result<void> RawConnection::execute(const char* sql) {
  const SentenceHold hold{handle()};
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(handle(), code, sql);
  return {};
}

Result<RawStatement> RawConnection::prepare(const char* sql) {
  const SentenceHold hold{handle()};
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return failure(handle(), code, sql);
  return RawStatement{statement};
}

Result<std::int64_t> RawConnection::query_integer(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto value = Use{*statement}.next_integer();
  if (!value) return value.error();
  if (!*value) return Error{ErrorCode::not_found, std::string{"no row: "} + sql, 0, {}};
  return **value;
}

bool is_constraint(const Error& error) noexcept { return (error.sqlite_code & 0xff) == SQLITE_CONSTRAINT; }

}  // namespace commonbook::sim
