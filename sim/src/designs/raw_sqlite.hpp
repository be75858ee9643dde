// SQLite's C interface as the deliberately wrong designs use it, and as an audit reads a closed file: handles that are
// given back, extended codes that are kept, and nothing else. It waits for nobody, checks no setting, and forbids no
// use by two threads: what goes wrong is to be seen. The runtime's own connections are storage's.
#pragma once
#include "commonbook/model/result.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace commonbook::sim {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
/// A prepared statement, given back at the end of its life.
using RawStatement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// One use of a prepared statement: bind, step, read; reset at the end of the scope. On a shared connection two threads
/// may use one statement at a time: each call is safe then, the sequence is not.
class Use {
 public:
  explicit Use(const RawStatement& statement) : statement_(statement.get()) {}
  ~Use() { sqlite3_reset(statement_); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  /// Copies the value. Indexes count from 1. An error shows in the next step().
  Use& bind(int index, std::int64_t value);
  Use& bind(int index, std::string_view text);
  Use& bind_blob(int index, const void* bytes, std::size_t size);
  /// @returns  true: a row is there. @errors with the extended code and SQLite's own sentence.
  Result<bool> step();
  /// step() for statements without rows.
  Result<void> run();
  /// The integer in the next row's first column, or nothing where there is no row.
  Result<std::optional<std::int64_t>> next_integer();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool is_integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  void note(int code);
  sqlite3_stmt* statement_;
  int bind_code_ = SQLITE_OK;
};

class RawConnection {
 public:
  enum class Threads : std::uint8_t {
    one = 1,  ///< SQLITE_OPEN_NOMUTEX
    many,     ///< SQLITE_OPEN_FULLMUTEX, which is what default builds give
  };
  /// Opens or creates. @errors with the extended code. @thread any; blocks on disk.
  static Result<RawConnection> open(const std::filesystem::path& file, Threads threads);
  /// Runs SQL that is a literal of ours; rows are dropped.
  Result<void> execute(const char* sql);
  Result<RawStatement> prepare(const char* sql);
  /// The first column of the only row. @errors not_found: no row.
  Result<std::int64_t> query_integer(const char* sql);
  [[nodiscard]] std::int64_t last_insert_rowid() const { return sqlite3_last_insert_rowid(handle_.get()); }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit RawConnection(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

/// The constraint family: what Python calls an IntegrityError.
[[nodiscard]] bool is_constraint(const Error& error) noexcept;

}  // namespace commonbook::sim
