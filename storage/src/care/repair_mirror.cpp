#include "care/repair_mirror.hpp"

#include "book/for_each_row.hpp"
#include "book/tail_codec.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace commonbook::storage {
namespace {

using RowKey = std::tuple<std::int64_t, std::int64_t, RowObject, std::int64_t>;  // subject, predicate, object, observation

RowKey read_key(const Statement& row) { return {row.integer(0), row.integer(1), read_object(row, 2), row.integer(3)}; }

struct Witness {
  std::vector<RowKey> alone;        // rows that only the mirror has
  std::set<RowKey> found;           // rows of the observation elsewhere
  std::int64_t expected = 0;        // rows that the observation says it has
  bool has_observation = false;
};
using Witnesses = std::map<std::int64_t, Witness>;  // by observation

Result<Witnesses> read_witnesses(Connection& connection) {
  Witnesses witnesses;
  auto read = for_each_row(connection,
                           "SELECT m.subject, m.predicate, m.object, m.observation FROM mirror m WHERE NOT EXISTS "
                           "(SELECT 1 FROM triple t WHERE t.subject = m.subject AND t.predicate = m.predicate "
                           "AND t.object = m.object AND t.observation = m.observation)",
                           [&](const Statement& row) { witnesses[row.integer(3)].alone.push_back(read_key(row)); });
  if (!read) return read.error();
  if (witnesses.empty()) return witnesses;
  for (const char* sql : {"SELECT subject, predicate, object, observation FROM triple",
                          "SELECT subject, predicate, object, observation FROM assertion"}) {
    auto counted = for_each_row(connection, sql, [&](const Statement& row) {
      const auto found = witnesses.find(row.integer(3));
      if (found != witnesses.end()) found->second.found.insert(read_key(row));
    });
    if (!counted) return counted.error();
  }
  for (auto& [observation, witness] : witnesses) {
    auto select = connection.statement("SELECT triple_count FROM observation WHERE id = ?1");
    if (!select) return select.error();
    const auto row = select->bind(1, observation).step();
    if (!row) return row.error();
    witness.has_observation = *row;
    witness.expected = *row ? select->integer(0) : 0;
  }
  return witnesses;
}

Result<void> run_on(Connection& connection, const char* sql, const RowKey& key) {
  auto statement = connection.statement(sql);
  if (!statement) return statement.error();
  statement->bind(1, std::get<0>(key)).bind(2, std::get<1>(key)).bind(4, std::get<3>(key));
  bind_object(*statement, 3, std::get<2>(key));
  return statement->run();
}

}  // namespace

Result<void> mend_mirror(Connection& connection, std::vector<Mended>& mended) {
  Mended mirrored{"triples without a mirror got one"};
  if (auto done = connection.execute(
          "INSERT INTO mirror(object, predicate, subject, observation) SELECT object, predicate, subject, observation "
          "FROM triple t WHERE NOT EXISTS (SELECT 1 FROM mirror m WHERE m.object = t.object "
          "AND m.predicate = t.predicate AND m.subject = t.subject AND m.observation = t.observation)");
      !done)
    return done;
  mirrored.rows = connection.changes();

  Mended restored{"lost triples were taken from their mirror"};
  Mended removed{"mirrors of nothing were removed"};
  Mended undecided{"mirrors without a triple"};
  const auto witnesses = read_witnesses(connection);
  if (!witnesses) return witnesses.error();
  for (const auto& [observation, witness] : *witnesses) {
    const auto alone = static_cast<std::int64_t>(witness.alone.size());
    const std::int64_t lacking = witness.expected - static_cast<std::int64_t>(witness.found.size());
    // A row of the tail without its triple yet is a pass that was cut short: the next one completes it.
    const bool is_lost = witness.has_observation && lacking == alone;
    const bool is_idle = !witness.has_observation || lacking <= 0;
    if (!is_lost && !is_idle) {
      undecided.rows += alone;
      undecided.left = "observation " + std::to_string(observation) + " lacks " + std::to_string(lacking) +
                       " rows, the mirror has " + std::to_string(alone) + ": restore a backup";
      continue;
    }
    for (const RowKey& key : witness.alone) {
      auto done = run_on(connection,
                         is_lost ? "INSERT INTO triple(subject, predicate, object, observation) VALUES (?1, ?2, ?3, ?4)"
                                 : "DELETE FROM mirror WHERE subject = ?1 AND predicate = ?2 AND object = ?3 AND observation = ?4",
                         key);
      if (!done) return done;
      ++(is_lost ? restored : removed).rows;
    }
  }
  for (Mended* each : {&mirrored, &restored, &removed, &undecided})
    if (each->rows > 0) mended.push_back(std::move(*each));
  return {};
}

}  // namespace commonbook::storage
