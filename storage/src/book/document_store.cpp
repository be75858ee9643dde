#include "book/document_store.hpp"

#include "book/first_integer.hpp"
#include "book/row_digest.hpp"

namespace commonbook::storage {
namespace {

Result<std::int64_t> known_version(Connection& connection, const Document& document) {
  auto select = connection.statement("SELECT id FROM document WHERE external_id = ?1 AND hash = ?2");
  if (!select) return select.error();
  return only_integer(select->bind(1, std::string_view{document.id}).bind(2, std::string_view{document.hash}));
}

void bind_optional(Statement& statement, int index, const std::optional<std::int64_t>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind_null(index);
  }
}

// The new row's id, or nothing where this version has a row already.
//
// Not RETURNING: SQLite runs such a statement within a savepoint of its own, and at each savepoint the full-text index
// writes what it holds in memory as a segment, so that every document would bring one.
Result<std::optional<std::int64_t>> insert_document(Connection& connection, const DocumentRow& row) {
  auto insert = connection.statement(
      "INSERT INTO document(external_id, kind, title, body, context, time, hash, subject) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(external_id, hash) DO NOTHING");
  if (!insert) return insert.error();
  insert->bind(1, row.external_id).bind(2, row.kind).bind(3, row.title).bind(4, row.body).bind(5, row.context);
  bind_optional(*insert, 6, row.time);
  insert->bind(7, row.hash);
  bind_optional(*insert, 8, row.subject);
  if (auto done = insert->run(); !done) return done.error();
  if (connection.changes() == 0) return std::optional<std::int64_t>{};
  return std::optional{connection.last_row_id()};
}

Result<void> insert_search_text(Connection& connection, const DocumentRow& row) {
  auto insert = connection.statement("INSERT INTO search(rowid, title, body, context) VALUES (?1, ?2, ?3, ?4)");
  if (!insert) return insert.error();
  return insert->bind(1, row.id).bind(2, row.title).bind(3, row.body).bind(4, row.context).run();
}

}  // namespace

Result<std::int64_t> store_document(WriteBatch& batch, const Document& document, std::optional<std::int64_t> subject) {
  DocumentRow row;
  row.external_id = document.id;
  row.kind = static_cast<std::int64_t>(document.kind);
  row.title = document.title;
  row.body = document.text;
  row.context = document.context;
  if (document.time) row.time = document.time->unix_ms;
  row.hash = document.hash;
  row.subject = subject;
  const auto id = insert_document(batch.connection(), row);
  if (!id) return id.error();
  if (!*id) return known_version(batch.connection(), document);
  row.id = **id;
  if (auto done = insert_search_text(batch.connection(), row); !done) return done.error();
  batch.add_hash(document_hash(row));
  return row.id;
}

}  // namespace commonbook::storage
