// One SQLite connection as an owned handle: opened the way this project needs it, every setting read back,
// every error with its extended code. Used by one thread at a time (S21).
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "engine/statement.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace commonbook::storage {

enum class Role : std::uint8_t { writer = 1, reader, maintenance };

struct ConnectionOptions {
  std::filesystem::path path;  ///< absolute; checked by the file guard before
  Role role = Role::writer;    ///< readers are opened read-only with query_only
  int cache_kib = 8 * 1024;
  const Clock* clock = nullptr;
  std::function<void()> on_busy_wait;  ///< counts calls of the busy handler; may be empty
  std::string file_layer{};            ///< name of a registered VFS; empty: SQLite's default
  std::int64_t schema_version_max = 0; ///< what check_schema_version() lets pass; 0: any
};

class Connection {
 public:
  /// Opens an existing file. Tries again with jitter until journal_mode answers `wal`, or the deadline.
  /// Sets and reads back: journal_mode, synchronous, foreign_keys, cache_size, mmap_size=0,
  /// wal_autocheckpoint=0, journal_size_limit, trusted_schema=OFF, cell_size_check, DQS off, DEFENSIVE,
  /// limits (ATTACHED 0, ...).
  /// @errors  busy, io, corrupt, foreign_file (not a database), internal (a setting did not take).
  static Result<Connection> open(const ConnectionOptions& options, Clock::SteadyPoint deadline);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Runs constant SQL that gives no rows. @param sql a literal; never built from data.
  Result<void> execute(const char* sql);
  /// A cached statement, leased: reset and unbound when the lease ends. One lease of one text at a time.
  /// @param sql  a literal with static storage: the pointer is the cache's key.
  Result<Statement> statement(const char* sql);
  /// First column of the first row, as integer; not_found where there is no row.
  Result<std::int64_t> query_int(const char* sql);

  /// Until when the busy handler waits (jittered 0.3-1 ms), and when running statements are interrupted by
  /// the progress handler (readers only). Default: no waiting.
  void set_deadline(Clock::SteadyPoint deadline) noexcept;
  void clear_deadline() noexcept;
  /// true: FULL, false: NORMAL; remembered, so a repeated call costs nothing. Outside transactions only.
  Result<void> set_durable(bool durable);

  /// Makes all that was committed to the file so far survive a power failure: what a commit with set_durable(true) does
  /// before it returns, for several commits at once and without the writer lock.
  /// @errors  io: final, since the system tells of a failed sync once, and the next sync would know nothing of it.
  Result<void> sync_log();
  /// Makes what a checkpoint has copied so far survive a power failure. The checkpoint that copies the rest syncs the
  /// file as well, and then finds little left to wait for. @errors  as sync_log().
  Result<void> sync_file();

  /// Inside a transaction: fails where a newer program has migrated the file since it was opened. Its tables may mean
  /// something else now, so this program must neither read nor write them.
  /// @errors  newer_schema; io, corrupt.
  Result<void> check_schema_version();

  [[nodiscard]] bool in_transaction() const noexcept;  ///< by sqlite3_get_autocommit
  /// Begins a transaction that reads, after renew_if_doubtful(). @errors  busy, io, corrupt.
  Result<void> begin_read();
  /// Where even this fails, for want of memory, the connection is in doubt.
  void rollback_if_open() noexcept;
  /// A transaction on this connection did not end as it should: SQLite has rolled it back in the middle of a statement, or
  /// nothing could. The search index may remember sums of an insertion that is gone, and would write them.
  void put_in_doubt() noexcept;
  /// Opens a connection that is in doubt anew; does nothing with any other. No statement may be leased. @errors as open().
  Result<void> renew_if_doubtful();
  [[nodiscard]] std::int64_t last_row_id() const noexcept;  ///< of the last INSERT that made a row
  [[nodiscard]] std::int64_t changes() const noexcept;
  [[nodiscard]] int wal_pages() const noexcept;        ///< after this connection's last commit (wal_hook)
  [[nodiscard]] Error error(std::string_view doing) const;  ///< of the last call, with the extended code
  [[nodiscard]] sqlite3* handle() const noexcept;      ///< engine/ and care/ only

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Sorts an extended SQLite result code: which ErrorCode a caller should see.
[[nodiscard]] ErrorCode classify(int extended_code) noexcept;
/// True when this connection, or the whole store, must not go on after the error.
[[nodiscard]] bool is_fatal(const Error& error) noexcept;

}  // namespace commonbook::storage
