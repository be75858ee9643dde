#include "fill_log.hpp"

#include "../commits.hpp"
#include "../made.hpp"
#include "../process_figures.hpp"
#include "commonbook/storage/writer.hpp"

#include <memory>

namespace commonbook::bench {

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
  return {{"triples", workload.triples()}, {"observations", workload.groups.size()}, {"commits", commits.size()}};
}

}  // namespace commonbook::bench
