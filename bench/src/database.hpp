// SQLite as the bare loops and limits use it: statements kept, errors ended by an exception that names the statement,
// nothing else. The product's connections are storage's; these show what SQLite itself costs.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace commonbook::bench {

class PreparedStatement {
 public:
  PreparedStatement(sqlite3* database, const char* sql);
  PreparedStatement& bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
  }
  /// The text is not copied: it must live until the step.
  PreparedStatement& bind(int index, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
  }
  PreparedStatement& bind_null(int index) {
    sqlite3_bind_null(statement_.get(), index);
    return *this;
  }
  /// @returns  true: a row is there; read it, then reset().
  bool step();
  void reset() { sqlite3_reset(statement_.get()); }
  /// Steps once and resets.
  void run();
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  [[nodiscard]] std::string_view text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  struct Options {
    bool durable = false;           ///< synchronous FULL, else NORMAL
    bool foreign_keys = false;
    int cache_kib = 64 * 1024;      ///< as our writing connections have it
    int busy_timeout_ms = 30'000;
    int page_bytes = 4'096;         ///< of a file that is made: SQLite's default
  };
  /// Opens or creates the file in WAL mode without automatic checkpoints.
  Database(const std::filesystem::path& file, const Options& options);
  void execute(const char* sql);
  [[nodiscard]] PreparedStatement prepare(const char* sql) const { return {handle_.get(), sql}; }
  [[nodiscard]] std::int64_t query(const char* sql);
  [[nodiscard]] std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }
  [[nodiscard]] std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  /// Pages in the log after the last commit of this connection.
  [[nodiscard]] int log_pages() const { return *log_pages_; }
  /// Pages that this connection has written to the log since it was opened.
  [[nodiscard]] std::int64_t pages_written() const;
  /// Copies the log into the file, mode PASSIVE. The caller holds the writer lock on another connection.
  void checkpoint();

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<int> log_pages_ = std::make_unique<int>(0);
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace commonbook::bench
