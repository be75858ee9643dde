#include "audits.hpp"

namespace commonbook::sim {
namespace {

constexpr const char* dangling_rows =
    "SELECT (SELECT count(*) FROM alias WHERE entity NOT IN (SELECT id FROM entity)) + "
    "(SELECT count(*) FROM triple WHERE subject NOT IN (SELECT id FROM entity)) + "
    "(SELECT count(*) FROM triple WHERE object NOT IN (SELECT id FROM entity))";

constexpr const char* invisible_rows = "SELECT count(*) FROM entity WHERE id NOT IN (SELECT entity FROM alias)";

/// The id that a look-up of the key gives: of the alias that is the key itself, else of the first that is the same key.
Result<void> read_keys(RawConnection& connection, Audit& audit) {
  std::set<std::string> exact;
  return for_each_row(connection, "SELECT alias, entity FROM alias NOT INDEXED ORDER BY rowid", [&](const Use& row) {
    const std::string alias = row.text(0);
    const std::string key = normal_form(alias);
    audit.visible_ids.insert(row.integer(1));
    if (alias == key && exact.insert(key).second)
      audit.entity_of_key[key] = row.integer(1);
    else
      audit.entity_of_key.emplace(key, row.integer(1));
  });
}

Result<void> count_rows(RawConnection& connection, const char* sql, std::uint64_t& into) {
  const auto count = connection.query_integer(sql);
  if (!count) return count.error();
  into = static_cast<std::uint64_t>(*count);
  return {};
}

}  // namespace

std::uint64_t KeyCount::duplicates() const {
  std::uint64_t sum = 0;
  for (const auto& [key, entities] : entities_of_key_) sum += entities - 1;
  return sum;
}

Result<Audit> audit_naive(const std::filesystem::path& file) {
  auto connection = RawConnection::open(file, RawConnection::Threads::one);
  if (!connection) return connection.error();
  Audit audit;
  KeyCount keys;
  auto done = for_each_row(*connection, "SELECT name FROM entity NOT INDEXED", [&](const Use& row) {
    ++audit.entities;
    keys.add(row.text(0));
  });
  if (!done) return done.error();
  audit.duplicates = keys.duplicates();
  if (done = count_rows(*connection, invisible_rows, audit.invisible_entities); !done) return done.error();
  if (done = count_rows(*connection, dangling_rows, audit.dangling); !done) return done.error();
  done = for_each_row(*connection, "SELECT item, count(DISTINCT line) FROM triple GROUP BY item", [&](const Use& row) {
    audit.lines_of_item[static_cast<std::uint64_t>(row.integer(0))] = static_cast<std::uint64_t>(row.integer(1));
  });
  if (!done) return done.error();
  if (done = read_keys(*connection, audit); !done) return done.error();
  return audit;
}

}  // namespace commonbook::sim
