// Finds documents by words in bounded work, however large the book is.
//
//   each word -> at most `postings_max` documents that hold it, the latest stored first
//   few documents in all -> every one is scored: the result depends on the content alone
//   many                 -> those that hold the rarest words, and those that hold two or all common ones together;
//                           at most `scored_max` are scored
#pragma once
#include "book/triple_reader.hpp"
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace commonbook::storage {

/// A word of a search, as a quoted phrase: words of a question are never read as search syntax.
struct SearchWord {
  std::string phrase;
  std::vector<std::int64_t> documents;  ///< that hold it, highest row first, at most postings_max
  std::int64_t holding = 0;             ///< how many documents hold it; an estimate where there are more
  bool is_common = false;               ///< more than postings_max
};

struct ScoredDocument {
  std::int64_t row = 0;
  double score = 0;  ///< BM25, higher is better
};

class DocumentSearch {
 public:
  static constexpr std::int64_t postings_max = 1'024;
  static constexpr std::size_t scanned_max = 2'048;  ///< up to so many documents in all, every one is scored
  static constexpr std::size_t scored_max = 192;
  static constexpr std::int64_t gap_max = 32;
  static constexpr std::int64_t window_rows = 65'536;  ///< in which documents that hold several common words are looked for

  explicit DocumentSearch(Snapshot& snapshot) : snapshot_(snapshot) {}

  /// @returns  true where a document holds the word. One that none holds takes no part. @errors timeout, io, corrupt.
  Result<bool> add(std::string_view word);
  /// The documents that hold a word, best first; of equal scores in no order. @errors timeout, io, corrupt.
  Result<std::vector<ScoredDocument>> run();

 private:
  Result<std::vector<std::int64_t>> rows_of(const std::string& expression, std::int64_t above, std::int64_t limit);
  Result<void> estimate(SearchWord& word);
  Result<std::int64_t> last_document();
  Result<std::vector<ScoredDocument>> score_all(const std::string& expression, const std::string& counts);
  Result<std::vector<std::int64_t>> likely_documents();
  /// Scores `rows`, ascending, each of which stands at most gap_max behind the one before.
  Result<void> score_run(const std::string& expression, const std::string& counts, std::span<const std::int64_t> rows,
                         std::vector<ScoredDocument>& scored);

  Snapshot& snapshot_;
  std::vector<SearchWord> words_;
  std::int64_t last_document_ = -1;
};

}  // namespace commonbook::storage
