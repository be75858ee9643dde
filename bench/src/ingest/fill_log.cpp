#include "fill_log.hpp"

#include "../commits.hpp"
#include "../database.hpp"
#include "../made.hpp"
#include "../process_figures.hpp"
#include "article_schema.hpp"
#include "commonbook/storage/writer.hpp"

#include <memory>

namespace commonbook::bench {
namespace {

nlohmann::json sizes_of(const Workload& workload, std::size_t commits) {
  return {{"triples", workload.triples()}, {"observations", workload.groups.size()}, {"commits", commits}};
}

}  // namespace

nlohmann::json fill_log(const IngestOptions& options) {
  static const SystemClock clock;  // the book is never closed
  const Workload workload = make_workload({.triples = options.triples, .document_words = options.document_words});
  storage::BookOptions book_options;
  book_options.path = options.folder / "fill.db";
  book_options.create = true;
  remove_database(book_options.path);
  const auto book = made(storage::Book::open(book_options, clock, in_two_minutes()), "making the book");
  storage::Writer& open_for_life =
      *std::make_unique<storage::Writer>(made(storage::Writer::open(book, in_two_minutes()), "writing")).release();
  SessionObservations observations{workload, "bench", options.ack_class};
  const auto commits = commits_of(workload, options.batch_triples);
  for (const auto groups : commits) store_all(open_for_life, observations.of(groups));
  return sizes_of(workload, commits.size());
}

nlohmann::json fill_article_log(const IngestOptions& options, int page_bytes) {
  const Workload workload = make_workload({.triples = options.triples, .document_words = options.document_words});
  const auto file = options.folder / "fill.db";
  remove_database(file);
  Database& open_for_life =
      *std::make_unique<Database>(file, Database::Options{.foreign_keys = true, .page_bytes = page_bytes}).release();
  make_article_schema(open_for_life);
  if (workload.document_words > 0) make_article_documents(open_for_life, page_bytes);
  ArticleStore store{open_for_life, workload};
  const auto commits = commits_of(workload, options.batch_triples);
  for (const auto groups : commits) {
    open_for_life.execute("BEGIN IMMEDIATE");
    store.store(groups);
    open_for_life.execute("COMMIT");
  }
  return sizes_of(workload, commits.size());
}

}  // namespace commonbook::bench
