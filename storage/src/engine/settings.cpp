#include "engine/settings.hpp"

#include <sqlite3.h>

#include <array>

namespace commonbook::storage {

namespace {

struct Switch {
  int option;
  int value;
  const char* name;
};

struct Limit {
  int id;
  int value;
  const char* name;
};

// Values of SQLite's "defense against the dark arts" page, raised where our own statements or documents need it.
constexpr std::array limits{
    Limit{SQLITE_LIMIT_LENGTH, 64 << 20, "LENGTH"},
    Limit{SQLITE_LIMIT_SQL_LENGTH, 100'000, "SQL_LENGTH"},
    Limit{SQLITE_LIMIT_EXPR_DEPTH, 100, "EXPR_DEPTH"},
    Limit{SQLITE_LIMIT_COMPOUND_SELECT, 16, "COMPOUND_SELECT"},
    Limit{SQLITE_LIMIT_VDBE_OP, 100'000, "VDBE_OP"},
    Limit{SQLITE_LIMIT_ATTACHED, 0, "ATTACHED"},
    Limit{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1'000, "LIKE_PATTERN_LENGTH"},
    Limit{SQLITE_LIMIT_TRIGGER_DEPTH, 10, "TRIGGER_DEPTH"},
    Limit{SQLITE_LIMIT_WORKER_THREADS, 0, "WORKER_THREADS"},
};

std::vector<Switch> switches_of(Role role) {
  return {{SQLITE_DBCONFIG_DEFENSIVE, 1, "DEFENSIVE"},
          {SQLITE_DBCONFIG_DQS_DML, 0, "DQS_DML"},
          {SQLITE_DBCONFIG_DQS_DDL, 0, "DQS_DDL"},
          {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, "TRUSTED_SCHEMA"},
          {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, "ENABLE_LOAD_EXTENSION"},
          // A reader never checkpoints: only the checkpointer does.
          {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, role == Role::reader ? 1 : 0, "NO_CKPT_ON_CLOSE"}};
}

// A pragma with the value that it must answer. `set` is null where it only can be read.
struct Pragma {
  std::string set;
  const char* get;
  std::string expected;
};

std::vector<Pragma> pragmas_of(Role role, int cache_kib, bool durable) {
  const std::string cache = std::to_string(-cache_kib);
  const std::string limit = std::to_string(journal_size_limit_bytes);
  return {
      {durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", "PRAGMA synchronous", durable ? "2" : "1"},
      {"PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1"},
      {"PRAGMA cache_size=" + cache, "PRAGMA cache_size", cache},
      {"PRAGMA mmap_size=0", "PRAGMA mmap_size", "0"},
      {"PRAGMA wal_autocheckpoint=0", "PRAGMA wal_autocheckpoint", "0"},
      {"PRAGMA journal_size_limit=" + limit, "PRAGMA journal_size_limit", limit},
      {"PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0"},
      {"PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1"},
      {"PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1"},
      {"PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2"},
      {"PRAGMA recursive_triggers=OFF", "PRAGMA recursive_triggers", "0"},
      {"PRAGMA read_uncommitted=OFF", "PRAGMA read_uncommitted", "0"},
      {role == Role::reader ? "PRAGMA query_only=ON" : "PRAGMA query_only=OFF", "PRAGMA query_only",
       role == Role::reader ? "1" : "0"}};
}

Error did_not_take(const std::string& what) {
  return {
      .code = ErrorCode::internal, .message = "a setting did not take: " + what, .sqlite_code = 0, .retry_after = {}};
}

}  // namespace

Error sqlite_error(sqlite3* handle, std::string_view doing) {
  const int extended = handle == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(handle);
  const char* said = handle == nullptr ? "out of memory" : sqlite3_errmsg(handle);
  // A damaged byte of the header; SQLite has no code of its own for it.
  const bool is_unknown_format = extended == SQLITE_ERROR && std::string_view{said} == "unsupported file format";
  return {.code = is_unknown_format ? ErrorCode::corrupt : classify(extended),
          .message = std::string{doing} + ": " + said,
          .sqlite_code = extended,
          .retry_after = {}};
}

Result<std::string> query_text(sqlite3* handle, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, sql, -1, &raw, nullptr) != SQLITE_OK) return sqlite_error(handle, sql);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner{raw, sqlite3_finalize};
  const int code = sqlite3_step(raw);
  if (code == SQLITE_DONE) return std::string{};
  if (code != SQLITE_ROW) return sqlite_error(handle, sql);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  if (text == nullptr && sqlite3_column_type(raw, 0) != SQLITE_NULL) {
    return Error{.code = ErrorCode::out_of_memory,
                 .message = std::string{sql} + ": there is no memory for the answer",
                 .sqlite_code = SQLITE_NOMEM,
                 .retry_after = {}};
  }
  return std::string{text == nullptr ? "" : text};
}

Result<void> apply_settings(sqlite3* handle, Role role, int cache_kib) {
  for (const Switch& entry : switches_of(role)) {
    if (sqlite3_db_config(handle, entry.option, entry.value, nullptr) != SQLITE_OK) return did_not_take(entry.name);
  }
  for (const Limit& limit : limits) sqlite3_limit(handle, limit.id, limit.value);
  for (const Pragma& pragma : pragmas_of(role, cache_kib, true)) {
    const auto answer = query_text(handle, pragma.set.c_str());
    if (!answer) return answer.error();
  }
  const auto wrong = wrong_settings(handle, role, cache_kib, true);
  if (!wrong) return wrong.error();
  if (!wrong->empty()) return did_not_take(wrong->front());
  return {};
}

Result<std::vector<std::string>> wrong_settings(sqlite3* handle, Role role, int cache_kib, bool durable) {
  std::vector<std::string> wrong;
  for (const Switch& entry : switches_of(role)) {
    int now = -1;
    sqlite3_db_config(handle, entry.option, -1, &now);
    if (now != entry.value) wrong.push_back(std::string{entry.name} + " is " + std::to_string(now));
  }
  for (const Limit& limit : limits) {
    const int now = sqlite3_limit(handle, limit.id, -1);
    if (now > limit.value) wrong.push_back(std::string{limit.name} + " is limited to " + std::to_string(now));
  }
  for (const Pragma& pragma : pragmas_of(role, cache_kib, durable)) {
    const auto now = query_text(handle, pragma.get);
    if (!now) return now.error();
    if (now->empty()) {  // each has an answer; without memory SQLite may give none, and no error
      return Error{.code = ErrorCode::out_of_memory,
                   .message = std::string{pragma.get} + ": SQLite gave no answer",
                   .sqlite_code = SQLITE_NOMEM,
                   .retry_after = {}};
    }
    if (*now != pragma.expected) {
      wrong.push_back(std::string{pragma.get} + " is " + *now + ", not " + pragma.expected);
    }
  }
  return wrong;
}

}  // namespace commonbook::storage
