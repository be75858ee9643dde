#include "runtime_book.hpp"

#include <string>

namespace commonbook::actors {

namespace {

Result<storage::SimilarityMode> read_similarity(const std::string& text) {
  if (text == "off") return storage::SimilarityMode::off;
  if (text == "suggest") return storage::SimilarityMode::suggest;
  if (text == "merge") return storage::SimilarityMode::merge;
  return Error{ErrorCode::invalid_argument, "similarity is \"" + text + "\": write off, suggest or merge", 0, {}};
}

}  // namespace

Result<storage::BookOptions> book_options(const RuntimeOptions& options) {
  const auto out_of_range = [](const char* field, const char* range) {
    return Error{ErrorCode::invalid_argument, std::string{field} + " is out of range: " + range, 0, {}};
  };
  if (options.storage_actors < 1 || options.storage_actors > 64) return out_of_range("storage_actors", "1 to 64");
  if (options.reader_actors > 64) return out_of_range("reader_actors", "0 to 64");
  if (options.window_triples < 1) return out_of_range("window_triples", "1 or more");
  if (options.queue_observations < 1) return out_of_range("queue_observations", "1 or more");
  if (options.batch_triples < 1) return out_of_range("batch_triples", "1 or more");
  if (options.deadline < std::chrono::milliseconds{1} || options.deadline > std::chrono::hours{1})
    return out_of_range("deadline", "1 ms to 1 h");
  if (options.drain < std::chrono::milliseconds{0} || options.drain > std::chrono::hours{1})
    return out_of_range("drain", "0 to 1 h");
  if (!(options.similarity_threshold >= 0 && options.similarity_threshold <= 1))
    return out_of_range("similarity_threshold", "0 to 1");
  if (options.scheduler_threads < 1 || options.scheduler_threads > 256)
    return out_of_range("scheduler_threads", "1 to 256");
  const auto similarity = read_similarity(options.similarity);
  if (!similarity) return similarity.error();
  storage::BookOptions made;
  made.path = options.path;
  made.create = options.create;
  made.unknown_file_system_ok = options.unknown_file_system_ok;
  made.similarity = *similarity;
  made.similarity_threshold = options.similarity_threshold;
  made.keep_overlay = options.keep_overlay;
  return made;
}

FileFigures file_figures(const storage::Book& book) {
  return [book](RuntimeMetrics& metrics) {
    const storage::BookCounters counters = book.counters();
    metrics.wal_bytes = book.wal_bytes();
    metrics.tail_rows = book.tail_rows();
    metrics.oldest_reader = book.oldest_reader_age();
    metrics.alias_conflicts_resolved = counters.alias_conflicts_resolved;
    metrics.compaction_passes = counters.compaction_passes;
    metrics.suggestions_written = counters.suggestions_written;
    metrics.compaction_slices = counters.compaction_slices;
    metrics.checkpoints = counters.checkpoints;
    metrics.checkpoint_barriers = counters.checkpoint_barriers;
  };
}

}  // namespace commonbook::actors
