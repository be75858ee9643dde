#include "book/writer_novelty.hpp"

#include "book/first_integer.hpp"
#include "book/tail_codec.hpp"
#include "commonbook/model/yield_point.hpp"

#include <limits>
#include <set>
#include <tuple>

namespace commonbook::storage {
namespace {

using TripleKey = std::tuple<std::int64_t, std::int64_t, RowObject>;
using TripleSet = std::set<TripleKey>;

TripleKey key_of(const TailRow& row) { return {row.subject, row.predicate, row.object}; }

Result<bool> is_in_sorted_part(Connection& connection, const TailRow& row, std::int64_t before) {
  auto select = connection.statement(
      "SELECT 1 FROM triple WHERE subject = ?1 AND predicate = ?2 AND object = ?3 AND observation < ?4 LIMIT 1");
  if (!select) return select.error();
  select->bind(1, row.subject).bind(2, row.predicate).bind(4, before);
  bind_object(*select, 3, row.object);
  const auto found = first_integer(*select);
  if (!found) return found.error();
  return found->has_value();
}

// Takes what rows of the tail say out of `wanted`.
Result<void> scan_tail(Connection& connection, std::int64_t low, std::int64_t high, std::int64_t before,
                       TripleSet& wanted) {
  auto select = connection.statement(
      "SELECT subject, predicate, object, observation FROM assertion WHERE seq > ?1 AND seq <= ?2");
  if (!select) return select.error();
  select->bind(1, low).bind(2, high);
  while (!wanted.empty()) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    if (select->integer(3) >= before) continue;
    wanted.erase({select->integer(0), select->integer(1), read_object(*select, 2)});
  }
  return {};
}

// The overlay answers for a part of the tail; the file for what lies before and behind it.
Result<void> search_tail(WriteBatch& batch, std::int64_t before, TripleSet& wanted) {
  const std::int64_t low = batch.meta.watermark;
  const Overlay& overlay = batch.book().overlay;
  const std::int64_t first = overlay.first(batch.meta.epoch);
  const std::int64_t last = overlay.last(batch.meta.epoch);
  yield_point("store.before_novelty");
  if (first == 0 || last <= low) return scan_tail(batch.connection(), low, batch.last_seq, before, wanted);
  std::set<std::int64_t> subjects;
  for (const TripleKey& key : wanted) subjects.insert(std::get<0>(key));
  for (const std::int64_t subject : subjects) {
    overlay.visit_subject(subject, low, last, [&](const TailRow& row) {
      if (row.observation < before) wanted.erase(key_of(row));
    });
  }
  if (auto done = scan_tail(batch.connection(), low, first - 1, before, wanted); !done) return done;
  return scan_tail(batch.connection(), last, batch.last_seq, before, wanted);
}

}  // namespace

Result<std::vector<bool>> find_novel(WriteBatch& batch, const std::vector<TailRow>& triples,
                                     std::optional<std::int64_t> before) {
  if (auto done = batch.write_rows(); !done) return done.error();  // what the batch says counts as well
  const std::int64_t limit = before.value_or(std::numeric_limits<std::int64_t>::max());
  TripleSet unknown;
  for (const TailRow& row : triples) {
    const auto known = is_in_sorted_part(batch.connection(), row, limit);
    if (!known) return known.error();
    if (!*known) unknown.insert(key_of(row));
  }
  if (auto done = search_tail(batch, limit, unknown); !done) return done.error();
  std::vector<bool> novel;
  for (const TailRow& row : triples) novel.push_back(unknown.erase(key_of(row)) != 0);
  return novel;
}

}  // namespace commonbook::storage
