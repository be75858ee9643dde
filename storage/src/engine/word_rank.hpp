// BM25 over the search index where the caller says how common each word is. FTS5's own bm25() counts every document
// that holds a word before it scores the first one, so that a common word costs time in proportion to the book.
#pragma once
#include "commonbook/model/result.hpp"

struct sqlite3;

namespace commonbook::storage {

/// Makes `word_rank(search, counts)` known to the connection: the score of the current row of a MATCH, higher is better.
/// `counts` is a blob with one 64-bit integer (this machine's byte order) for each phrase of the MATCH expression, in
/// its order: the number of documents that hold the phrase, at least 1. The columns title, body and context weigh
/// 4, 1 and 1.
/// @errors  internal: SQLite was built without FTS5; out_of_memory. @thread the connection's.
/// @source  S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with k1 = 1.2 and
///          b = 0.75 as FTS5's bm25() has them.
[[nodiscard]] Result<void> add_word_rank(sqlite3* handle);

}  // namespace commonbook::storage
