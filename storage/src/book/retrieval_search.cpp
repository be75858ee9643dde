#include "book/retrieval_search.hpp"

#include "book/first_integer.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace commonbook::storage {
namespace {

std::string quoted_phrase(std::string_view word) {
  std::string quoted;
  for (const char c : word) {
    if (c == '\0') continue;
    quoted += c;
    if (c == '"' && !fault("planted.quote")) quoted += '"';
  }
  return quoted.empty() ? quoted : '"' + quoted + '"';
}

std::string joined(const std::vector<SearchWord>& words, std::string_view by) {
  std::string expression;
  for (const SearchWord& word : words) {
    if (!expression.empty()) expression += by;
    expression += word.phrase;
  }
  return expression;
}

std::string counts_of(const std::vector<SearchWord>& words) {
  std::string counts(words.size() * sizeof(std::int64_t), '\0');
  for (std::size_t at = 0; at < words.size(); ++at)
    std::memcpy(counts.data() + at * sizeof(std::int64_t), &words[at].holding, sizeof(std::int64_t));
  return counts;
}

}  // namespace

Result<std::int64_t> DocumentSearch::last_document() {
  if (last_document_ >= 0) return last_document_;
  auto statement = snapshot_.connection().statement("SELECT max(id) FROM document");
  if (!statement) return statement.error();
  const auto last = first_integer(*statement);
  if (!last) return last.error();
  last_document_ = last->value_or(0);
  return last_document_;
}

Result<std::vector<std::int64_t>> DocumentSearch::rows_of(const std::string& expression, std::int64_t above,
                                                          std::int64_t limit) {
  std::vector<std::int64_t> rows;
  auto statement = snapshot_.connection().statement(
      "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid > ?2 ORDER BY rowid DESC LIMIT ?3");
  if (!statement) return statement.error();
  statement->bind(1, std::string_view{expression}).bind(2, above).bind(3, limit);
  for (;;) {
    const auto more = statement->step();
    if (!more) return more.error();
    if (!*more) break;
    rows.push_back(statement->integer(0));
  }
  snapshot_.rows_read += rows.size();
  return rows;
}

// Of a common word only the latest documents are known; how closely they stand tells how many there are.
Result<void> DocumentSearch::estimate(SearchWord& word) {
  const auto last = last_document();
  if (!last) return last.error();
  const double share = static_cast<double>(word.documents.size()) /
                       static_cast<double>(std::max<std::int64_t>(1, *last - word.documents.back() + 1));
  word.holding = std::max(static_cast<std::int64_t>(word.documents.size()),
                          static_cast<std::int64_t>(share * static_cast<double>(*last)));
  return {};
}

Result<bool> DocumentSearch::add(std::string_view text) {
  SearchWord word;
  word.phrase = quoted_phrase(text);
  if (word.phrase.empty()) return false;
  const auto known = [&](const SearchWord& other) { return other.phrase == word.phrase; };
  if (std::any_of(words_.begin(), words_.end(), known)) return true;
  auto rows = rows_of(word.phrase, -1, postings_max + 1);
  if (!rows) return rows.error();
  if (rows->empty()) return false;
  word.documents = std::move(*rows);
  word.holding = static_cast<std::int64_t>(word.documents.size());
  if (word.holding > postings_max) {
    word.documents.pop_back();
    word.is_common = true;
    if (auto done = estimate(word); !done) return done.error();
  }
  words_.push_back(std::move(word));
  return true;
}

Result<std::vector<ScoredDocument>> DocumentSearch::score_all(const std::string& expression,
                                                              const std::string& counts) {
  std::vector<ScoredDocument> scored;
  auto statement =
      snapshot_.connection().statement("SELECT rowid, word_rank(search, ?2) FROM search WHERE search MATCH ?1");
  if (!statement) return statement.error();
  statement->bind(1, std::string_view{expression}).bind_blob(2, counts);
  for (;;) {
    const auto more = statement->step();
    if (!more) return more.error();
    if (!*more) return scored;
    scored.push_back({statement->integer(0), statement->real(1)});
    ++snapshot_.rows_read;
  }
}

