#include "book/purge.hpp"

#include "book/derivation_store.hpp"
#include "book/first_integer.hpp"
#include "book/for_each_row.hpp"
#include "book/overlay.hpp"
#include "book/row_digest.hpp"
#include "book/tail_codec.hpp"

#include <optional>

namespace commonbook::storage {
namespace {

// A slice ends at the first look at the clock after its time, so what lies between two looks must be short: rows that
// are deleted cost a page of the mirror each, an observation its document's words in the search index.
constexpr std::int64_t rows_at_once = 256;
constexpr std::size_t deletes_at_once = 16;
constexpr std::size_t observations_at_once = 4;
constexpr std::chrono::milliseconds slice_time{3};

// The columns of a row of `triple` or `mirror`, bound in this order.
Result<std::int64_t> delete_row(Connection& connection, const char* sql, const TailRow& row) {
  auto statement = connection.statement(sql);
  if (!statement) return statement.error();
  statement->bind(1, row.subject).bind(2, row.predicate).bind(4, row.observation);
  bind_object(*statement, 3, row.object);
  if (auto done = statement->run(); !done) return done.error();
  return connection.changes();
}

// Gives rows to `row(statement)`, which says whether it wants another one, at most rows_at_once.
// @returns  true where there was no further row.
template <class Row>
Result<bool> read_some(Statement& statement, Row row) {
  for (std::int64_t looked_at = 0; looked_at < rows_at_once; ++looked_at) {
    const auto more = statement.step();
    if (!more) return more.error();
    if (!*more) return true;
    if (!row(static_cast<const Statement&>(statement))) return false;
  }
  return false;
}

constexpr const char* delete_triple =
    "DELETE FROM triple WHERE subject = ?1 AND predicate = ?2 AND object = ?3 AND observation = ?4";
constexpr const char* delete_mirror =
    "DELETE FROM mirror WHERE subject = ?1 AND predicate = ?2 AND object = ?3 AND observation = ?4";

}  // namespace

Result<PurgePass> PurgePass::begin(Connection& connection, const PassRow& row) {
  PurgePass pass;
  pass.epoch_ = row.epoch;
  auto read = for_each_row(
      connection,
      "SELECT id FROM observation WHERE retracted <> 0 AND (triple_count > 0 OR claim_count > 0 OR document IS NOT NULL "
      "OR id IN (SELECT observation FROM derivation)) "
      "ORDER BY id",
      [&pass](const Statement& found) {
        pass.order_.push_back(found.integer(0));
        pass.retracted_.insert(found.integer(0));
      });
  if (!read) return read.error();
  return pass;
}

Result<std::int64_t> PurgePass::slice(Transaction& transaction, const Clock& clock) {
  Connection& connection = transaction.connection();
  const auto end = clock.steady_now() + slice_time;
  std::int64_t removed = 0;
  change_ = 0;
  for (bool first = true; phase_ != Phase::done; first = false) {
    if (!first && clock.steady_now() >= end) break;
    Result<std::int64_t> done = 0;
    switch (phase_) {
      case Phase::tail: done = purge_tail(connection); break;
      case Phase::triples: done = purge_triples(connection); break;
      case Phase::claims: done = purge_claims(connection); break;
      case Phase::observations: done = purge_observations(connection); break;
      case Phase::done: break;
    }
    if (!done) return done;
    removed += *done;
  }
  if (auto done = write_digest(connection); !done) return done.error();
  return removed;
}

Result<void> PurgePass::write_digest(Connection& connection) {
  const auto kept = connection.query_int("SELECT row_digest FROM meta WHERE id = 1");
  if (!kept) return kept.error();
  auto update = connection.statement(
      "UPDATE meta SET row_digest = ?1, purge_pending = CASE WHEN ?2 THEN 0 ELSE purge_pending END, "
      "epoch = CASE WHEN ?2 THEN epoch + 1 ELSE epoch END WHERE id = 1");
  if (!update) return update.error();
  update->bind(1, static_cast<std::int64_t>(static_cast<std::uint64_t>(*kept) + change_));
  return update->bind(2, std::int64_t{phase_ == Phase::done ? 1 : 0}).run();
}

// A row that stands in both parts counts once in the digest, so it is taken from the sorted part here as well.
Result<std::int64_t> PurgePass::purge_tail(Connection& connection) {
  std::vector<TailRow> rows;
  {
    auto statement = connection.statement(
        "SELECT seq, subject, predicate, object, observation FROM assertion WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    if (!statement) return statement.error();
    statement->bind(1, tail_cursor_).bind(2, rows_at_once);
    const auto ended = read_some(*statement, [&](const Statement& row) {
      tail_cursor_ = row.integer(0);
      if (retracted_.count(row.integer(4)) > 0)
        rows.push_back({row.integer(0), row.integer(1), row.integer(2), read_object(row, 3), row.integer(4)});
      return rows.size() < deletes_at_once;
    });
    if (!ended) return ended.error();
    if (*ended) phase_ = Phase::triples;
  }
  for (const TailRow& row : rows) {
    for (const char* sql : {delete_triple, delete_mirror})
      if (auto done = delete_row(connection, sql, row); !done) return done;
    auto statement = connection.statement("DELETE FROM assertion WHERE seq = ?1");
    if (!statement) return statement.error();
    if (auto done = statement->bind(1, row.seq).run(); !done) return done.error();
    change_ -= triple_hash(row.subject, row.predicate, row.object, row.observation);
  }
  return static_cast<std::int64_t>(rows.size());
}

Result<std::int64_t> PurgePass::purge_triples(Connection& connection) {
  std::vector<TailRow> rows;
  {
    auto statement = connection.statement(
        "SELECT subject, predicate, object, observation FROM triple "
        "WHERE (subject, predicate, object, observation) > (?1, ?2, ?3, ?4) "
        "ORDER BY subject, predicate, object, observation LIMIT ?5");
    if (!statement) return statement.error();
    TripleCursor& cursor = triple_cursor_;
    statement->bind(1, cursor.subject).bind(2, cursor.predicate).bind(4, cursor.observation).bind(5, rows_at_once);
    if (cursor.object_is_text)
      statement->bind(3, std::string_view{cursor.object_text});
    else
      statement->bind(3, cursor.object_id);
    TailRow last;
    bool any = false;
    const auto ended = read_some(*statement, [&](const Statement& row) {
      any = true;
      last = {0, row.integer(0), row.integer(1), read_object(row, 2), row.integer(3)};
      if (retracted_.count(last.observation) > 0) rows.push_back(last);
      return rows.size() < deletes_at_once;
    });
    if (!ended) return ended.error();
    if (*ended) phase_ = Phase::claims;
    statement->reset();
    if (any) {
      cursor.subject = last.subject;
      cursor.predicate = last.predicate;
      cursor.observation = last.observation;
      cursor.object_is_text = std::holds_alternative<std::string>(last.object);
      if (cursor.object_is_text)
        cursor.object_text = std::get<std::string>(last.object);
      else
        cursor.object_id = std::get<std::int64_t>(last.object);
    }
  }
  for (const TailRow& row : rows) {
    for (const char* sql : {delete_triple, delete_mirror})
      if (auto done = delete_row(connection, sql, row); !done) return done;
    change_ -= triple_hash(row.subject, row.predicate, row.object, row.observation);
  }
  if (!rows.empty()) {
    auto update = connection.statement("UPDATE meta SET triple_rows = max(0, triple_rows - ?1) WHERE id = 1");
    if (!update) return update.error();
    if (auto done = update->bind(1, static_cast<std::int64_t>(rows.size())).run(); !done) return done.error();
  }
  return static_cast<std::int64_t>(rows.size());
}

Result<std::int64_t> PurgePass::purge_claims(Connection& connection) {
  std::vector<ClaimCursor> rows;
  std::int64_t looked_at = 0;
  {
    auto statement = connection.statement(
        "SELECT name, entity, spelling, observation FROM claim "
        "WHERE (name, entity, spelling, observation) > (?1, ?2, ?3, ?4) "
        "ORDER BY name, entity, spelling, observation LIMIT ?5");
    if (!statement) return statement.error();
    const ClaimCursor from = claim_cursor_;
    statement->bind(1, std::string_view{from.name}).bind(2, from.entity).bind(3, std::string_view{from.spelling});
    statement->bind(4, from.observation).bind(5, rows_at_once);
    auto read = for_each_row(*statement, [&](const Statement& row) {
      ++looked_at;
      claim_cursor_ = {std::string{row.text(0)}, row.integer(1), std::string{row.text(2)}, row.integer(3)};
      if (retracted_.count(claim_cursor_.observation) > 0) rows.push_back(claim_cursor_);
    });
    if (!read) return read.error();
  }
  for (const ClaimCursor& row : rows) {
    auto statement = connection.statement(
        "DELETE FROM claim WHERE name = ?1 AND entity = ?2 AND spelling = ?3 AND observation = ?4");
    if (!statement) return statement.error();
    statement->bind(1, std::string_view{row.name}).bind(2, row.entity).bind(3, std::string_view{row.spelling});
    if (auto done = statement->bind(4, row.observation).run(); !done) return done.error();
    change_ -= claim_hash(row.name, row.entity, row.spelling, row.observation);
  }
  if (looked_at < rows_at_once) phase_ = Phase::observations;
  return static_cast<std::int64_t>(rows.size());
}

// A document goes with the last observation that cites it; until then the retracted one keeps its reference.
Result<std::int64_t> PurgePass::purge_observations(Connection& connection) {
  const std::size_t end = std::min(order_.size(), at_ + observations_at_once);
  std::int64_t removed = 0;
  for (; at_ < end; ++at_) {
    std::optional<std::int64_t> document;
    bool is_cited = false;
    {
      auto statement = connection.statement("SELECT * FROM observation WHERE id = ?1");
      if (!statement) return statement.error();
      const auto found = statement->bind(1, order_[at_]).step();
      if (!found) return found.error();
      if (!*found) continue;
      ObservationRow row = read_observation_row(*statement);
      document = row.document;
      if (document) {
        auto others = connection.statement("SELECT EXISTS(SELECT 1 FROM observation WHERE document = ?1 AND retracted = 0)");
        if (!others) return others.error();
        const auto exists = only_integer(others->bind(1, *document));
        if (!exists) return exists.error();
        is_cited = *exists != 0;
      }
      change_ -= observation_hash(row);
      row.triple_count = 0;
      row.claim_count = 0;
      row.spellings = {};
      if (!is_cited) row.document.reset();
      change_ += observation_hash(row);
    }
    auto update = connection.statement(
        "UPDATE observation SET triple_count = 0, claim_count = 0, spellings = NULL, "
        "document = CASE WHEN ?2 THEN document END WHERE id = ?1");
    if (!update) return update.error();
    if (auto done = update->bind(1, order_[at_]).bind(2, std::int64_t{is_cited ? 1 : 0}).run(); !done) return done.error();
    const auto derivations = delete_derivations(connection, order_[at_]);
    if (!derivations) return derivations.error();
    change_ -= *derivations;
    if (!document || is_cited) continue;
    if (auto done = purge_document(connection, *document); !done) return done.error();
    ++removed;
  }
  if (at_ == order_.size()) phase_ = Phase::done;
  return removed;
}

// Left alone while another retracted observation, whose turn comes later, still refers to it.
Result<void> PurgePass::purge_document(Connection& connection, std::int64_t document) {
  {
    auto others = connection.statement("SELECT EXISTS(SELECT 1 FROM observation WHERE document = ?1)");
    if (!others) return others.error();
    const auto exists = only_integer(others->bind(1, document));
    if (!exists) return exists.error();
    if (*exists != 0) return {};
  }
  {
    auto statement = connection.statement("SELECT * FROM document WHERE id = ?1");
    if (!statement) return statement.error();
    const auto found = statement->bind(1, document).step();
    if (!found) return found.error();
    if (!*found) return {};
    const DocumentRow row = read_document_row(*statement);
    change_ -= document_hash(row);
    auto search = connection.statement(
        "INSERT INTO search(search, rowid, title, body, context) VALUES ('delete', ?1, ?2, ?3, ?4)");
    if (!search) return search.error();
    search->bind(1, row.id).bind(2, row.title).bind(3, row.body).bind(4, row.context);
    if (auto done = search->run(); !done) return done;
  }
  auto statement = connection.statement("DELETE FROM document WHERE id = ?1");
  if (!statement) return statement.error();
  return statement->bind(1, document).run();
}

}  // namespace commonbook::storage
