// The published article's tables, written to by plain statements on one connection: what its schema costs, without its
// locks, its look-ups and its commit for each statement.
#pragma once
#include "../database.hpp"
#include "../workload.hpp"
#include "known_names.hpp"

#include <optional>
#include <span>

namespace commonbook::bench {

/// Relations with their own ids, evidence beside them, names and predicates as text.
void make_article_schema(Database& database);
/// Beside them the documents that evidence comes from, and full text over title and body, cut into words as ours.
/// @param page_bytes  of the file: a leaf of the index fills a page.
void make_article_documents(Database& database, int page_bytes);

/// Writes a workload into these tables. The transactions are the caller's.
class ArticleStore {
 public:
  /// @param database  outlives this; it has the tables, empty, and those of documents where the workload has documents.
  /// @param workload  outlives this.
  ArticleStore(const Database& database, const Workload& workload);
  void store(std::span<const Group> groups);

 private:
  struct Documents {
    PreparedStatement row, words;
  };
  void store_document(const Group& group);
  void store_statement(const Statement& statement, std::int64_t source);

  const Database& database_;
  const Workload& workload_;
  KnownNames names_;
  PreparedStatement insert_, find_, evidence_;
  std::optional<Documents> documents_;
};

}  // namespace commonbook::bench