// A look at one row finds its place anew in each segment of the index, for each word: a hundred times what the next row
// costs. So rows that stand close together are read in one go, with those between them.
Result<void> DocumentSearch::score_run(const std::string& expression, const std::string& counts,
                                       std::span<const std::int64_t> rows, std::vector<ScoredDocument>& scored) {
  auto statement = snapshot_.connection().statement(
      "SELECT rowid, word_rank(search, ?2) FROM search WHERE search MATCH ?1 AND rowid >= ?3 AND rowid <= ?4");
  if (!statement) return statement.error();
  statement->bind(1, std::string_view{expression}).bind_blob(2, counts).bind(3, rows.front()).bind(4, rows.back());
  for (;;) {
    const auto more = statement->step();
    if (!more) return more.error();
    if (!*more) return {};
    ++snapshot_.rows_read;
    const std::int64_t row = statement->integer(0);
    if (std::binary_search(rows.begin(), rows.end(), row)) scored.push_back({row, statement->real(1)});
  }
}

// By the sum of their words' rarity, since how often a word stands in a document is not known yet.
Result<std::vector<std::int64_t>> DocumentSearch::likely_documents() {
  const auto last = last_document();
  if (!last) return last.error();
  std::unordered_map<std::int64_t, double> promise;
  const auto rarity = [&](const SearchWord& word) {
    return std::log(1.0 + static_cast<double>(*last) / (static_cast<double>(word.holding) + 0.5));
  };
  for (const SearchWord& word : words_)
    for (const std::int64_t row : word.documents) promise[row] += rarity(word);
  std::vector<SearchWord> common;
  for (const SearchWord& word : words_)
    if (word.is_common) common.push_back({word.phrase, {}, word.holding, true});
  std::sort(common.begin(), common.end(), [](const SearchWord& left, const SearchWord& right) {
    return std::tie(left.holding, left.phrase) < std::tie(right.holding, right.phrase);
  });
  for (const std::size_t together : {common.size(), std::size_t{2}}) {
    if (together < 2 || common.size() < together) continue;
    const std::vector<SearchWord> wanted{common.begin(), common.begin() + static_cast<std::ptrdiff_t>(together)};
    const auto rows = rows_of(joined(wanted, " AND "), *last - window_rows, static_cast<std::int64_t>(scored_max) / 2);
    if (!rows) return rows.error();
    double gain = 0;
    for (const SearchWord& word : wanted) gain += rarity(word);
    for (const std::int64_t row : *rows) promise[row] = std::max(promise[row], gain);
  }
  std::vector<std::pair<double, std::int64_t>> ordered;
  for (const auto& [row, gain] : promise) ordered.emplace_back(-gain, -row);
  const std::size_t kept = std::min(scored_max, ordered.size());
  std::partial_sort(ordered.begin(), ordered.begin() + static_cast<std::ptrdiff_t>(kept), ordered.end());
  std::vector<std::int64_t> rows;
  for (std::size_t at = 0; at < kept; ++at) rows.push_back(-ordered[at].second);
  return rows;
}

Result<std::vector<ScoredDocument>> DocumentSearch::run() {
  std::vector<ScoredDocument> scored;
  if (words_.empty()) return scored;
  const std::string expression = joined(words_, " OR ");
  const std::string counts = counts_of(words_);
  std::unordered_set<std::int64_t> all;
  bool is_bounded = true;
  for (const SearchWord& word : words_) {
    all.insert(word.documents.begin(), word.documents.end());
    is_bounded = is_bounded && !word.is_common;
  }
  if (is_bounded && all.size() <= scanned_max) {
    auto found = score_all(expression, counts);
    if (!found) return found.error();
    scored = std::move(*found);
  } else {
    auto rows = likely_documents();
    if (!rows) return rows.error();
    std::sort(rows->begin(), rows->end());
    for (std::size_t first = 0; first < rows->size();) {
      std::size_t end = first + 1;
      while (end < rows->size() && (*rows)[end] - (*rows)[end - 1] <= gap_max) ++end;
      const auto run = std::span{*rows}.subspan(first, end - first);
      if (auto done = score_run(expression, counts, run, scored); !done) return done.error();
      first = end;
    }
  }
  std::sort(scored.begin(), scored.end(),
            [](const ScoredDocument& left, const ScoredDocument& right) { return left.score > right.score; });
  return scored;
}

}  // namespace commonbook::storage
