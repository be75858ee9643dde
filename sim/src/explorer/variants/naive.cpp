#include "naive.hpp"

#include "commonbook/model/yield_point.hpp"

#include <algorithm>

namespace commonbook::sim::explorer {
namespace {

constexpr const char* key = "acme";
constexpr std::uint64_t schedules_a_checkpoint = 1024;

// What steps touch: bit 0 and 1 the file, above them the lock of each process.
constexpr std::uint64_t committed = 1;
constexpr std::uint64_t writer_lock = 2;
constexpr std::uint64_t lock_of_process(std::size_t process) { return std::uint64_t{4} << process; }

Error failed(sqlite3* handle, const char* doing) {
  const int code = handle != nullptr ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
  return {
      ErrorCode::io, std::string{doing} + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : "no memory"), code, {}};
}

Result<void> execute(sqlite3* handle, const char* sql) {
  if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failed(handle, sql);
  return {};
}

// BEGIN's and INSERT's waiting, so that it is the explorer's to schedule. Called again and again by SQLite.
int wait_while_busy(void* /*context*/, int /*calls*/) { return wait_point("busy") ? 1 : 0; }

}  // namespace

NaiveVariant::NaiveVariant(NaiveDesign design, std::size_t processes, std::size_t threads_each)
    : design_(design), threads_each_(threads_each), agents_(processes * threads_each), lock_holder_(processes) {}

NaiveVariant::~NaiveVariant() = default;

Result<ConnectionHandle> NaiveVariant::connect(const std::filesystem::path& path) const {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  ConnectionHandle handle{raw};
  if (code != SQLITE_OK) return failed(raw, "opening the file");
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_handler(raw, &wait_while_busy, nullptr);
  if (auto done = execute(raw, "PRAGMA journal_mode=WAL"); !done) return done.error();
  if (auto done = execute(raw, "PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=0"); !done) return done.error();
  return handle;
}

Result<void> NaiveVariant::open_file(const std::filesystem::path& path) {
  auto keeper = connect(path);
  if (!keeper) return keeper.error();
  const char* schema = design_.unique
                           ? "CREATE TABLE entity(id INTEGER PRIMARY KEY AUTOINCREMENT, alias TEXT NOT NULL UNIQUE)"
                           : "CREATE TABLE entity(id INTEGER PRIMARY KEY AUTOINCREMENT, alias TEXT NOT NULL)";
  if (auto done = execute(keeper->get(), schema); !done) return done;
  keeper_ = std::move(*keeper);
  for (Agent& agent : agents_) {
    agent = {};
    auto connection = connect(path);
    if (!connection) return connection.error();
    agent.connection = std::move(*connection);
    if (auto done = prepare_statements(agent); !done) return done;
  }
  return {};
}

Result<void> NaiveVariant::prepare_statements(Agent& agent) const {
  const char* begin = design_.begin == NaiveDesign::Begin::immediate ? "BEGIN IMMEDIATE" : "BEGIN";
  const std::pair<StatementHandle*, const char*> texts[] = {
      {&agent.begin, begin},
      {&agent.select, "SELECT id FROM entity WHERE alias = ?1 ORDER BY id LIMIT 1"},
      {&agent.insert, "INSERT INTO entity(alias) VALUES (?1) RETURNING id"},
      {&agent.commit, "COMMIT"},
      {&agent.rollback, "ROLLBACK"}};
  for (const auto& [handle, sql] : texts) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(agent.connection.get(), sql, -1, &raw, nullptr) != SQLITE_OK) {
      return failed(agent.connection.get(), sql);
    }
    handle->reset(raw);
  }
  sqlite3_bind_text(agent.select.get(), 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_text(agent.insert.get(), 1, key, -1, SQLITE_STATIC);
  return {};
}

Result<void> NaiveVariant::prepare(const std::filesystem::path& folder) {
  if (folder != folder_) {
    if (auto opened = open_file(folder / "naive.db"); !opened) return opened;
    folder_ = folder;
  }
  for (Agent& agent : agents_) {
    if (sqlite3_get_autocommit(agent.connection.get()) == 0) (void)step(*agent.rollback);  // after a deadlock
    agent.id = 0;
    agent.created = false;
    agent.error.clear();
  }
  std::fill(lock_holder_.begin(), lock_holder_.end(), std::nullopt);
  commits_ = 0;
  if (auto done = execute(keeper_.get(), "DELETE FROM entity"); !done) return done;
  if (++schedules_ % schedules_a_checkpoint == 0) {
    // Nobody else works now. So the log stays short.
    if (sqlite3_wal_checkpoint_v2(keeper_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) != SQLITE_OK) {
      return failed(keeper_.get(), "emptying the log");
    }
  }
  return {};
}

// The statement's last code; rows are passed over.
int NaiveVariant::step(sqlite3_stmt& statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(&statement);
  sqlite3_reset(&statement);
  return code;
}

std::int64_t NaiveVariant::look_up(Agent& agent) {
  std::int64_t id = 0;
  const int code = sqlite3_step(agent.select.get());
  if (code == SQLITE_ROW) {
    id = sqlite3_column_int64(agent.select.get(), 0);
  } else if (code != SQLITE_DONE) {
    agent.error = "looking the key up fails with code " + std::to_string(code);
  }
  sqlite3_reset(agent.select.get());
  return id;
}

bool NaiveVariant::lock(std::size_t thread) {
  yield_point("naive.lock");
  auto& holder = lock_holder_[process_of(thread)];
  while (holder) {
    if (!wait_point("lock")) return false;
  }
  holder = thread;
  return true;
}

