#include "engine/statement.hpp"

#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/connection.hpp"

#include <sqlite3.h>

#include <utility>

namespace commonbook::storage {

namespace {

// A null pointer would bind NULL; an empty text must stay an empty text.
const char* bytes_of(std::string_view text) noexcept { return text.data() == nullptr ? "" : text.data(); }

// Errors that the tests must have met, or what follows them was never run.
void note_rare(int extended) {
  if (extended == SQLITE_BUSY_SNAPSHOT) sometimes("snapshot_conflict");
  if (extended == SQLITE_FULL) sometimes("disk_full");
}

Error error_of(sqlite3_stmt* raw, int code) {
  sqlite3* handle = sqlite3_db_handle(raw);
  const int recorded = sqlite3_extended_errcode(handle);
  const int extended = (recorded & 0xff) == (code & 0xff) ? recorded : code;
  note_rare(extended);
  return {.code = classify(extended),
          .message = std::string{"running a statement: "} + sqlite3_errmsg(handle),
          .sqlite_code = extended,
          .retry_after = {}};
}

}  // namespace

Statement::Statement(sqlite3_stmt* raw, bool* leased) noexcept : raw_(raw), leased_(leased) {}

Statement::Statement(Statement&& other) noexcept
    : raw_(std::exchange(other.raw_, nullptr)),
      leased_(std::exchange(other.leased_, nullptr)),
      bind_code_(other.bind_code_) {}

Statement::~Statement() {
  if (raw_ == nullptr) return;
  *leased_ = false;
  if (fault("mutant.statement_not_reset")) return;
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
}

Statement& Statement::bind(int index, std::int64_t value) noexcept {
  const int code = sqlite3_bind_int64(raw_, index, value);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
  return *this;
}

Statement& Statement::bind(int index, double value) noexcept {
  const int code = sqlite3_bind_double(raw_, index, value);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) noexcept {
  const int code = sqlite3_bind_text64(raw_, index, bytes_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) noexcept {
  const int code = sqlite3_bind_blob64(raw_, index, bytes_of(bytes), bytes.size(), SQLITE_STATIC);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
  return *this;
}

Statement& Statement::bind_null(int index) noexcept {
  const int code = sqlite3_bind_null(raw_, index);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
  return *this;
}

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) {
    return Error{.code = classify(bind_code_),
                 .message = std::string{"a value can't be bound: "} + sqlite3_errstr(bind_code_),
                 .sqlite_code = bind_code_,
                 .retry_after = {}};
  }
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = error_of(raw_, code);
  // A failed statement that is not reset keeps its locks and its snapshot.
  sqlite3_reset(raw_);
  return error;
}

Result<void> Statement::run() {
  const auto stepped = step();
  if (!stepped) return stepped.error();
  if (*stepped) {
    reset();
    return Error{.code = ErrorCode::internal,
                 .message = "a statement gave a row where none was expected",
                 .sqlite_code = SQLITE_ROW,
                 .retry_after = {}};
  }
  reset();
  return {};
}

void Statement::reset() noexcept {
  sqlite3_reset(raw_);
  bind_code_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const noexcept { return sqlite3_column_int64(raw_, column); }

double Statement::real(int column) const noexcept { return sqlite3_column_double(raw_, column); }

// Asked for as a blob: the same bytes, but as text they would be copied to end with a zero, and where there is no memory
// for the copy the text would read as empty.
std::string_view Statement::text(int column) const noexcept { return blob(column); }

std::string_view Statement::blob(int column) const noexcept {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
}

bool Statement::is_null(int column) const noexcept { return sqlite3_column_type(raw_, column) == SQLITE_NULL; }

bool Statement::is_integer(int column) const noexcept { return sqlite3_column_type(raw_, column) == SQLITE_INTEGER; }

}  // namespace commonbook::storage
