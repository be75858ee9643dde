#include "book/bounded_reader.hpp"

#include "book/schema_sql.hpp"
#include "book/tail_codec.hpp"

#include <algorithm>
#include <unordered_map>

namespace commonbook::storage {
namespace {

using Rows = Result<std::vector<TailRow>>;
constexpr std::int64_t no_limit = -1;

void append(std::vector<TailRow>& rows, std::vector<TailRow>&& more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool is_too_many(const std::vector<TailRow>& rows) { return static_cast<std::int64_t>(rows.size()) > rows_of_entity_max; }

/// Leaves so many rows of each predicate, the first ones.
void cut(std::vector<TailRow>& rows, const std::vector<std::int64_t>& uncut) {
  std::unordered_map<std::int64_t, std::int64_t> counts;
  std::erase_if(rows, [&](const TailRow& row) {
    return std::find(uncut.begin(), uncut.end(), row.predicate) == uncut.end() &&
           ++counts[row.predicate] > rows_of_predicate_max;
  });
}

/// Reads `first(limit)`; where that is too much, each predicate that `next(after)` names by `of(predicate, limit)`.
template <class First, class Next, class Of>
Rows read_bounded(const std::vector<std::int64_t>& uncut, bool& is_cut, First first, Next next, Of of) {
  Rows rows = first(rows_of_entity_max + 1);
  if (!rows || !is_too_many(*rows)) return rows;
  is_cut = true;
  rows->clear();
  std::int64_t predicate = spelled_as_predicate;
  for (std::int64_t count = 0; count < predicates_max; ++count) {
    const Result<std::int64_t> following = next(predicate);
    if (!following) return following.error();
    if (*following == 0) break;
    predicate = *following;
    const bool whole = std::find(uncut.begin(), uncut.end(), predicate) != uncut.end();
    Rows more = of(predicate, whole ? no_limit : rows_of_predicate_max);
    if (!more) return more.error();
    append(*rows, std::move(*more));
  }
  return rows;
}

Result<std::int64_t> integer_or_zero(Statement& statement) {
  const auto more = statement.step();
  if (!more) return more.error();
  return *more ? statement.integer(0) : std::int64_t{0};
}

Rows sorted_of_subject(Snapshot& snapshot, std::int64_t subject, const std::vector<std::int64_t>& uncut, bool& is_cut) {
  Connection& connection = snapshot.connection();
  return read_bounded(
      uncut, is_cut,
      [&](std::int64_t limit) -> Rows {
        auto statement = connection.statement(
            "SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 AND predicate > ?2 LIMIT ?3");
        if (!statement) return statement.error();
        statement->bind(1, subject).bind(2, std::int64_t{spelled_as_predicate}).bind(3, limit);
        return read_sorted(*statement);
      },
      [&](std::int64_t after) -> Result<std::int64_t> {
        auto statement = connection.statement(
            "SELECT predicate FROM triple WHERE subject = ?1 AND predicate > ?2 ORDER BY predicate LIMIT 1");
        if (!statement) return statement.error();
        return integer_or_zero(statement->bind(1, subject).bind(2, after));
      },
      [&](std::int64_t predicate, std::int64_t limit) -> Rows {
        auto statement = connection.statement(
            "SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 AND predicate = ?2 LIMIT ?3");
        if (!statement) return statement.error();
        statement->bind(1, subject).bind(2, predicate).bind(3, limit);
        return read_sorted(*statement);
      });
}

Rows sorted_of_object(Snapshot& snapshot, const RowObject& object, bool& is_cut) {
  Connection& connection = snapshot.connection();
  return read_bounded(
      {}, is_cut,
      [&](std::int64_t limit) -> Rows {
        auto statement = connection.statement(
            "SELECT subject, predicate, object, observation FROM mirror WHERE object = ?1 AND predicate > ?2 LIMIT ?3");
        if (!statement) return statement.error();
        bind_object(*statement, 1, object);
        statement->bind(2, std::int64_t{spelled_as_predicate}).bind(3, limit);
        return read_sorted(*statement);
      },
      [&](std::int64_t after) -> Result<std::int64_t> {
        auto statement = connection.statement(
            "SELECT predicate FROM mirror WHERE object = ?1 AND predicate > ?2 ORDER BY predicate LIMIT 1");
        if (!statement) return statement.error();
        bind_object(*statement, 1, object);
        return integer_or_zero(statement->bind(2, after));
      },
      [&](std::int64_t predicate, std::int64_t limit) -> Rows {
        auto statement = connection.statement(
            "SELECT subject, predicate, object, observation FROM mirror WHERE object = ?1 AND predicate = ?2 LIMIT ?3");
        if (!statement) return statement.error();
        bind_object(*statement, 1, object);
        statement->bind(2, predicate).bind(3, limit);
        return read_sorted(*statement);
      });
}

/// The texts in which an entity is spelled, each once, as the sorted part encodes them.
Result<std::vector<std::string>> spellings_of(Snapshot& snapshot, std::int64_t subject) {
  std::vector<std::string> spellings;
  std::string after;
  while (static_cast<std::int64_t>(spellings.size()) < spellings_max) {
    auto statement = snapshot.connection().statement(
        "SELECT object FROM triple WHERE subject = ?1 AND predicate = ?2 AND object > ?3 ORDER BY object LIMIT 1");
    if (!statement) return statement.error();
    statement->bind(1, subject).bind(2, std::int64_t{spelled_as_predicate}).bind(3, std::string_view{after});
    const auto more = statement->step();
    if (!more) return more.error();
    if (!*more) break;
    spellings.emplace_back(statement->text(0));
    after = spellings.back();
  }
  return spellings;
}

Rows sorted_spellings(Snapshot& snapshot, std::int64_t subject) {
  const auto spellings = spellings_of(snapshot, subject);
  if (!spellings) return spellings.error();
  std::vector<TailRow> rows;
  for (const std::string& spelling : *spellings) {
    auto statement = snapshot.connection().statement(
        "SELECT subject, predicate, object, observation FROM triple "
        "WHERE subject = ?1 AND predicate = ?2 AND object = ?3 LIMIT ?4");
    if (!statement) return statement.error();
    statement->bind(1, subject).bind(2, std::int64_t{spelled_as_predicate}).bind(3, std::string_view{spelling});
    statement->bind(4, rows_of_predicate_max);
    Rows more = read_sorted(*statement);
    if (!more) return more.error();
    append(rows, std::move(*more));
  }
  return rows;
}

/// Visits by `visit(sorted, visitor)` and keeps what is no spelling row.
template <class Sorted, class Visit>
Result<BoundedRows> collect(const std::vector<std::int64_t>& uncut, Sorted sorted, Visit visit) {
  BoundedRows found;
  auto visited = visit([&](Snapshot& snapshot) { return sorted(snapshot, found.is_cut); },
                       [&found](const TailRow& row) {
                         if (row.predicate != spelled_as_predicate) found.rows.push_back(row);
                       });
  if (!visited) return visited.error();
  if (is_too_many(found.rows)) {  // the tail has many too
    found.is_cut = true;
    cut(found.rows, uncut);
  }
  return found;
}

}  // namespace

Result<BoundedRows> rows_of_subject(Snapshot& snapshot, std::int64_t subject, const std::vector<std::int64_t>& uncut) {
  return collect(
      uncut, [&](Snapshot& read, bool& is_cut) { return sorted_of_subject(read, subject, uncut, is_cut); },
      [&](const SortedPart& sorted, const RowVisitor& visitor) {
        return visit_subject(snapshot, subject, sorted, visitor);
      });
}

Result<BoundedRows> rows_of_object(Snapshot& snapshot, const RowObject& object) {
  return collect(
      {}, [&](Snapshot& read, bool& is_cut) { return sorted_of_object(read, object, is_cut); },
      [&](const SortedPart& sorted, const RowVisitor& visitor) {
        return visit_object(snapshot, object, sorted, visitor);
      });
}

Result<std::vector<TailRow>> spelling_rows(Snapshot& snapshot, std::int64_t subject) {
  std::vector<TailRow> rows;
  auto visited = visit_subject(
      snapshot, subject, [&](Snapshot& read) { return sorted_spellings(read, subject); },
      [&rows](const TailRow& row) {
        if (row.predicate == spelled_as_predicate) rows.push_back(row);
      });
  if (!visited) return visited.error();
  return rows;
}

// The inner limit counts rows of every predicate: times of many kinds stand beside each other.
Result<BoundedRows> rows_of_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from,
                                  std::string_view to) {
  const auto sorted = [&](Snapshot& read, bool& is_cut) -> Rows {
    auto statement = read.connection().statement(
        "SELECT subject, predicate, object, observation FROM "
        "(SELECT subject, predicate, object, observation FROM mirror WHERE object >= ?1 AND object <= ?2 LIMIT ?4) "
        "WHERE predicate = ?3");
    if (!statement) return statement.error();
    statement->bind(1, from).bind(2, to).bind(3, predicate).bind(4, rows_of_entity_max);
    Rows rows = read_sorted(*statement);
    if (rows) is_cut = static_cast<std::int64_t>(rows->size()) == rows_of_entity_max;
    return rows;
  };
  return collect({}, sorted, [&](const SortedPart& part, const RowVisitor& visitor) {
    return visit_literal_range(snapshot, predicate, from, to, part, visitor);
  });
}

}  // namespace commonbook::storage
