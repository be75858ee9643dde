#include "book/bounded_reader.hpp"

#include "book/schema_sql.hpp"
#include "book/spelling_codec.hpp"
#include "book/tail_codec.hpp"

#include <algorithm>
#include <optional>
#include <string>
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

Result<std::string> own_spelling(Snapshot& snapshot, std::int64_t entity) {
  auto statement = snapshot.connection().statement("SELECT spelling FROM entity WHERE id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, entity).step();
  if (!row) return row.error();
  if (!*row) return Error{ErrorCode::corrupt, "a triple names an entity that has no row; run verify", 0, {}};
  return std::string{statement->text(0)};
}

// What one observation's row says. @param own  the entity's own spelling, read when it is first needed.
Result<void> add_texts(Snapshot& snapshot, std::int64_t entity, std::int64_t observation, std::optional<std::string>& own,
                       std::vector<SpelledText>& texts) {
  auto statement = snapshot.connection().statement("SELECT spellings FROM observation WHERE id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, observation).step();
  ++snapshot.rows_read;
  if (!row) return row.error();
  if (!*row) return Error{ErrorCode::corrupt, "a triple's observation is missing; run verify", 0, {}};
  bool as_own = false;
  const bool sound = read_spellings(statement->blob(0), [&](std::int64_t spelled, std::string_view text) {
    if (spelled != entity) return;
    if (text.empty())
      as_own = true;
    else
      texts.push_back({std::string{text}, observation});
  });
  if (!sound) return Error{ErrorCode::corrupt, "an observation's spellings can't be read; run verify", 0, {}};
  if (!as_own) return {};
  if (!own) {
    auto read = own_spelling(snapshot, entity);
    if (!read) return read.error();
    own = std::move(*read);
  }
  texts.push_back({*own, observation});
  return {};
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

namespace {

void keep_first(std::vector<std::int64_t>& ids, std::int64_t max) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (static_cast<std::int64_t>(ids.size()) > max) ids.resize(static_cast<std::size_t>(max));
}

}  // namespace

// What the entity is the subject of says enough where it is much: the other side is not read then.
Result<std::vector<std::int64_t>> observations_naming(Snapshot& snapshot, std::int64_t entity, std::int64_t max) {
  std::vector<std::int64_t> observations;
  const RowVisitor visitor = [&observations](const TailRow& row) { observations.push_back(row.observation); };
  const auto sorted = [entity, max](const char* sql) {
    return [entity, max, sql](Snapshot& read) -> Rows {
      auto statement = read.connection().statement(sql);
      if (!statement) return statement.error();
      statement->bind(1, entity).bind(2, max);
      return read_sorted(*statement);
    };
  };
  auto visited = visit_subject(
      snapshot, entity,
      sorted("SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 LIMIT ?2"), visitor);
  if (!visited) return visited.error();
  keep_first(observations, max);
  if (static_cast<std::int64_t>(observations.size()) == max) return observations;
  visited = visit_object(
      snapshot, entity,
      sorted("SELECT subject, predicate, object, observation FROM mirror WHERE object = ?1 LIMIT ?2"), visitor);
  if (!visited) return visited.error();
  keep_first(observations, max);
  return observations;
}

Result<std::vector<SpelledText>> spelled_texts(Snapshot& snapshot, std::int64_t entity) {
  std::vector<SpelledText> texts;
  bool sound = true;
  auto visited = visit_subject(
      snapshot, entity, [&](Snapshot& read) { return sorted_spellings(read, entity); },
      [&](const TailRow& row) {
        if (row.predicate != spelled_as_predicate) return;
        const auto* encoded = std::get_if<std::string>(&row.object);
        auto literal = encoded != nullptr ? decode_literal(*encoded) : std::nullopt;
        sound = sound && literal;
        if (literal) texts.push_back({std::move(literal->text), row.observation});
      });
  if (!visited) return visited.error();
  const auto observations = observations_naming(snapshot, entity, mentions_max);
  if (!observations) return observations.error();
  std::optional<std::string> own;
  for (const std::int64_t observation : *observations) {
    if (auto done = add_texts(snapshot, entity, observation, own, texts); !done) return done.error();
  }
  if (!sound) return Error{ErrorCode::corrupt, "a spelling has no known type; run verify", 0, {}};
  return texts;
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
