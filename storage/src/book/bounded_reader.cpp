#include "book/bounded_reader.hpp"

#include "book/schema_sql.hpp"
#include "book/spelling_codec.hpp"
#include "book/spelling_tally.hpp"
#include "book/tail_codec.hpp"
#include "book/utf8.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace commonbook::storage {
namespace {

using Rows = Result<std::vector<TailRow>>;

void append(std::vector<TailRow>& rows, std::vector<TailRow>&& more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool is_more(const std::vector<TailRow>& rows, std::int64_t max) { return static_cast<std::int64_t>(rows.size()) > max; }

Result<std::int64_t> integer_or_zero(Statement& statement) {
  const auto more = statement.step();
  if (!more) return more.error();
  return *more ? statement.integer(0) : std::int64_t{0};
}

// One row more than `max` of the tail, the newest of each predicate.
Rows tail_rows(Snapshot& snapshot, const RowEnd& end, std::int64_t max) {
  std::vector<TailRow> rows;
  auto looked = look_at_tail(
      snapshot, [&rows] { rows.clear(); },
      [&](const Overlay& overlay, std::int64_t low, std::int64_t high) {
        for (const std::int64_t predicate : overlay.predicates(end, low, high)) {
          if (predicate == spelled_as_predicate) continue;
          overlay.visit_newest(end, predicate, low, high, [&](const TailRow& row) {
            rows.push_back(row);
            return !is_more(rows, max);
          });
          if (is_more(rows, max)) return;
        }
      });
  if (!looked) return looked.error();
  return rows;
}

Rows tail_rows_of(Snapshot& snapshot, const RowEnd& end, std::int64_t predicate, std::int64_t max) {
  std::vector<TailRow> rows;
  auto looked = look_at_tail(
      snapshot, [&rows] { rows.clear(); },
      [&](const Overlay& overlay, std::int64_t low, std::int64_t high) {
        if (is_more(rows, max)) return;
        overlay.visit_newest(end, predicate, low, high, [&](const TailRow& row) {
          rows.push_back(row);
          return !is_more(rows, max);
        });
      });
  if (!looked) return looked.error();
  return rows;
}

Rows sorted_rows(Snapshot& snapshot, const RowEnd& end, std::int64_t max) {
  auto statement = snapshot.connection().statement(
      end.is_subject
          ? "SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 AND predicate > ?2 LIMIT ?3"
          : "SELECT subject, predicate, object, observation FROM mirror WHERE object = ?1 AND predicate > ?2 LIMIT ?3");
  if (!statement) return statement.error();
  bind_object(*statement, 1, end.value);
  statement->bind(2, std::int64_t{spelled_as_predicate}).bind(3, max + 1);
  return read_sorted(*statement);
}

Rows sorted_rows_of(Snapshot& snapshot, const RowEnd& end, std::int64_t predicate, std::int64_t max) {
  auto statement = snapshot.connection().statement(
      end.is_subject
          ? "SELECT subject, predicate, object, observation FROM triple WHERE subject = ?1 AND predicate = ?2 LIMIT ?3"
          : "SELECT subject, predicate, object, observation FROM mirror WHERE object = ?1 AND predicate = ?2 LIMIT ?3");
  if (!statement) return statement.error();
  bind_object(*statement, 1, end.value);
  statement->bind(2, predicate).bind(3, max + 1);
  return read_sorted(*statement);
}

// Both parts together; of a part that has more than `max` rows one more was read.
BoundedRows both(Snapshot& snapshot, std::vector<TailRow>&& tail, std::vector<TailRow>&& sorted, std::int64_t max) {
  BoundedRows found;
  for (std::vector<TailRow>* part : {&tail, &sorted})
    if (is_more(*part, max)) {
      found.is_cut = true;
      part->pop_back();
    }
  visit_both(snapshot, tail, sorted, [&found](const TailRow& row) { found.rows.push_back(row); });
  return found;
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

}  // namespace

Result<std::string> own_spelling(Snapshot& snapshot, std::int64_t entity) {
  auto statement = snapshot.connection().statement("SELECT spelling FROM entity WHERE id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, entity).step();
  if (!row) return row.error();
  if (!*row) return Error{ErrorCode::corrupt, "an entity that is named has no row; run verify", 0, {}};
  return std::string{statement->text(0)};
}

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

Result<BoundedRows> rows_of_end(Snapshot& snapshot, const RowEnd& end, std::int64_t max) {
  auto tail = tail_rows(snapshot, end, max);
  if (!tail) return tail.error();
  Rows sorted = std::vector<TailRow>{};
  if (!is_more(*tail, max)) sorted = sorted_rows(snapshot, end, max);
  if (!sorted) return sorted.error();
  BoundedRows found = both(snapshot, std::move(*tail), std::move(*sorted), max);
  if (is_more(found.rows, max)) {
    found.is_cut = true;
    found.rows.resize(static_cast<std::size_t>(max));
  }
  return found;
}

Result<BoundedRows> rows_of_predicate(Snapshot& snapshot, const RowEnd& end, std::int64_t predicate, std::int64_t max) {
  auto tail = tail_rows_of(snapshot, end, predicate, max);
  if (!tail) return tail.error();
  auto sorted = sorted_rows_of(snapshot, end, predicate, max);
  if (!sorted) return sorted.error();
  return both(snapshot, std::move(*tail), std::move(*sorted), max);
}

Result<std::vector<std::int64_t>> predicates_of_end(Snapshot& snapshot, const RowEnd& end) {
  std::vector<std::int64_t> in_tail;
  std::vector<std::int64_t> predicates;
  auto looked = look_at_tail(
      snapshot, [&in_tail] { in_tail.clear(); },
      [&](const Overlay& overlay, std::int64_t low, std::int64_t high) {
        const auto more = overlay.predicates(end, low, high);
        in_tail.insert(in_tail.end(), more.begin(), more.end());
      });
  if (!looked) return looked.error();
  std::int64_t predicate = spelled_as_predicate;
  while (static_cast<std::int64_t>(predicates.size()) < predicates_max) {
    auto statement = snapshot.connection().statement(
        end.is_subject ? "SELECT predicate FROM triple WHERE subject = ?1 AND predicate > ?2 ORDER BY predicate LIMIT 1"
                       : "SELECT predicate FROM mirror WHERE object = ?1 AND predicate > ?2 ORDER BY predicate LIMIT 1");
    if (!statement) return statement.error();
    bind_object(*statement, 1, end.value);
    const auto next = integer_or_zero(statement->bind(2, predicate));
    if (!next) return next.error();
    ++snapshot.rows_read;
    if (*next == 0) break;
    predicates.push_back(predicate = *next);
  }
  for (const std::int64_t each : in_tail)
    if (each != spelled_as_predicate) predicates.push_back(each);
  std::sort(predicates.begin(), predicates.end());
  predicates.erase(std::unique(predicates.begin(), predicates.end()), predicates.end());
  return predicates;
}

Result<bool> is_named_since(Snapshot& snapshot, std::int64_t entity, std::int64_t since,
                            const std::vector<std::int64_t>& predicates) {
  bool found = false;
  if (since >= snapshot.last_seq) return found;
  auto looked = look_at_tail(
      snapshot, [&found] { found = false; },
      [&](const Overlay& overlay, std::int64_t low, std::int64_t high) {
        low = std::max(low, since);
        if (predicates.empty()) found = found || overlay.is_named(entity, low, high);
        for (const std::int64_t predicate : predicates)
          overlay.visit_newest({true, entity}, predicate, low, high, [&found](const TailRow&) {
            found = true;
            return false;
          });
      });
  if (!looked) return looked.error();
  return found;
}

Result<BoundedRows> rows_of_object(Snapshot& snapshot, const RowObject& object) {
  const RowEnd end{false, object};
  auto found = rows_of_end(snapshot, end, rows_of_entity_max);
  if (!found || !found->is_cut) return found;
  found->rows.clear();
  const auto predicates = predicates_of_end(snapshot, end);
  if (!predicates) return predicates.error();
  for (const std::int64_t predicate : *predicates) {
    auto more = rows_of_predicate(snapshot, end, predicate, rows_of_predicate_max);
    if (!more) return more.error();
    append(found->rows, std::move(more->rows));
  }
  return found;
}

namespace {

// Adds observations of sorted rows, until there are `max` different ones.
Result<void> add_sorted_observations(Snapshot& snapshot, const RowEnd& end, std::int64_t max, NamingObservations& found) {
  auto statement = snapshot.connection().statement(
      end.is_subject ? "SELECT observation FROM triple WHERE subject = ?1 LIMIT ?2"
                     : "SELECT observation FROM mirror WHERE object = ?1 LIMIT ?2");
  if (!statement) return statement.error();
  bind_object(*statement, 1, end.value);
  const std::int64_t rows_max = std::min(max * rows_of_a_mention, rows_of_entity_max);
  statement->bind(2, rows_max);
  yield_point("read.before_sorted");
  std::set<std::int64_t> seen;
  std::int64_t rows = 0;
  while (static_cast<std::int64_t>(seen.size()) < max) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) break;
    ++rows;
    seen.insert(statement->integer(0));
  }
  snapshot.rows_read += static_cast<std::uint64_t>(rows);
  found.is_full = found.is_full || rows == rows_max;
  found.ids.insert(found.ids.end(), seen.begin(), seen.end());
  return {};
}

void keep_first(std::vector<std::int64_t>& ids, std::int64_t max) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (static_cast<std::int64_t>(ids.size()) > max) ids.resize(static_cast<std::size_t>(max));
}

}  // namespace

