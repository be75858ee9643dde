#include "article_schema.hpp"

#include <string>

namespace commonbook::bench {
namespace {

constexpr const char* article_tables = R"sql(
CREATE TABLE entity(id INTEGER PRIMARY KEY, spelling TEXT NOT NULL UNIQUE, type TEXT NOT NULL DEFAULT 'thing',
  description TEXT NOT NULL DEFAULT '', embedding BLOB, created_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE TABLE alias(alias TEXT PRIMARY KEY, entity INTEGER NOT NULL REFERENCES entity(id) ON DELETE CASCADE);
CREATE INDEX alias_entity ON alias(entity);
CREATE TABLE relation(id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES entity(id),
  object INTEGER NOT NULL REFERENCES entity(id), predicate TEXT NOT NULL, UNIQUE(subject, object, predicate));
CREATE INDEX relation_subject ON relation(subject);
CREATE INDEX relation_object ON relation(object);
CREATE TABLE evidence(relation INTEGER NOT NULL REFERENCES relation(id), source INTEGER NOT NULL,
  PRIMARY KEY(relation, source));
)sql";

constexpr const char* document_tables = R"sql(
CREATE TABLE document(id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE VIRTUAL TABLE search USING fts5(title, body, content='document', content_rowid='id',
  tokenize="porter unicode61 remove_diacritics 2");
)sql";

// What a page of the file has no room for where it holds one leaf. FTS5's own default is a page of 4,096 bytes less
// these.
constexpr int bytes_beside_leaf = 46;

}  // namespace

void make_article_schema(Database& database) { database.execute(article_tables); }

void make_article_documents(Database& database, int page_bytes) {
  database.execute(document_tables);
  PreparedStatement leaf = database.prepare("INSERT INTO search(search, rank) VALUES ('pgsz', ?1)");
  leaf.bind(1, std::int64_t{page_bytes - bytes_beside_leaf}).run();
}

ArticleStore::ArticleStore(const Database& database, const Workload& workload)
    : database_(database),
      workload_(workload),
      names_(database),
      insert_(database.prepare("INSERT OR IGNORE INTO relation(subject, object, predicate) VALUES (?1, ?2, ?3)")),
      find_(database.prepare("SELECT id FROM relation WHERE subject = ?1 AND object = ?2 AND predicate = ?3")),
      evidence_(database.prepare("INSERT OR IGNORE INTO evidence VALUES (?1, ?2)")) {
  // No trigger fills the index: in one FTS5 would write a segment for each document, and so it writes one for each
  // commit.
  if (workload.document_words > 0)
    documents_.emplace(Documents{database.prepare("INSERT INTO document(id, title, body) VALUES (?1, ?2, ?3)"),
                                 database.prepare("INSERT INTO search(rowid, title, body) VALUES (?1, ?2, ?3)")});
}

void ArticleStore::store(std::span<const Group> groups) {
  for (const Group& group : groups) {
    if (documents_) store_document(group);
    for (std::size_t at = group.first; at < group.first + group.count; ++at)
      store_statement(workload_.statements[at], group.source);
  }
}

void ArticleStore::store_document(const Group& group) {
  const std::string title = "Note " + std::to_string(group.source);
  const std::string text = workload_.document_text(group.source);
  for (PreparedStatement* insertion : {&documents_->row, &documents_->words})
    insertion->bind(1, group.source).bind(2, std::string_view{title}).bind(3, std::string_view{text}).run();
}

void ArticleStore::store_statement(const Statement& statement, std::int64_t source) {
  const std::string_view predicate = workload_.predicates[statement.predicate];
  const std::int64_t subject = names_.find_or_create(statement.subject);
  const std::int64_t object = names_.find_or_create(statement.object);
  insert_.bind(1, subject).bind(2, object).bind(3, predicate).run();
  std::int64_t relation = database_.last_row();
  if (database_.changes() == 0) {
    find_.bind(1, subject).bind(2, object).bind(3, predicate);
    if (find_.step()) relation = find_.integer(0);
    find_.reset();
  }
  evidence_.bind(1, relation).bind(2, source).run();
}

}  // namespace commonbook::bench
