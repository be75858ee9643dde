// What nobody can beat on this machine: the same statements without agents, without commits, or without a database.
#include "ingest.hpp"

#include "../database.hpp"
#include "../process_figures.hpp"
#include "article_schema.hpp"
#include "known_names.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include <fcntl.h>
#include <unistd.h>

namespace commonbook::bench {
namespace {

// The sorted schema that our compaction ends with, written directly.
constexpr const char* sorted_schema = R"sql(
CREATE TABLE entity(id INTEGER PRIMARY KEY, spelling TEXT NOT NULL);
CREATE TABLE alias(alias TEXT PRIMARY KEY, entity INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE triple(subject INTEGER NOT NULL, predicate INTEGER NOT NULL, object INTEGER NOT NULL,
  source INTEGER NOT NULL, PRIMARY KEY(subject, predicate, object, source)) WITHOUT ROWID;
CREATE INDEX triple_object ON triple(object, predicate, subject);
)sql";

void store_sorted(Database& database, const Workload& workload) {
  KnownNames names{database};
  PreparedStatement insert = database.prepare("INSERT OR IGNORE INTO triple VALUES (?1, ?2, ?3, ?4)");
  for (const Group& group : workload.groups)
    for (std::size_t at = group.first; at < group.first + group.count; ++at) {
      const Statement& statement = workload.statements[at];
      const std::int64_t subject = names.find_or_create(statement.subject);
      const std::int64_t object = names.find_or_create(statement.object);
      insert.bind(1, subject).bind(2, static_cast<std::int64_t>(statement.predicate)).bind(3, object);
      insert.bind(4, group.source).run();
    }
}

using Fact = std::array<std::int64_t, 3>;
struct FactHash {
  std::size_t operator()(const Fact& fact) const {
    std::uint64_t hash = static_cast<std::uint64_t>(fact[0]) * 0x9E3779B97F4A7C15;
    hash ^= static_cast<std::uint64_t>(fact[1]) * 0xD6E8FEB86659FD93;
    hash ^= static_cast<std::uint64_t>(fact[2]) * 0xFF51AFD7ED558CCD;
    return hash ^ (hash >> 29);
  }
};

/// Names to ids and facts once, in memory.
class Deduplicator {
 public:
  /// @param on_new  called with id and alias of a name that was not there.
  template <class OnNew>
  Fact add(const Statement& statement, OnNew on_new) {
    const Fact fact{find_or_create(statement.subject, on_new), static_cast<std::int64_t>(statement.predicate),
                    find_or_create(statement.object, on_new)};
    facts_.insert(fact);
    return fact;
  }
  [[nodiscard]] std::size_t facts() const { return facts_.size(); }

 private:
  template <class OnNew>
  std::int64_t find_or_create(const std::string& spelling, OnNew on_new) {
    plain_alias(spelling, alias_);
    const auto [entry, is_new] = ids_.try_emplace(alias_, static_cast<std::int64_t>(ids_.size()) + 1);
    if (is_new) on_new(entry->second, alias_);
    return entry->second;
  }
  std::unordered_map<std::string, std::int64_t> ids_;
  std::unordered_set<Fact, FactHash> facts_;
  std::string alias_;
};

double rate(const Workload& workload, double start) {
  return static_cast<double>(workload.triples()) / (steady_seconds() - start);
}

}  // namespace

nlohmann::json measure_one_transaction(const IngestOptions& options, const Workload& workload, bool article_schema) {
  const auto file = options.folder / "one-transaction.db";
  remove_database(file);
  nlohmann::json measured;
  {
    Database database{file, {.durable = false, .foreign_keys = article_schema, .cache_kib = 200 * 1024}};
    if (article_schema)
      make_article_schema(database);
    else
      database.execute(sorted_schema);
    const double start = steady_seconds();
    database.execute("BEGIN IMMEDIATE");
    if (article_schema)
      ArticleStore{database, workload}.store(workload.groups);
    else
      store_sorted(database, workload);
    database.execute("COMMIT");
    measured["triples_per_second"] = rate(workload, start);
  }
  remove_database(file);
  return measured;
}

nlohmann::json measure_memory(const Workload& workload) {
  const double start = steady_seconds();
  Deduplicator deduplicator;
  for (const Statement& statement : workload.statements)
    static_cast<void>(deduplicator.add(statement, [](std::int64_t, const std::string&) {}));
  const double reached = rate(workload, start);
  return {{"triples_per_second", reached}, {"facts", deduplicator.facts()}};
}

nlohmann::json measure_append(const IngestOptions& options, const Workload& workload) {
  const auto file = options.folder / "append.log";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::runtime_error("opening " + file.string() + " failed");
  const double start = steady_seconds();
  Deduplicator deduplicator;
  std::string buffer;
  std::vector<double> syncs_ms;
  std::size_t group = 0;
  for (std::size_t at = 0; at < workload.triples(); ++at) {
    while (at >= workload.groups[group].first + workload.groups[group].count) ++group;
    const Fact fact = deduplicator.add(workload.statements[at], [&](std::int64_t id, const std::string& alias) {
      buffer.append(reinterpret_cast<const char*>(&id), sizeof id).append(alias);
    });
    const std::array<std::int32_t, 5> row{static_cast<std::int32_t>(fact[0]), static_cast<std::int32_t>(fact[1]),
                                          static_cast<std::int32_t>(fact[2]),
                                          static_cast<std::int32_t>(workload.groups[group].source), 0};
    buffer.append(reinterpret_cast<const char*>(row.data()), sizeof row);
    if ((at + 1) % options.batch_triples != 0 && at + 1 != workload.triples()) continue;
    if (::write(descriptor, buffer.data(), buffer.size()) < 0) throw std::runtime_error("appending failed");
    const double before_sync = steady_seconds();
    ::fdatasync(descriptor);
    syncs_ms.push_back((steady_seconds() - before_sync) * 1e3);
    buffer.clear();
  }
  const double reached = rate(workload, start);
  ::close(descriptor);
  std::filesystem::remove(file);
  return {{"triples_per_second", reached}, {"sync_p50_ms", quantile(syncs_ms, 0.5)}};
}

}  // namespace commonbook::bench
