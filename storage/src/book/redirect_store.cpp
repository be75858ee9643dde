#include "book/redirect_store.hpp"

#include "book/for_each_row.hpp"
#include "book/row_digest.hpp"

#include <algorithm>
#include <string_view>

namespace commonbook::storage {
namespace {

Result<void> raise_epoch(WriteBatch& batch) {
  return batch.connection().execute("UPDATE meta SET epoch = epoch + 1");
}

Result<bool> stands(Connection& connection, const Redirect& redirect) {
  auto select = connection.statement("SELECT 1 FROM redirect WHERE source = ?1 AND target = ?2");
  if (!select) return select.error();
  return select->bind(1, redirect.source).bind(2, redirect.target).step();
}

Redirect turned(const Redirect& redirect) { return {redirect.target, redirect.source}; }

std::uint64_t hash_of(const SuggestionRow& row) {
  return suggestion_hash(row.left, row.right, row.score, row.reason, static_cast<std::int64_t>(row.status));
}

}  // namespace

Result<bool> add_redirect(WriteBatch& batch, const Redirect& redirect) {
  for (const Redirect& known : {redirect, turned(redirect)}) {
    const auto found = stands(batch.connection(), known);
    if (!found) return found.error();
    if (*found) return false;
  }
  auto insert = batch.connection().statement("INSERT INTO redirect(source, target) VALUES (?1, ?2)");
  if (!insert) return insert.error();
  if (auto done = insert->bind(1, redirect.source).bind(2, redirect.target).run(); !done) return done.error();
  batch.add_hash(redirect_hash(redirect.source, redirect.target));
  if (auto done = raise_epoch(batch); !done) return done.error();
  return true;
}

Result<bool> remove_redirect(WriteBatch& batch, const Redirect& redirect) {
  bool removed = false;
  for (const Redirect& known : {redirect, turned(redirect)}) {
    const auto found = stands(batch.connection(), known);
    if (!found) return found.error();
    if (!*found) continue;
    auto remove = batch.connection().statement("DELETE FROM redirect WHERE source = ?1 AND target = ?2");
    if (!remove) return remove.error();
    if (auto done = remove->bind(1, known.source).bind(2, known.target).run(); !done) return done.error();
    batch.remove_hash(redirect_hash(known.source, known.target));
    removed = true;
  }
  if (removed)
    if (auto done = raise_epoch(batch); !done) return done.error();
  return removed;
}

Result<std::vector<Redirect>> redirects_of(Connection& connection, std::int64_t entity) {
  auto select = connection.statement(
      "SELECT source, target FROM redirect WHERE source = ?1 UNION SELECT source, target FROM redirect WHERE target = ?1 "
      "ORDER BY 1, 2");
  if (!select) return select.error();
  std::vector<Redirect> found;
  auto read = for_each_row(select->bind(1, entity),
                           [&found](const Statement& row) { found.push_back({row.integer(0), row.integer(1)}); });
  if (!read) return read.error();
  return found;
}

Result<std::optional<SuggestionRow>> find_suggestion(Connection& connection, std::int64_t one, std::int64_t other) {
  const auto& [left, right] = std::minmax(one, other);
  auto select = connection.statement(
      "SELECT score, reason, status FROM suggestion WHERE left_entity = ?1 AND right_entity = ?2");
  if (!select) return select.error();
  const auto found = select->bind(1, left).bind(2, right).step();
  if (!found) return found.error();
  if (!*found) return std::optional<SuggestionRow>{};
  return std::optional{SuggestionRow{left, right, select->real(0), std::string{select->text(1)},
                                     static_cast<SuggestionStatus>(select->integer(2))}};
}

Result<void> put_suggestion(WriteBatch& batch, const SuggestionRow& row) {
  auto standing = find_suggestion(batch.connection(), row.left, row.right);
  if (!standing) return standing.error();
  if (*standing) {
    SuggestionRow& known = **standing;
    if (known.status == row.status) return {};
    auto update = batch.connection().statement(
        "UPDATE suggestion SET status = ?3 WHERE left_entity = ?1 AND right_entity = ?2");
    if (!update) return update.error();
    update->bind(1, known.left).bind(2, known.right).bind(3, static_cast<std::int64_t>(row.status));
    if (auto done = update->run(); !done) return done;
    batch.remove_hash(hash_of(known));
    known.status = row.status;
    batch.add_hash(hash_of(known));
    return {};
  }
  auto insert = batch.connection().statement(
      "INSERT INTO suggestion(left_entity, right_entity, score, reason, status) VALUES (?1, ?2, ?3, ?4, ?5)");
  if (!insert) return insert.error();
  insert->bind(1, row.left).bind(2, row.right).bind(3, row.score).bind(4, std::string_view{row.reason});
  if (auto done = insert->bind(5, static_cast<std::int64_t>(row.status)).run(); !done) return done;
  batch.add_hash(hash_of(row));
  return {};
}

Result<std::optional<Redirect>> rejected_between(Connection& connection, const std::vector<std::int64_t>& one,
                                                 const std::vector<std::int64_t>& other) {
  std::optional<Redirect> found;
  for (const auto& [from, to] : {std::pair{&one, &other}, std::pair{&other, &one}})
    for (const std::int64_t left : *from) {
      auto select = connection.statement(
          "SELECT right_entity FROM suggestion WHERE left_entity = ?1 AND status = 2 ORDER BY right_entity");
      if (!select) return select.error();
      auto read = for_each_row(select->bind(1, left), [&, to = to](const Statement& row) {
        if (!found && std::find(to->begin(), to->end(), row.integer(0)) != to->end())
          found = Redirect{left, row.integer(0)};
      });
      if (!read) return read.error();
    }
  return found;
}

}  // namespace commonbook::storage
