#include "book/statistics.hpp"

#include "book/schema_sql.hpp"

#include <array>
#include <set>
#include <tuple>
#include <unordered_set>

namespace commonbook::storage {
namespace {

struct Count {
  const char* name;
  const char* sql;
};

constexpr std::array<Count, 16> tables{{
    {"agent", "SELECT count(*) FROM agent"},
    {"alias", "SELECT count(*) FROM alias"},
    {"assertion", "SELECT count(*) FROM assertion"},
    {"claim", "SELECT count(*) FROM claim"},
    {"derivation", "SELECT count(*) FROM derivation"},
    {"document", "SELECT count(*) FROM document"},
    {"entity", "SELECT count(*) FROM entity"},
    {"migration", "SELECT count(*) FROM migration"},
    {"mirror", "SELECT count(*) FROM mirror"},
    {"observation", "SELECT count(*) FROM observation"},
    {"operation", "SELECT count(*) FROM operation"},
    {"predicate", "SELECT count(*) FROM predicate"},
    {"redirect", "SELECT count(*) FROM redirect"},
    {"session", "SELECT count(*) FROM session"},
    {"suggestion", "SELECT count(*) FROM suggestion"},
    {"triple", "SELECT count(*) FROM triple"},
}};

Result<std::unordered_set<std::int64_t>> retracted_observations(Connection& connection) {
  std::unordered_set<std::int64_t> ids;
  auto statement = connection.statement("SELECT id FROM observation WHERE retracted <> 0");
  if (!statement) return statement.error();
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return ids;
    ids.insert(statement->integer(0));
  }
}

// Distinct triples and the rows behind them; rows come in no order, so the distinct ones are remembered.
Result<void> count_triples(Snapshot& snapshot, BookStats& stats) {
  const auto retracted = retracted_observations(snapshot.connection());
  if (!retracted) return retracted.error();
  std::set<std::tuple<std::int64_t, std::int64_t, RowObject>> distinct;
  auto visited = visit_all(snapshot, [&](const TailRow& row) {
    if (row.predicate == spelled_as_predicate || retracted->count(row.observation) > 0) return;
    ++stats.evidence;
    distinct.emplace(row.subject, row.predicate, row.object);
  });
  stats.triples = static_cast<std::int64_t>(distinct.size());
  return visited;
}

}  // namespace

Result<BookStats> count_book(Snapshot& snapshot) {
  Connection& connection = snapshot.connection();
  BookStats stats;
  stats.commit_seq = snapshot.commit_seq;
  const std::array<std::pair<const char*, std::int64_t*>, 11> counts{{
      {"SELECT count(*) FROM entity", &stats.entities},
      {"SELECT count(*) FROM alias", &stats.aliases},
      {"SELECT count(*) FROM document", &stats.documents},
      {"SELECT count(*) FROM observation WHERE retracted = 0", &stats.observations},
      {"SELECT count(*) FROM claim", &stats.claims},
      {"SELECT count(*) FROM suggestion WHERE status = 0", &stats.suggestions},
      {"SELECT count(*) FROM session", &stats.sessions},
      {"SELECT count(*) FROM agent", &stats.agents},
      {"SELECT count(*) FROM assertion WHERE seq > (SELECT watermark FROM meta)", &stats.tail_rows},
      {"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &stats.file_bytes},
      {"SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size", &stats.free_bytes},
  }};
  for (const auto& [sql, value] : counts) {
    const auto count = connection.query_int(sql);
    if (!count) return count.error();
    *value = *count;
  }
  if (auto done = count_triples(snapshot, stats); !done) return done.error();
  return stats;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> count_tables(Snapshot& snapshot) {
  std::vector<std::pair<std::string, std::int64_t>> rows;
  for (const Count& table : tables) {
    const auto count = snapshot.connection().query_int(table.sql);
    if (!count) return count.error();
    rows.emplace_back(table.name, *count);
  }
  return rows;
}

}  // namespace commonbook::storage
