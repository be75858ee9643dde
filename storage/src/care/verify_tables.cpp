// Checks of single tables. Where a constraint's own index could hide what it should prevent, the table is scanned.
#include "book/schema.hpp"
#include "care/verify_checks.hpp"
#include "engine/connection.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace commonbook::storage {
namespace {

// Fails the check for each row that `sql` gives; its first column says what was found.
Result<void> expect_no_rows(Snapshot& snapshot, const char* sql, Check& check) {
  auto statement = snapshot.connection().statement(sql);
  if (!statement) return statement.error();
  std::int64_t rows = 0;
  std::string first;
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) break;
    if (rows++ == 0) first = statement->text(0);
  }
  if (rows > 0) fail(check, first + " (" + std::to_string(rows) + " found)");
  return {};
}

Result<void> count_into(Snapshot& snapshot, const char* sql, Check& check) {
  const auto count = snapshot.connection().query_int(sql);
  if (!count) return count.error();
  check.examined += *count;
  return {};
}

// Of a page that could not be read the pragma speaks as it does of a damaged one, but for the code at the end.
std::optional<Error> read_error_in(std::string_view finding) {
  constexpr std::string_view before_code = "error code=";
  const auto at = finding.find(before_code);
  if (at == std::string_view::npos) return std::nullopt;
  int code = 0;
  std::from_chars(finding.data() + at + before_code.size(), finding.data() + finding.size(), code);
  const ErrorCode class_of_code = classify(code);
  if (class_of_code != ErrorCode::io && class_of_code != ErrorCode::out_of_memory) return std::nullopt;
  return Error{class_of_code, "the pages can't be checked: " + std::string{finding}, code, {}};
}

Result<void> check_pages(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "PRAGMA page_count", check); !done) return done;
  auto statement = snapshot.connection().statement("PRAGMA integrity_check(20)");
  if (!statement) return statement.error();
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return {};
    if (auto unread = read_error_in(statement->text(0))) return std::move(*unread);
    if (statement->text(0) != "ok") fail(check, std::string{statement->text(0)});
  }
}

Result<void> check_foreign_keys(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM alias", check); !done) return done;
  return expect_no_rows(snapshot, "PRAGMA foreign_key_check", check);
}

Result<void> check_keys(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM alias NOT INDEXED", check); !done) return done;
  return expect_no_rows(snapshot,
                        "SELECT 'two entities for the key ' || value FROM alias NOT INDEXED "
                        "GROUP BY value, scheme, space HAVING count(*) > 1",
                        check);
}

Result<void> check_entities(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM entity", check); !done) return done;
  for (const char* sql :
       {"SELECT 'no alias leads to entity ' || id FROM entity WHERE id NOT IN (SELECT entity FROM alias NOT INDEXED)",
        "SELECT 'entity ' || id || ' was never reserved' FROM entity WHERE id >= (SELECT next_entity FROM meta)"})
    if (auto done = expect_no_rows(snapshot, sql, check); !done) return done;
  return {};
}

Result<void> check_schema(Snapshot& snapshot, Check& check) {
  const auto version = snapshot.connection().query_int("PRAGMA user_version");
  if (!version) return version.error();
  check.examined = *version;
  if (*version != snapshot.book().schema().version()) fail(check, "the schema has version " + std::to_string(*version));
  // Without one of these a constraint is gone, or a look-up reads a whole table.
  for (const char* sql :
       {"SELECT 'migration steps have a gap or a double' FROM (SELECT count(*) AS steps, min(step) AS first, "
        "max(step) AS last FROM migration NOT INDEXED) WHERE steps <> last OR first <> 1 "
        "OR last <> (SELECT user_version FROM pragma_user_version)",
        "SELECT 'the index ' || column1 || ' is missing' FROM (VALUES ('alias_key'), ('alias_entity'), "
        "('redirect_target'), ('document_version'), ('document_subject'), ('observation_document'), ('claim_entity'), "
        "('derivation_observation')) "
        "WHERE column1 NOT IN (SELECT name FROM sqlite_schema WHERE type = 'index')"})
    if (auto done = expect_no_rows(snapshot, sql, check); !done) return done;
  return {};
}

Result<void> check_watermark(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM assertion", check); !done) return done;
  return expect_no_rows(snapshot,
                        "SELECT 'tail row ' || seq || ' stands below the watermark' FROM assertion WHERE seq <= "
                        "(SELECT watermark FROM meta)",
                        check);
}

// SQLite's own counters: behind the ids that stand in the rows, they would be given out again.
Result<void> check_counters(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM sqlite_sequence", check); !done) return done;
  return expect_no_rows(
      snapshot,
      "SELECT 'the counter of ' || name || ' is behind its rows' FROM (SELECT 'entity' AS name, max(id) AS last "
      "FROM entity UNION ALL SELECT 'observation', max(id) FROM observation UNION ALL SELECT 'assertion', "
      "max(max(seq), (SELECT watermark FROM meta)) FROM assertion) AS given "
      "WHERE last > coalesce((SELECT seq FROM sqlite_sequence WHERE sqlite_sequence.name = given.name), 0)",
      check);
}

Result<void> check_documents(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM document", check); !done) return done;
  return expect_no_rows(snapshot,
                        "SELECT 'no observation cites document ' || id FROM document "
                        "WHERE id NOT IN (SELECT document FROM observation WHERE document IS NOT NULL)",
                        check);
}

Result<void> check_retraction(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM observation WHERE retracted <> 0", check); !done)
    return done;
  return expect_no_rows(
      snapshot,
      "SELECT 'retracted observation ' || id || ' still has rows, and no purge is due' FROM observation "
      "WHERE retracted <> 0 AND (triple_count > 0 OR claim_count > 0) AND (SELECT purge_pending FROM meta) = 0",
      check);
}

Result<void> check_order(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM session", check); !done) return done;
  return expect_no_rows(snapshot,
                        "SELECT 'session ' || session || ' committed out of order' FROM (SELECT session, commit_seq, "
                        "lag(commit_seq) OVER (PARTITION BY session ORDER BY sequence) AS earlier FROM observation) "
                        "WHERE earlier > commit_seq GROUP BY session",
                        check);
}

// Merges may run in a circle, since each pair stands for itself; but a pair stands once, in one of its directions, or
// undoing it would leave half of it.
Result<void> check_redirects(Snapshot& snapshot, Check& check) {
  if (auto done = count_into(snapshot, "SELECT count(*) FROM redirect", check); !done) return done;
  return expect_no_rows(snapshot,
                        "SELECT 'the merge of entities ' || a.source || ' and ' || a.target || ' stands twice' "
                        "FROM redirect a JOIN redirect b ON b.source = a.target AND b.target = a.source",
                        check);
}

}  // namespace

const std::vector<NamedCheck>& table_checks() {
  static const std::vector<NamedCheck> checks = {
      {"S10", "every page of the file is sound", &check_pages},
      {"S9", "every reference leads somewhere", &check_foreign_keys},
      {"S16", "the schema is ours and each migration ran once", &check_schema},
      {"S1", "one key leads to one entity", &check_keys},
      {"P4", "every entity has an alias and a reserved id", &check_entities},
      {"S4", "each merge stands once", &check_redirects},
      {"S12", "each session's observations committed in their order", &check_order},
      {"tail", "the tail lies above the watermark", &check_watermark},
      {"counters", "no id is given out twice", &check_counters},
      {"documents", "every document is cited", &check_documents},
      {"retraction", "what was retracted is purged, or due to be", &check_retraction},
  };
  return checks;
}

}  // namespace commonbook::storage
