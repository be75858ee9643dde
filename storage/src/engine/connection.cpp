#include "engine/connection.hpp"

#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"
#include "engine/settings.hpp"
#include "engine/word_rank.hpp"

#include <sqlite3.h>

#include <optional>
#include <unordered_map>

#include <sys/stat.h>

namespace commonbook::storage {

namespace {

// A reader looks at the clock once in so many virtual machine steps, some tens of microseconds.
constexpr int steps_between_deadline_checks = 1'000;
// CANTOPEN is what an opener sees for a moment while the last closer removes -wal and -shm. Longer is another cause.
constexpr std::chrono::milliseconds cantopen_patience{1'000};

struct CachedStatement {
  sqlite3_stmt* raw = nullptr;
  bool leased = false;
};

const SystemClock& system_clock() {
  static const SystemClock clock;
  return clock;
}

bool is_missing(const std::filesystem::path& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) != 0 && errno == ENOENT;
}

}  // namespace

struct Connection::Impl {
  sqlite3* handle = nullptr;
  ConnectionOptions options;
  const Clock* clock = nullptr;
  std::optional<Clock::SteadyPoint> deadline;
  bool is_doubtful = false;
  Jitter jitter;
  bool durable = true;
  int wal_pages = 0;
  sqlite3_stmt* rollback = nullptr;  // ready from the start: a transaction must end also where there is no memory to parse
  std::unordered_map<const char*, CachedStatement> statements;  // as many as the sources have literals

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    for (auto& [sql, cached] : statements) sqlite3_finalize(cached.raw);
    sqlite3_finalize(rollback);
    sqlite3_close_v2(handle);
  }

  static int wait_while_busy(void* context, int /*calls*/) {
    auto& self = *static_cast<Impl*>(context);
    if (!self.deadline || self.clock->steady_now() >= *self.deadline) return 0;
    sometimes("busy_seen");
    if (self.options.on_busy_wait) self.options.on_busy_wait();
    if (!wait_point("busy")) self.jitter.pause(*self.clock, *self.deadline);
    return 1;
  }
  static int interrupt_when_late(void* context) {
    const auto& self = *static_cast<const Impl*>(context);
    return self.deadline && self.clock->steady_now() >= *self.deadline ? 1 : 0;
  }
  static int note_wal_pages(void* context, sqlite3* /*handle*/, const char* /*schema*/, int pages) {
    static_cast<Impl*>(context)->wal_pages = pages;
    return SQLITE_OK;
  }

  static Result<std::unique_ptr<Impl>> connect(const ConnectionOptions& options, Clock::SteadyPoint deadline);
  Result<void> open();
  Result<void> require_wal();
  Result<void> add_search_tools();
};

