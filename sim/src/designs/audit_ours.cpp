#include "audits.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"
#include "our_design.hpp"

namespace commonbook::sim {
namespace {

// What the book itself can say: opened as the product opens it, closed again before anything else looks.
Result<void> ask_the_book(const std::filesystem::path& file, Clock::SteadyPoint deadline, Audit& audit) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = file;
  const auto book = storage::Book::open(options, clock, deadline);
  if (!book) return book.error();
  const auto report = storage::verify(*book, deadline);
  if (!report) return report.error();
  audit.verify = "ok";
  for (const storage::Check& check : report->checks) {
    if (check.ok) continue;
    if (audit.verify_failures++ == 0) audit.verify = check.id + ": " + check.detail;
  }
  auto reader = storage::Reader::open(*book, deadline);
  if (!reader) return reader.error();
  const auto digest = reader->row_digest(deadline);
  if (!digest) return digest.error();
  audit.row_digest = *digest;
  return {};
}

// By scanning the tables, so that no index can hide what it should prevent. An entity counts for the key of its own
// spelling where a name led to it, or where nothing does; a strong identifier makes two of one name two entities.
Result<void> count_entities(RawConnection& connection, Audit& audit) {
  std::map<std::int64_t, bool> is_named;  // entity -> an alias of scheme `name` leads to it
  auto done = for_each_row(connection, "SELECT entity, scheme, value FROM alias NOT INDEXED ORDER BY id",
                           [&](const Use& row) {
                             const bool by_name = row.integer(1) == static_cast<std::int64_t>(Scheme::name);
                             bool& named = is_named.try_emplace(row.integer(0), false).first->second;
                             named = named || by_name;
                             if (by_name) audit.entity_of_key.emplace(row.text(2), row.integer(0));
                           });
  if (!done) return done;
  KeyCount keys;
  std::set<std::int64_t> known;
  done = for_each_row(connection, "SELECT id, spelling FROM entity", [&](const Use& row) {
    ++audit.entities;
    known.insert(row.integer(0));
    const auto alias = is_named.find(row.integer(0));
    if (alias == is_named.end()) ++audit.invisible_entities;
    if (alias == is_named.end() || alias->second) keys.add(row.text(1));
  });
  if (!done) return done;
  audit.duplicates = keys.duplicates();
  for (const auto& [entity, named] : is_named) audit.dangling += known.count(entity) == 0 ? 1u : 0u;
  return {};
}

constexpr const char* rows_of_both_parts =
    "SELECT subject, predicate, object, observation FROM assertion UNION "
    "SELECT subject, predicate, object, observation FROM triple";

// A row may stand in both parts while a compaction pass is under way: UNION counts it once.
Result<void> count_lines(RawConnection& connection, Audit& audit) {
  struct Item {
    ItemPosition position;
    std::uint64_t rows = 0;
  };
  std::map<std::int64_t, std::optional<Item>> observations;
  auto done = for_each_row(connection, "SELECT id, position FROM observation", [&](const Use& row) {
    const auto position = read_item_position(row.text(1));
    observations.emplace(row.integer(0), position ? std::optional{Item{*position, 0}} : std::nullopt);
  });
  if (!done) return done;
  std::set<std::int64_t> entities;
  done = for_each_row(connection, "SELECT id FROM entity", [&](const Use& row) { entities.insert(row.integer(0)); });
  if (!done) return done;
  done = for_each_row(connection, rows_of_both_parts, [&](const Use& row) {
    const auto observation = observations.find(row.integer(3));
    const bool is_entity = row.is_integer(2);
    if (observation == observations.end() || entities.count(row.integer(0)) == 0 ||
        (is_entity && entities.count(row.integer(2)) == 0))
      ++audit.dangling;
    // The workload's objects are entities; how one was spelled is a literal.
    if (observation != observations.end() && observation->second && is_entity) ++observation->second->rows;
  });
  if (!done) return done;
  for (const auto& [id, item] : observations) {
    if (!item) continue;
    const bool is_whole = item->rows >= item->position.rows;
    audit.lines_of_item[item->position.number] = is_whole ? item->position.lines : item->rows;
  }
  return {};
}

}  // namespace

Result<Audit> audit_ours(const std::filesystem::path& file, Clock::SteadyPoint deadline) {
  Audit audit;
  if (auto done = ask_the_book(file, deadline, audit); !done) return done.error();
  auto connection = RawConnection::open(file, RawConnection::Threads::one);
  if (!connection) return connection.error();
  if (auto done = count_entities(*connection, audit); !done) return done.error();
  if (auto done = count_lines(*connection, audit); !done) return done.error();
  return audit;
}

}  // namespace commonbook::sim