void NaiveVariant::unlock(std::size_t thread) { lock_holder_[process_of(thread)].reset(); }

bool NaiveVariant::begin(std::size_t thread) {
  yield_point("naive.begin");
  return step(*agents_[thread].begin) == SQLITE_DONE;
}

void NaiveVariant::end(std::size_t thread, std::string_view step_name, sqlite3_stmt& statement) {
  yield_point(step_name);
  if (const int code = step(statement); code != SQLITE_DONE) {
    agents_[thread].error = "the transaction's end fails with code " + std::to_string(code);
  }
}

bool NaiveVariant::wait_for_commit(std::uint64_t seen) const {
  while (commits_ == seen) {
    if (!wait_point("commit")) return false;
  }
  return true;
}

void NaiveVariant::find_or_create_autocommit(Agent& agent) {
  yield_point("naive.select");
  agent.id = look_up(agent);
  if (agent.id != 0 || !agent.error.empty()) return;
  yield_point("naive.insert_and_commit");
  int code = sqlite3_step(agent.insert.get());
  if (code == SQLITE_ROW) {
    agent.id = sqlite3_column_int64(agent.insert.get(), 0);
    agent.created = true;
    code = sqlite3_step(agent.insert.get());
  }
  sqlite3_reset(agent.insert.get());
  if ((code & 0xff) == SQLITE_CONSTRAINT) {
    yield_point("naive.select_winner");
    agent.id = look_up(agent);
  } else if (code != SQLITE_DONE) {
    agent.error = "the insert fails with code " + std::to_string(code);
  }
}

void NaiveVariant::find_or_create_in_transaction(std::size_t thread) {
  Agent& agent = agents_[thread];
  yield_point("naive.select");
  agent.id = look_up(agent);
  const std::uint64_t seen = commits_;
  if (agent.id == 0 && agent.error.empty()) {
    yield_point("naive.insert");
    int code = sqlite3_step(agent.insert.get());
    if (code == SQLITE_ROW) {
      agent.id = sqlite3_column_int64(agent.insert.get(), 0);
      agent.created = true;
      code = sqlite3_step(agent.insert.get());
    }
    sqlite3_reset(agent.insert.get());
    if ((code & 0xff) == SQLITE_BUSY) {
      // What was read is too old to write upon, or somebody writes: only the whole transaction can be tried again.
      end(thread, "naive.rollback", *agent.rollback);
      if (code == SQLITE_BUSY && !wait_for_commit(seen)) return;
      if (begin(thread)) return find_or_create_in_transaction(thread);
      return;
    }
    if (code != SQLITE_DONE) agent.error = "the insert fails with code " + std::to_string(code);
  }
  end(thread, "naive.commit", *agent.commit);
  ++commits_;
}

void NaiveVariant::run(std::size_t thread) {
  const bool is_late = design_.lock == NaiveDesign::Lock::after_begin_in_odd_threads && thread % threads_each_ % 2 == 1;
  const bool locks = design_.lock != NaiveDesign::Lock::none;
  if (locks && !is_late && !lock(thread)) return;
  if (design_.begin == NaiveDesign::Begin::autocommit) {
    find_or_create_autocommit(agents_[thread]);
  } else if (begin(thread) && (!is_late || lock(thread))) {
    find_or_create_in_transaction(thread);
  }
  if (locks) unlock(thread);
}

std::string NaiveVariant::check() {
  for (const Agent& agent : agents_) {
    if (!agent.error.empty()) return agent.error;
  }
  // Nobody else works now, so that any connection sees what all committed.
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(keeper_.get(), "SELECT count(*), min(id) FROM entity", -1, &raw, nullptr) != SQLITE_OK) {
    return failed(keeper_.get(), "counting").message;
  }
  const StatementHandle count{raw};
  if (sqlite3_step(raw) != SQLITE_ROW) return failed(keeper_.get(), "counting").message;
  const auto rows = sqlite3_column_int64(raw, 0);
  const auto first = sqlite3_column_int64(raw, 1);
  if (rows != 1) return std::to_string(rows) + " entities for one key";
  const auto creators = std::count_if(agents_.begin(), agents_.end(), [](const Agent& agent) { return agent.created; });
  if (creators != 1) return std::to_string(creators) + " callers were told `created`";
  const bool is_one =
      std::all_of(agents_.begin(), agents_.end(), [&](const Agent& agent) { return agent.id == first; });
  return is_one ? "" : "two ids were given out for one key";
}

std::string NaiveVariant::outcome() {
  std::string text;
  for (const Agent& agent : agents_) text += agent.created ? 'c' : 'f';
  return text;
}

Touched NaiveVariant::touched(std::size_t thread, std::string_view step) const {
  const std::uint64_t lock = lock_of_process(process_of(thread));
  if (step == "start") return {0, 0};
  if (step == "naive.lock" || step == "lock") return {0, lock, true};
  if (step == "naive.select_winner") return {committed, lock};
  if (design_.begin == NaiveDesign::Begin::immediate) {
    if (step == "naive.begin" || step == "busy") return {committed, writer_lock, true};
    // Under the writer lock nobody else can change what is read, or see what is written.
    if (step == "naive.select" || step == "naive.insert") return {0, 0};
  }
  if (design_.begin == NaiveDesign::Begin::deferred) {
    if (step == "naive.begin") return {0, 0};
    if (step == "naive.insert") return {committed, writer_lock};
  }
  if (step == "naive.select") return {committed, lock};
  return {committed, committed | writer_lock | lock};
}

}  // namespace commonbook::sim::explorer
