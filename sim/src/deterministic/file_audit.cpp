#include "file_audit.hpp"

#include "commonbook/storage/book.hpp"
#include "commonbook/storage/care.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace commonbook::sim {

namespace {

constexpr std::chrono::minutes patience{5};

using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;
using Query = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

Error sqlite_error(sqlite3* handle, const std::string& doing) {
  return {ErrorCode::io, doing + ": " + sqlite3_errmsg(handle), sqlite3_extended_errcode(handle), {}};
}

Result<Query> prepare(sqlite3* handle, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, sql, -1, &raw, nullptr) != SQLITE_OK) return sqlite_error(handle, "preparing a query");
  return Query{raw, &sqlite3_finalize};
}

Result<std::uint64_t> count(sqlite3* handle, const char* sql) {
  auto query = prepare(handle, sql);
  if (!query) return query.error();
  if (sqlite3_step(query->get()) != SQLITE_ROW) return sqlite_error(handle, "counting");
  return static_cast<std::uint64_t>(sqlite3_column_int64(query->get(), 0));
}

struct Counting {
  const char* sql;
  std::uint64_t Figures::* figure;
};
// NOT INDEXED: what a damaged index says is not believed.
constexpr std::array<Counting, 4> countings{{
    {"SELECT count(*) FROM entity", &Figures::entities},
    {"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(DISTINCT entity) AS n FROM alias NOT INDEXED "
     "GROUP BY value, scheme, space HAVING n > 1)",
     &Figures::duplicates},
    {"SELECT count(*) FROM entity WHERE id NOT IN (SELECT entity FROM alias NOT INDEXED)",
     &Figures::invisible_entities},
    {"SELECT (SELECT count(*) FROM alias WHERE entity NOT IN (SELECT id FROM entity)) + "
     "(SELECT count(*) FROM (SELECT subject, object FROM assertion UNION ALL SELECT subject, object FROM triple) AS t "
     "WHERE t.subject NOT IN (SELECT id FROM entity) OR "
     "(typeof(t.object) = 'integer' AND t.object NOT IN (SELECT id FROM entity)))",
     &Figures::dangling},
}};

Result<std::uint64_t> count_lost(sqlite3* handle, const Tally& tally) {
  auto query = prepare(handle,
                       "SELECT 1 FROM operation JOIN observation ON observation.id = operation.observation "
                       "WHERE operation.id = ?1");
  if (!query) return query.error();
  std::uint64_t lost = 0;
  for (const std::string& id : tally.acknowledged_ids) {
    sqlite3_reset(query->get());
    sqlite3_bind_text(query->get(), 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    const int code = sqlite3_step(query->get());
    if (code == SQLITE_DONE)
      ++lost;
    else if (code != SQLITE_ROW)
      return sqlite_error(handle, "looking an operation up");
  }
  return lost;
}

Result<void> count_rows(const std::filesystem::path& file, const Tally& tally, Figures& figures) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr);
  const Handle handle{raw, &sqlite3_close_v2};
  if (opened != SQLITE_OK) return sqlite_error(raw, "opening " + file.string());
  for (const Counting& each : countings) {
    const auto counted = count(raw, each.sql);
    if (!counted) return counted.error();
    figures.*each.figure = *counted;
  }
  const auto lost = count_lost(raw, tally);
  if (!lost) return lost.error();
  figures.lost_acknowledged = *lost;
  return {};
}

}  // namespace

Result<void> audit_file(const std::filesystem::path& file, const Tally& tally, Figures& figures) {
  const SystemClock clock;
  const auto deadline = clock.steady_now() + patience;
  storage::BookOptions options;
  options.path = file;
  options.keep_overlay = false;
  const auto book = storage::Book::open(options, clock, deadline);
  if (!book) return book.error();
  if (auto counted = count_rows(file, tally, figures); !counted) return counted;
  const auto report = storage::verify(*book, deadline);
  if (!report) return report.error();
  figures.verify = "ok";
  for (const storage::Check& check : report->checks) {
    if (check.ok) continue;
    if (figures.verify_failures++ == 0) figures.verify = check.id + ": " + check.detail;
    if (check.id == "S8") ++figures.half_written;
  }
  return {};
}

bool needs_audit(const std::string& figure) {
  static constexpr std::array<std::string_view, 8> audited{
      "dangling", "duplicates", "entities", "failures", "half_written", "invisible_entities", "lost_acknowledged",
      "verify_failures"};
  return std::find(audited.begin(), audited.end(), figure) != audited.end();
}

}  // namespace commonbook::sim
