#include "engine/word_rank.hpp"

#include "engine/connection.hpp"
#include "engine/settings.hpp"

#include <sqlite3.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace commonbook::storage {

namespace {

constexpr int phrases_max = 512;
constexpr double k1 = 1.2;
constexpr double b = 0.75;
constexpr std::array<double, 3> column_weights{4.0, 1.0, 1.0};

double rarity(double documents, double holding) {
  const double value = std::log((documents - holding + 0.5) / (holding + 0.5));
  return value > 0 ? value : 1e-6;  // a word that most documents hold still counts a little
}

struct Row {
  std::array<double, phrases_max> times{};  // weighted by column
  int words = 0;
};

int read_row(const Fts5ExtensionApi* api, Fts5Context* row, int phrases, Row& read) {
  int found = 0;
  if (const int code = api->xInstCount(row, &found); code != SQLITE_OK) return code;
  for (int at = 0; at < found; ++at) {
    int phrase = 0;
    int column = 0;
    int offset = 0;
    if (const int code = api->xInst(row, at, &phrase, &column, &offset); code != SQLITE_OK) return code;
    if (phrase < 0 || phrase >= phrases || column < 0 || column >= static_cast<int>(column_weights.size())) continue;
    read.times[static_cast<std::size_t>(phrase)] += column_weights[static_cast<std::size_t>(column)];
  }
  return api->xColumnSize(row, -1, &read.words);
}

void word_rank(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int argument_count,
               sqlite3_value** arguments) {
  const int phrases = api->xPhraseCount(row);
  const auto wanted = static_cast<int>(sizeof(std::int64_t)) * phrases;
  if (argument_count != 1 || phrases > phrases_max || sqlite3_value_bytes(arguments[0]) != wanted) {
    sqlite3_result_error(result, "word_rank() takes one count for each phrase", -1);
    return;
  }
  const auto* counts = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
  sqlite3_int64 documents = 0;
  sqlite3_int64 words = 0;
  Row read;
  int code = api->xRowCount(row, &documents);
  if (code == SQLITE_OK) code = api->xColumnTotalSize(row, -1, &words);
  if (code == SQLITE_OK) code = read_row(api, row, phrases, read);
  if (code != SQLITE_OK) {
    sqlite3_result_error_code(result, code);
    return;
  }
  const double mean = documents > 0 && words > 0 ? static_cast<double>(words) / static_cast<double>(documents) : 1.0;
  double score = 0;
  for (int phrase = 0; phrase < phrases; ++phrase) {
    std::int64_t holding = 0;
    std::memcpy(&holding, counts + sizeof holding * static_cast<std::size_t>(phrase), sizeof holding);
    const double times = read.times[static_cast<std::size_t>(phrase)];
    score += rarity(static_cast<double>(documents), static_cast<double>(holding)) * times * (k1 + 1) /
             (times + k1 * (1 - b + b * read.words / mean));
  }
  sqlite3_result_double(result, score);
}

}  // namespace

Result<void> add_word_rank(sqlite3* handle) {
  fts5_api* api = nullptr;
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &raw, nullptr) != SQLITE_OK)
    return sqlite_error(handle, "asking for FTS5");
  sqlite3_bind_pointer(raw, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  const int stepped = sqlite3_step(raw);
  sqlite3_finalize(raw);
  if (stepped != SQLITE_ROW) return sqlite_error(handle, "asking for FTS5");
  if (api == nullptr)
    return Error{.code = ErrorCode::internal, .message = "SQLite has no FTS5", .sqlite_code = 0, .retry_after = {}};
  const int code = api->xCreateFunction(api, "word_rank", nullptr, &word_rank, nullptr);
  if (code == SQLITE_OK) return {};
  return Error{.code = classify(code), .message = "adding a search function", .sqlite_code = code, .retry_after = {}};
}

}  // namespace commonbook::storage
