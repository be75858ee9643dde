#include "plain_book.hpp"

#include <stdexcept>

namespace commonbook::bench {
namespace {

constexpr const char* schema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entity(id INTEGER PRIMARY KEY, spelling TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alias(value TEXT PRIMARY KEY, entity INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS observation(id INTEGER PRIMARY KEY, time INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tail(sequence INTEGER PRIMARY KEY, subject INTEGER NOT NULL, predicate INTEGER NOT NULL,
  object INTEGER NOT NULL, observation INTEGER NOT NULL);
COMMIT;
)sql";

// Makes the tables before the statements are prepared.
Database open_with_tables(const std::filesystem::path& file, int busy_timeout_ms) {
  Database database{file, {.durable = false, .busy_timeout_ms = busy_timeout_ms}};
  database.execute(schema);
  database.execute("PRAGMA wal_autocheckpoint=1000");  // SQLite's default
  return database;
}

}  // namespace

PlainBook::PlainBook(const std::filesystem::path& file, int busy_timeout_ms)
    : database_(open_with_tables(file, busy_timeout_ms)),
      begin_(database_.prepare("BEGIN IMMEDIATE")),
      commit_(database_.prepare("COMMIT")),
      find_(database_.prepare("SELECT entity FROM alias WHERE value = ?1")),
      entity_(database_.prepare("INSERT INTO entity(spelling) VALUES (?1)")),
      alias_(database_.prepare("INSERT INTO alias VALUES (?1, ?2)")),
      observation_(database_.prepare("INSERT INTO observation(time) VALUES (?1)")),
      append_(database_.prepare("INSERT INTO tail(subject, predicate, object, observation) VALUES (?1, ?2, ?3, ?4)")) {}

std::int64_t PlainBook::find_or_create(const std::string& spelling) {
  plain_alias(spelling, alias_text_);
  const bool known = find_.bind(1, std::string_view{alias_text_}).step();
  std::int64_t id = known ? find_.integer(0) : 0;
  find_.reset();
  if (known) return id;
  entity_.bind(1, std::string_view{spelling}).run();
  id = database_.last_row();
  alias_.bind(1, std::string_view{alias_text_}).bind(2, id).run();
  return id;
}

void PlainBook::store_rows(const Workload& workload, const Group& group) {
  observation_.bind(1, group.source).run();
  const std::int64_t observation = database_.last_row();
  for (std::size_t at = group.first; at < group.first + group.count; ++at) {
    const Statement& statement = workload.statements[at];
    const std::int64_t subject = find_or_create(statement.subject);
    const std::int64_t object = find_or_create(statement.object);
    append_.bind(1, subject)
        .bind(2, static_cast<std::int64_t>(statement.predicate))
        .bind(3, object)
        .bind(4, observation)
        .run();
  }
}

void PlainBook::store(const Workload& workload, const Group& group) {
  begin_.run();
  try {
    store_rows(workload, group);
    commit_.run();
  } catch (const std::runtime_error&) {
    database_.execute("ROLLBACK");
    throw;
  }
}

}  // namespace commonbook::bench