// What the entity is the subject of says enough where it is much: the other side is not read then. Rows of the tail count
// by their observations' age, so the oldest are taken.
Result<NamingObservations> observations_naming(Snapshot& snapshot, std::int64_t entity, std::int64_t max) {
  NamingObservations found;
  for (const bool is_subject : {true, false}) {
    const RowEnd end{is_subject, entity};
    if (auto done = add_sorted_observations(snapshot, end, max, found); !done) return done.error();
    keep_first(found.ids, max);
    // What is compacted is older than all of the tail.
    if (!snapshot.parts_may_overlap && static_cast<std::int64_t>(found.ids.size()) == max) break;
    std::vector<std::int64_t> in_tail;
    auto looked = look_at_tail(
        snapshot, [&in_tail] { in_tail.clear(); },
        [&](const Overlay& overlay, std::int64_t low, std::int64_t high) {
          const auto collect = [&in_tail](const TailRow& row) { in_tail.push_back(row.observation); };
          if (is_subject) overlay.visit_subject(entity, low, high, collect);
          else overlay.visit_object(entity, low, high, collect);
        });
    if (!looked) return looked.error();
    snapshot.rows_read += in_tail.size();
    found.ids.insert(found.ids.end(), in_tail.begin(), in_tail.end());
    keep_first(found.ids, max);
    if (static_cast<std::int64_t>(found.ids.size()) == max) break;
  }
  found.is_full = found.is_full || static_cast<std::int64_t>(found.ids.size()) == max;
  return found;
}

