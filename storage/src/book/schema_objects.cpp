#include "book/schema_objects.hpp"

#include "book/schema_sql.hpp"
#include "engine/statement.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace commonbook::storage {
namespace {

/// What FTS5 and SQLite make by themselves.
constexpr std::array<std::string_view, 5> made_by_sqlite = {
    "CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB)",
    "CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
    "CREATE TABLE 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB)",
    "CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID",
    "CREATE TABLE sqlite_sequence(name,seq)",
};

/// Made anew by a later version: only its last text is ours.
constexpr std::string_view made_anew = "CREATE TABLE redirect(";
constexpr std::size_t tables_made_anew = 1;

/// As SQLite writes a table's text when a column is added to it.
bool is_extended_observation(std::string_view sql) {
  constexpr std::string_view added = ", spellings BLOB";
  const std::size_t at = sql.find(added);
  if (at == std::string_view::npos) return false;
  const std::string whole = '\n' + std::string{sql.substr(0, at)} + std::string{sql.substr(at + added.size())} + ';';
  return std::string_view{schema_v1}.find(whole) != std::string_view::npos;
}

bool is_ours(std::string_view type, std::string_view sql) {
  if (sql.empty()) return type == "index";  // SQLite's own, for PRIMARY KEY and UNIQUE
  if (std::find(made_by_sqlite.begin(), made_by_sqlite.end(), sql) != made_by_sqlite.end()) return true;
  if (sql.starts_with("CREATE TABLE observation(")) return is_extended_observation(sql);
  const std::string whole = '\n' + std::string{sql} + ';';
  if (std::string_view{schema_v2}.find(whole) != std::string_view::npos) return true;
  return !sql.starts_with(made_anew) && std::string_view{schema_v1}.find(whole) != std::string_view::npos;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

Result<void> check_schema_objects(Connection& connection) {
  auto rows = connection.statement("SELECT type, name, sql FROM sqlite_schema");
  if (!rows) return rows.error();
  std::size_t tables = 0;
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    const std::string_view type = rows->text(0);
    if (!is_ours(type, rows->text(2))) {
      return Error{ErrorCode::foreign_file,
                   "the file has a " + std::string{type == "table" || type == "index" || type == "view" ? type : "trigger"} +
                       " that is not one of this program's; import its data instead of opening it",
                   0,
                   {}};
    }
    if (type == "table") ++tables;
  }
  std::size_t expected = made_by_sqlite.size() - tables_made_anew;
  for (const std::string_view made : {schema_v1, schema_v2})
    expected += count_of(made, "\nCREATE TABLE ") + count_of(made, "\nCREATE VIRTUAL TABLE ");
  if (tables != expected) return Error{ErrorCode::corrupt, "a table of the file is missing; restore a backup", 0, {}};
  return {};
}

}  // namespace commonbook::storage
