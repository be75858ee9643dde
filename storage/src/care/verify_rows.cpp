// Checks over the rows of tail and sorted part, and the row digest over everything.
#include "book/for_each_row.hpp"
#include "book/row_digest.hpp"
#include "book/spelling_codec.hpp"
#include "book/tail_codec.hpp"
#include "book/utf8.hpp"
#include "care/verify_checks.hpp"

#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace commonbook::storage {
namespace {

using RowKey = std::tuple<std::int64_t, std::int64_t, RowObject, std::int64_t>;

RowKey read_key(const Statement& row) { return {row.integer(0), row.integer(1), read_object(row, 2), row.integer(3)}; }

std::string describe(const RowKey& key) {
  return "subject " + std::to_string(std::get<0>(key)) + ", predicate " + std::to_string(std::get<1>(key)) +
         ", observation " + std::to_string(std::get<3>(key));
}

constexpr const char* tail_rows = "SELECT subject, predicate, object, observation FROM assertion";

// A primary key forbids doubles in the sorted part; the tail has no key over these columns.
Result<void> check_once(Snapshot& snapshot, Check& check) {
  std::set<RowKey> seen;
  auto done = for_each_row(snapshot.connection(), tail_rows, [&](const Statement& row) {
    ++check.examined;
    const auto [at, fresh] = seen.insert(read_key(row));
    if (!fresh) fail(check, "a row stands twice in the tail: " + describe(*at));
  });
  if (!done) return done;
  done = for_each_row(
      snapshot.connection(), "SELECT session, sequence FROM observation NOT INDEXED GROUP BY session, sequence HAVING count(*) > 1",
      [&](const Statement& row) {
        fail(check, "session " + std::to_string(row.integer(0)) + " has two observations of sequence " +
                        std::to_string(row.integer(1)));
      });
  if (!done) return done;
  return for_each_row(
      snapshot.connection(), "SELECT observation FROM operation GROUP BY observation HAVING count(*) > 1",
      [&](const Statement& row) { fail(check, "two operations claim observation " + std::to_string(row.integer(0))); });
}

struct Expected {
  std::int64_t triples = 0;
  std::int64_t claims = 0;
  bool purging = false;
};

Result<void> check_whole(Snapshot& snapshot, Check& check) {
  std::unordered_map<std::int64_t, Expected> left;
  auto done = for_each_row(snapshot.connection(),
                           "SELECT id, triple_count, claim_count, retracted <> 0 AND (SELECT purge_pending FROM meta) "
                           "FROM observation",
                           [&](const Statement& row) {
                             left[row.integer(0)] = {row.integer(1), row.integer(2), row.integer(3) != 0};
                           });
  if (!done) return done;
  check.examined = static_cast<std::int64_t>(left.size());
  std::int64_t orphans = 0;
  done = visit_all(snapshot, [&](const TailRow& row) {
    const auto found = left.find(row.observation);
    if (found == left.end())
      ++orphans;
    else
      --found->second.triples;
  });
  if (!done) return done;
  done = for_each_row(snapshot.connection(), "SELECT observation FROM claim", [&](const Statement& row) {
    if (const auto found = left.find(row.integer(0)); found != left.end()) --found->second.claims;
  });
  if (!done) return done;
  if (orphans > 0) fail(check, std::to_string(orphans) + " rows point to observations that do not exist");
  for (const auto& [id, rest] : left)
    if (!rest.purging && (rest.triples != 0 || rest.claims != 0))
      fail(check, "observation " + std::to_string(id) + " lacks " + std::to_string(rest.triples) + " triples and " +
                      std::to_string(rest.claims) + " claims");
  return {};
}

// A triple without mirror is right only while its tail row still stands: a pass is under way.
Result<void> check_mirror(Snapshot& snapshot, Check& check) {
  std::vector<RowKey> alone;
  auto done = for_each_row(snapshot.connection(),
                           "SELECT t.subject, t.predicate, t.object, t.observation FROM triple t WHERE NOT EXISTS "
                           "(SELECT 1 FROM mirror m WHERE m.object = t.object AND m.predicate = t.predicate "
                           "AND m.subject = t.subject AND m.observation = t.observation)",
                           [&](const Statement& row) { alone.push_back(read_key(row)); });
  if (!done) return done;
  if (!alone.empty()) {
    std::set<RowKey> tail;
    done = for_each_row(snapshot.connection(), tail_rows, [&](const Statement& row) { tail.insert(read_key(row)); });
    if (!done) return done;
    for (const RowKey& key : alone)
      if (tail.count(key) == 0) fail(check, "a triple has no mirror: " + describe(key));
  }
  done = for_each_row(
      snapshot.connection(),
      "SELECT m.subject, m.predicate, m.object, m.observation FROM mirror m WHERE NOT EXISTS "
      "(SELECT 1 FROM triple t WHERE t.subject = m.subject AND t.predicate = m.predicate "
      "AND t.object = m.object AND t.observation = m.observation)",
      [&](const Statement& row) { fail(check, "a mirror row has no triple: " + describe(read_key(row))); });
  if (!done) return done;
  const auto rows = snapshot.connection().query_int("SELECT count(*) FROM triple");
  if (!rows) return rows.error();
  check.examined = *rows;
  return {};
}

Result<void> check_provenance(Snapshot& snapshot, Check& check) {
  std::unordered_set<std::int64_t> entities;
  std::unordered_set<std::int64_t> predicates;
  auto done =
      for_each_row(snapshot.connection(), "SELECT id FROM entity", [&](const Statement& row) { entities.insert(row.integer(0)); });
  if (!done) return done;
  done = for_each_row(snapshot.connection(), "SELECT id FROM predicate",
                      [&](const Statement& row) { predicates.insert(row.integer(0)); });
  if (!done) return done;
  done = visit_all(snapshot, [&](const TailRow& row) {
    ++check.examined;
    const auto* object = std::get_if<std::int64_t>(&row.object);
    const auto* literal = std::get_if<std::string>(&row.object);
    const bool known = entities.count(row.subject) > 0 && predicates.count(row.predicate) > 0 &&
                       (object == nullptr || entities.count(*object) > 0) &&
                       (literal == nullptr || decode_literal(*literal).has_value());
    if (!known) fail(check, "a triple points to nothing: subject " + std::to_string(row.subject));
  });
  if (!done) return done;
  done = for_each_row(snapshot.connection(), "SELECT id, spellings FROM observation", [&](const Statement& row) {
    bool known = true;
    const bool sound = read_spellings(row.blob(1), [&](std::int64_t entity, std::string_view text) {
      known = known && entities.count(entity) > 0 && is_utf8(text);
    });
    if (!sound || !known)
      fail(check, "observation " + std::to_string(row.integer(0)) + " spells an entity that is none, or can't be read");
  });
  if (!done) return done;
  return for_each_row(snapshot.connection(),
                      "SELECT o.id FROM observation o LEFT JOIN session s ON s.id = o.session LEFT JOIN agent a "
                      "ON a.id = s.agent WHERE a.name IS NULL OR o.trust NOT BETWEEN 1 AND 4",
                      [&](const Statement& row) {
                        fail(check,
                             "observation " + std::to_string(row.integer(0)) + " has no agent or no trust class");
                      });
}

struct Table {
  const char* sql;
  std::uint64_t (*hash)(const Statement&);
};
constexpr Table tables[] = {
    {"SELECT step, name FROM migration",
     [](const Statement& row) { return migration_hash(row.integer(0), row.text(1)); }},
    {"SELECT id, name FROM agent", [](const Statement& row) { return agent_hash(row.integer(0), row.text(1)); }},
    {"SELECT id, agent, name FROM session",
     [](const Statement& row) { return session_hash(row.integer(0), row.integer(1), row.text(2)); }},
    {"SELECT id, spelling FROM entity",
     [](const Statement& row) { return entity_hash(row.integer(0), row.text(1)); }},
    {"SELECT id, entity, space, scheme, value FROM alias",
     [](const Statement& row) {
       return alias_hash(row.integer(0), row.integer(1), row.text(2), row.integer(3), row.text(4));
     }},
    {"SELECT source, target FROM redirect",
     [](const Statement& row) { return redirect_hash(row.integer(0), row.integer(1)); }},
    {"SELECT id, name, single_valued FROM predicate",
     [](const Statement& row) { return predicate_hash(row.integer(0), row.text(1), row.integer(2)); }},
    {"SELECT * FROM document", [](const Statement& row) { return document_hash(read_document_row(row)); }},
    {"SELECT * FROM observation", [](const Statement& row) { return observation_hash(read_observation_row(row)); }},
    {"SELECT id, observation FROM operation",
     [](const Statement& row) { return operation_hash(row.text(0), row.integer(1)); }},
    {"SELECT name, entity, spelling, observation FROM claim",
     [](const Statement& row) { return claim_hash(row.text(0), row.integer(1), row.text(2), row.integer(3)); }},
    {"SELECT evidence, observation FROM derivation",
     [](const Statement& row) { return derivation_hash(row.text(0), row.integer(1)); }},
    {"SELECT left_entity, right_entity, score, reason, status FROM suggestion",
     [](const Statement& row) {
       return suggestion_hash(row.integer(0), row.integer(1), row.real(2), row.text(3), row.integer(4));
     }},
};

// Every table but the tail and the sorted part.
Result<void> sum_tables(Connection& connection, RowSum& sum) {
  for (const Table& table : tables) {
    auto done = for_each_row(connection, table.sql, [&](const Statement& row) {
      sum.digest += table.hash(row);
      ++sum.rows;
    });
    if (!done) return done;
  }
  return {};
}

// Recomputes the sum over all rows; a row in both parts is visited once.
Result<void> check_digest(Snapshot& snapshot, Check& check) {
  RowSum sum;
  if (auto done = sum_tables(snapshot.connection(), sum); !done) return done;
  auto done = visit_all(snapshot, [&](const TailRow& row) {
    sum.digest += triple_hash(row.subject, row.predicate, row.object, row.observation);
    ++sum.rows;
  });
  if (!done) return done;
  check.examined = sum.rows;
  const auto kept = snapshot.connection().query_int("SELECT row_digest FROM meta WHERE id = 1");
  if (!kept) return kept.error();
  if (static_cast<std::uint64_t>(*kept) != sum.digest) fail(check, "the rows do not add up to the digest that was kept");
  return {};
}

}  // namespace

