// DELIBERATELY WRONG, and never part of the product. Tables, by the axis of uniqueness:
//
//   entity(id, name, embedding)   name UNIQUE with raw_spelling
//   alias(alias, entity)          alias a PRIMARY KEY with raw_spelling and normalised_key
//   triple(id, subject, predicate, object, item, line)
//
// With raw_spelling, as the article's package has it, a second alias row of one text is ignored (INSERT OR IGNORE): the
// constraint that speaks up is that of the entity's raw spelling. So who lost the race with another spelling has stored
// an entity that no alias leads to, and is not told. With normalised_key the alias row's own constraint speaks up.
#include "naive_store.hpp"

#include <array>
#include <utility>

namespace commonbook::sim {
namespace {

const char* entity_table(Uniqueness uniqueness) {
  return uniqueness == Uniqueness::raw_spelling
             ? "CREATE TABLE IF NOT EXISTS entity(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, "
               "embedding BLOB)"
             : "CREATE TABLE IF NOT EXISTS entity(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, "
               "embedding BLOB)";
}

const char* alias_table(Uniqueness uniqueness) {
  return uniqueness == Uniqueness::none
             ? "CREATE TABLE IF NOT EXISTS alias(alias TEXT NOT NULL, entity INTEGER NOT NULL REFERENCES entity(id));"
               "CREATE INDEX IF NOT EXISTS alias_text ON alias(alias)"
             : "CREATE TABLE IF NOT EXISTS alias(alias TEXT PRIMARY KEY, "
               "entity INTEGER NOT NULL REFERENCES entity(id))";
}

constexpr const char* triple_table =
    "CREATE TABLE IF NOT EXISTS triple(id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES entity(id), "
    "predicate TEXT NOT NULL, object INTEGER NOT NULL REFERENCES entity(id), item INTEGER NOT NULL, "
    "line INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS triple_subject ON triple(subject)";

Result<void> apply(RawConnection& connection, const NaiveSettings& settings) {
  const DesignAxes& axes = settings.axes;
  if (axes.busy_timeout_ms > 0) sqlite3_busy_timeout(connection.handle(), axes.busy_timeout_ms);
  const std::array wanted{
      axes.journal == Journal::wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=DELETE",
      settings.ack_class == AckClass::durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL",
      axes.foreign_keys ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF",
      "PRAGMA cache_size=-65536",  // 64 MiB, as our own writing connections have
      entity_table(axes.uniqueness),
      alias_table(axes.uniqueness),
      triple_table,
  };
  for (const char* sql : wanted)
    if (auto done = connection.execute(sql); !done) return done;
  return {};
}

}  // namespace

Result<std::unique_ptr<NaiveStore>> NaiveStore::open(const std::filesystem::path& file, const NaiveSettings& settings) {
  const bool shared = settings.axes.connection == Sharing::shared;
  auto connection = RawConnection::open(file, shared ? RawConnection::Threads::many : RawConnection::Threads::one);
  if (!connection) return connection.error();
  if (auto done = apply(*connection, settings); !done) return done.error();
  auto statements = prepare(*connection, settings.axes.uniqueness);
  if (!statements) return statements.error();
  return std::unique_ptr<NaiveStore>{new NaiveStore{std::move(*connection), std::move(*statements)}};
}

Result<NaiveStore::Statements> NaiveStore::prepare(RawConnection& connection, Uniqueness uniqueness) {
  const char* insert_alias = uniqueness == Uniqueness::raw_spelling
                                 ? "INSERT OR IGNORE INTO alias(alias, entity) VALUES (?1, ?2)"
                                 : "INSERT INTO alias(alias, entity) VALUES (?1, ?2)";
  const std::array texts{
      "SELECT entity FROM alias WHERE alias = ?1",
      "SELECT id FROM entity WHERE name = ?1",
      "INSERT INTO entity(name, embedding) VALUES (?1, ?2)",
      insert_alias,
      "INSERT INTO triple(subject, predicate, object, item, line) VALUES (?1, ?2, ?3, ?4, ?5)",
      "SELECT t.predicate, e.name FROM triple t JOIN entity e ON e.id = t.object WHERE t.subject = ?1",
      "BEGIN",
      "BEGIN IMMEDIATE",
      "COMMIT",
      "ROLLBACK",
  };
  Statements statements;
  static_assert(texts.size() == std::tuple_size_v<Statements>);
  for (std::size_t at = 0; at < texts.size(); ++at) {
    auto statement = connection.prepare(texts[at]);
    if (!statement) return statement.error();
    statements[at] = std::move(*statement);
  }
  return statements;
}

Result<std::optional<std::int64_t>> NaiveStore::find_alias(const std::string& alias) {
  return use(Text::find_alias).bind(1, alias).next_integer();
}

Result<std::optional<std::int64_t>> NaiveStore::find_name(const std::string& spelling) {
  return use(Text::find_name).bind(1, spelling).next_integer();
}

Result<std::int64_t> NaiveStore::insert_entity(const std::string& spelling, const storage::Embedding& embedding) {
  auto insert = use(Text::insert_entity);
  insert.bind(1, spelling).bind_blob(2, embedding.data(), embedding.size() * sizeof(embedding.front()));
  if (auto done = insert.run(); !done) return done.error();
  return connection_.last_insert_rowid();
}

Result<void> NaiveStore::insert_alias(const std::string& alias, std::int64_t entity) {
  return use(Text::insert_alias).bind(1, alias).bind(2, entity).run();
}

Result<void> NaiveStore::insert_triple(const NaiveLine& line) {
  auto insert = use(Text::insert_triple);
  insert.bind(1, line.subject).bind(2, line.predicate).bind(3, line.object);
  return insert.bind(4, static_cast<std::int64_t>(line.item)).bind(5, static_cast<std::int64_t>(line.line)).run();
}

Result<std::int64_t> NaiveStore::read_triples(std::int64_t subject) {
  auto select = use(Text::read_triples);
  select.bind(1, subject);
  std::int64_t triples = 0;
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) return triples;
    if (select.text(0).empty() || select.text(1).empty()) continue;  // reads what a caller would
    ++triples;
  }
}

Result<void> NaiveStore::begin(Transactions kind) {
  return use(kind == Transactions::immediate ? Text::begin_immediate : Text::begin_deferred).run();
}

Result<void> NaiveStore::commit() { return use(Text::commit).run(); }

void NaiveStore::rollback() { (void)use(Text::rollback).run(); }

}  // namespace commonbook::sim