Result<SpelledTexts> spelled_texts(Snapshot& snapshot, std::int64_t entity, SpellingsWanted wanted) {
  SpelledTexts spelled;
  std::vector<SpelledText>& texts = spelled.texts;
  bool sound = true;
  const auto tail = tail_rows_of(snapshot, {true, entity}, spelled_as_predicate, rows_of_entity_max);
  if (!tail) return tail.error();
  const auto sorted = sorted_spellings(snapshot, entity);
  if (!sorted) return sorted.error();
  visit_both(snapshot, *tail, *sorted, [&](const TailRow& row) {
    const auto* encoded = std::get_if<std::string>(&row.object);
    auto literal = encoded != nullptr ? decode_literal(*encoded) : std::nullopt;
    sound = sound && literal;
    if (literal) texts.push_back({std::move(literal->text), row.observation});
  });
  const auto observations = observations_naming(snapshot, entity, mentions_max);
  if (!observations) return observations.error();
  spelled.has_rows = !texts.empty();
  spelled.observations = observations->is_full ? mentions_max : static_cast<std::int64_t>(observations->ids.size());
  std::optional<std::string> own;
  SpellingTally tally;
  auto left = static_cast<std::int64_t>(observations->ids.size());
  for (const std::int64_t observation : observations->ids) {
    if (wanted == SpellingsWanted::most_common && spelled.observations == mentions_max) {
      tally.add_up_to(texts.size(), [&](std::size_t at) { return is_utf8(texts[at].text) ? &texts[at].text : nullptr; });
      if (tally.is_decided(left)) break;
    }
    if (auto done = add_texts(snapshot, entity, observation, own, texts); !done) return done.error();
    --left;
  }
  if (!sound) return Error{ErrorCode::corrupt, "a spelling has no known type; run verify", 0, {}};
  return spelled;
}

// The inner limit counts rows of every predicate: times of many kinds stand beside each other.
Result<BoundedRows> rows_of_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from,
                                  std::string_view to) {
  BoundedRows found;
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
  auto visited = visit_literal_range(
      snapshot, predicate, from, to, [&](Snapshot& read) { return sorted(read, found.is_cut); },
      [&found](const TailRow& row) { found.rows.push_back(row); });
  if (!visited) return visited.error();
  if (is_more(found.rows, rows_of_entity_max)) {  // the tail has many too
    found.is_cut = true;
    found.rows.resize(static_cast<std::size_t>(rows_of_entity_max));
  }
  return found;
}

}  // namespace commonbook::storage