Result<RowSum> sum_of_rows(Connection& connection) {
  RowSum sum;
  if (auto done = sum_tables(connection, sum); !done) return done.error();
  for (const char* sql : {"SELECT subject, predicate, object, observation FROM triple",
                          "SELECT a.subject, a.predicate, a.object, a.observation FROM assertion a "
                          "WHERE a.seq > (SELECT watermark FROM meta) AND NOT EXISTS (SELECT 1 FROM triple t "
                          "WHERE t.subject = a.subject AND t.predicate = a.predicate AND t.object = a.object "
                          "AND t.observation = a.observation)"}) {
    auto done = for_each_row(connection, sql, [&](const Statement& row) {
      sum.digest += triple_hash(row.integer(0), row.integer(1), read_object(row, 2), row.integer(3));
      ++sum.rows;
    });
    if (!done) return done.error();
  }
  return sum;
}

const std::vector<NamedCheck>& row_checks() {
  static const std::vector<NamedCheck> checks = {
      {"S7", "no row stands twice", &check_once},
      {"S8", "every observation is whole", &check_whole},
      {"S11", "every triple has its mirror", &check_mirror},
      {"S17", "every triple has entities, a predicate and a source", &check_provenance},
      {"S23", "the row digest equals the rows", &check_digest},
  };
  return checks;
}

}  // namespace commonbook::storage