// The file is never created here: the file guard does that, with the right mode.
Result<void> Connection::Impl::open() {
  const Role role = options.role;
  const int access = role == Role::reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int flags =
      access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const char* layer = options.file_layer.empty() ? nullptr : options.file_layer.c_str();
  if (sqlite3_open_v2(options.path.c_str(), &handle, flags, layer) != SQLITE_OK) {
    return sqlite_error(handle, "opening the file");
  }
  sqlite3_busy_handler(handle, &Impl::wait_while_busy, this);
  auto applied = apply_settings(handle, role, options.cache_kib);
  if (!applied) return applied;
  // After the settings: this hook takes the place that an automatic checkpoint would have.
  sqlite3_wal_hook(handle, &Impl::note_wal_pages, this);
  auto wal = require_wal();
  if (!wal) return wal;
  if (role == Role::reader) {
    if (auto added = add_search_tools(); !added) return added;
    sqlite3_progress_handler(handle, steps_between_deadline_checks, &Impl::interrupt_when_late, this);
  }
  if (sqlite3_prepare_v3(handle, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &rollback, nullptr) != SQLITE_OK) {
    return sqlite_error(handle, "preparing a statement");
  }
  // journal_mode opened the log, so that a setting that only a log has can be wrong only now.
  const auto wrong = wrong_settings(handle, role, options.cache_kib, true);
  if (!wrong) return wrong.error();
  if (wrong->empty()) {
    if (fault("mutant.autocheckpoint_left_on")) sqlite3_wal_autocheckpoint(handle, 1'000);
    return {};
  }
  return Error{.code = ErrorCode::internal,
               .message = "a setting did not take: " + wrong->front(),
               .sqlite_code = 0,
               .retry_after = {}};
}

// What searching needs beside the tables: a score, and the words of the search index as rows of a temporary table. The
// one statement that is no query is run before anybody can ask.
Result<void> Connection::Impl::add_search_tools() {
  if (auto added = add_word_rank(handle); !added) return added;
  for (const char* sql : {"PRAGMA query_only=OFF",
                          "CREATE VIRTUAL TABLE temp.search_words USING fts5vocab('main', 'search', 'instance')",
                          "PRAGMA query_only=ON"})
    if (auto done = query_text(handle, sql); !done) return done.error();
  return {};
}

// Under a race of many openers the pragma may fail at once, or succeed and answer "delete": only the answer counts.
Result<void> Connection::Impl::require_wal() {
  // Heeded by a file without content alone. A commit touches pages all over the index of names, each of which goes into the
  // log whole: smaller ones are fewer bytes.
  const Role role = options.role;
  if (role != Role::reader)
    if (auto set = query_text(handle, "PRAGMA page_size=2048"); !set) return set.error();
  const auto mode = query_text(handle, role == Role::reader ? "PRAGMA journal_mode" : "PRAGMA journal_mode=WAL");
  if (!mode) return mode.error();
  if (*mode == "wal") return {};
  return Error{.code = ErrorCode::busy,
               .message = "the file is not in WAL mode yet, but in mode " + *mode,
               .sqlite_code = SQLITE_BUSY,
               .retry_after = {}};
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<std::unique_ptr<Connection::Impl>> Connection::Impl::connect(const ConnectionOptions& options,
                                                                   Clock::SteadyPoint deadline) {
  const Clock& clock = options.clock != nullptr ? *options.clock : system_clock();
  const auto cantopen_until = clock.steady_now() + cantopen_patience;
  Jitter jitter;
  while (true) {
    auto impl = std::make_unique<Impl>();
    impl->options = options;
    impl->clock = &clock;
    impl->deadline = deadline;
    auto opened = impl->open();
    if (opened) {
      impl->deadline.reset();
      return impl;
    }
    Error error = opened.error();
    const auto now = clock.steady_now();
    const bool cantopen = (error.sqlite_code & 0xff) == SQLITE_CANTOPEN && error.code == ErrorCode::io;
    if (cantopen && is_missing(options.path)) {
      error.code = ErrorCode::not_found;
      error.message = "there is no file " + options.path.string();
      return error;
    }
    const bool again = error.code == ErrorCode::busy || (cantopen && now < cantopen_until);
    if (!again || now >= deadline) return error;
    impl.reset();  // a failed handle may hold a lock that another opener waits for
    jitter.pause(clock, deadline);
  }
}

Result<Connection> Connection::open(const ConnectionOptions& options, Clock::SteadyPoint deadline) {
  if (!options.path.is_absolute() || options.path.string().starts_with("file:")) {
    return Error{.code = ErrorCode::invalid_argument,
                 .message = "the path of a database must be absolute and no URI",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  auto impl = Impl::connect(options, deadline);
  if (!impl) return impl.error();
  return Connection{std::move(*impl)};
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(impl_->handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error("running a statement");
  return {};
}

Result<Statement> Connection::statement(const char* sql) {
  // A question of many short statements would never be interrupted within one.
  if (impl_->options.role == Role::reader && Impl::interrupt_when_late(impl_.get()) != 0) {
    return Error{.code = ErrorCode::timeout,
                 .message = "the deadline passed while reading",
                 .sqlite_code = SQLITE_INTERRUPT,
                 .retry_after = {}};
  }
  CachedStatement& cached = impl_->statements[sql];
  if (cached.leased) {
    return Error{.code = ErrorCode::internal,
                 .message = std::string{"a statement is in use twice: "} + sql,
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  if (cached.raw == nullptr &&
      sqlite3_prepare_v3(impl_->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &cached.raw, nullptr) != SQLITE_OK) {
    Error failed = error("preparing a statement");
    // All SQL is ours and fits the schema: what SQLite does not understand then is the file's, such as an index whose
    // format is unknown.
    if (failed.sqlite_code == SQLITE_ERROR) failed.code = ErrorCode::corrupt;
    return failed;
  }
  cached.leased = true;
  return Statement{cached.raw, &cached.leased};
}

Result<std::int64_t> Connection::query_int(const char* sql) {
  auto leased = statement(sql);
  if (!leased) return leased.error();
  const auto row = leased->step();
  if (!row) return row.error();
  if (!*row)
    return Error{.code = ErrorCode::not_found, .message = "a query gave no row", .sqlite_code = 0, .retry_after = {}};
  return leased->integer(0);
}

void Connection::set_deadline(Clock::SteadyPoint deadline) noexcept { impl_->deadline = deadline; }
void Connection::clear_deadline() noexcept { impl_->deadline.reset(); }

Result<void> Connection::set_durable(bool durable) {
  if (impl_->durable == durable) return {};
  // Inside a transaction the pragma would be ignored without a word.
  if (in_transaction()) {
    return Error{.code = ErrorCode::internal,
                 .message = "set_durable inside a transaction",
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  auto done = execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  if (done) impl_->durable = durable;
  return done;
}

Result<void> Connection::check_schema_version() {
  if (impl_->options.schema_version_max == 0) return {};
  const auto version = query_int("PRAGMA user_version");
  if (!version) return version.error();
  if (*version <= impl_->options.schema_version_max) return {};
  return Error{.code = ErrorCode::newer_schema,
               .message = "a newer program has migrated the file to schema version " + std::to_string(*version) +
                          " while it was open here; go on with that program",
               .sqlite_code = 0,
               .retry_after = {}};
}

bool Connection::in_transaction() const noexcept { return sqlite3_get_autocommit(impl_->handle) == 0; }

void Connection::rollback_if_open() noexcept {
  // After a change of the schema SQLite prepares even this statement anew, which takes memory.
  for (int tries = 0; tries < 2 && in_transaction(); ++tries) {
    sqlite3_step(impl_->rollback);
    sqlite3_reset(impl_->rollback);
  }
  if (in_transaction()) put_in_doubt();
}

void Connection::put_in_doubt() noexcept { impl_->is_doubtful = true; }

Result<void> Connection::renew_if_doubtful() {
  if (!impl_->is_doubtful) return {};
  const auto deadline = impl_->deadline.value_or(impl_->clock->steady_now());
  const ConnectionOptions options = impl_->options;
  auto renewed = Impl::connect(options, deadline);
  if (!renewed) return renewed.error();
  impl_ = std::move(*renewed);
  impl_->deadline = deadline;
  sometimes("connection_renewed");
  return {};
}

Result<void> Connection::begin_read() {
  if (auto renewed = renew_if_doubtful(); !renewed) return renewed;
  auto begin = statement("BEGIN DEFERRED TRANSACTION");
  if (!begin) return begin.error();
  return begin->run();
}

namespace {

Result<void> sync(sqlite3_file* file, const char* doing) {
  if (file == nullptr || file->pMethods == nullptr) return {};  // nothing was ever written
  const int code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (code == SQLITE_OK) return {};
  return Error{.code = classify(code), .message = doing, .sqlite_code = code, .retry_after = {}};
}

}  // namespace

Result<void> Connection::sync_log() {
  sqlite3_file* log = nullptr;
  const int found = sqlite3_file_control(impl_->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (found != SQLITE_OK) return error("asking for the log");
  return sync(log, "syncing the log");
}

Result<void> Connection::sync_file() {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(impl_->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (found != SQLITE_OK) return error("asking for the file");
  return sync(file, "syncing the file");
}

std::int64_t Connection::last_row_id() const noexcept { return sqlite3_last_insert_rowid(impl_->handle); }
std::int64_t Connection::changes() const noexcept { return sqlite3_changes64(impl_->handle); }
int Connection::wal_pages() const noexcept { return impl_->wal_pages; }
Error Connection::error(std::string_view doing) const { return sqlite_error(impl_->handle, doing); }
sqlite3* Connection::handle() const noexcept { return impl_->handle; }

}  // namespace commonbook::storage
