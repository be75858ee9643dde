#include "runtime_book.hpp"

#include <string>
#include <utility>

namespace commonbook::actors {

namespace {

constexpr std::chrono::seconds old_reader{5};

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
  if (options.cache_mib < 1 || options.cache_mib > 4096) return out_of_range("cache_mib", "1 to 4096");
  if (options.deadline < std::chrono::milliseconds{1} || options.deadline > std::chrono::hours{1})
    return out_of_range("deadline", "1 ms to 1 h");
  if (options.drain < std::chrono::milliseconds{0} || options.drain > std::chrono::hours{1})
    return out_of_range("drain", "0 to 1 h");
  if (!(options.similarity_threshold >= 0 && options.similarity_threshold <= 1))
    return out_of_range("similarity_threshold", "0 to 1");
  if (!(options.merge_threshold >= 0 && options.merge_threshold <= 1)) return out_of_range("merge_threshold", "0 to 1");
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
  made.merge_threshold = options.merge_threshold;
  made.space_predicate = options.space;
  made.keep_overlay = options.keep_overlay;
  made.alias_cache_entries_max = options.alias_cache_entries;
  made.cache_kib = static_cast<int>(options.cache_mib * 1024);
  return made;
}

namespace {

void fill(const storage::Book& book, RuntimeMetrics& metrics) {
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
  for (storage::OpenReader& reader : book.open_readers(old_reader))
    metrics.old_readers.push_back({std::move(reader.who), reader.age});
  const storage::ForeignReader foreign = book.foreign_reader();
  metrics.foreign_reader = foreign.held_for;
  metrics.foreign_processes = foreign.processes;
  storage::GateState gate = book.gate();
  metrics.gate_holder = std::move(gate.holder);
  metrics.gate_without_a_step = gate.without_a_step;
  metrics.gate_waiting = std::move(gate.waiting);
  const storage::DiskState disk = book.disk();
  metrics.disk_free_bytes = disk.free_bytes;
  metrics.disk_low = disk.low;
  metrics.disk_reserve_bytes = disk.reserve_bytes;
}

}  // namespace

FileFigures file_figures(const storage::Book& book) {
  return {[book](RuntimeMetrics& metrics) { fill(book, metrics); }, [book] { return book.wal_bytes(); }};
}

}  // namespace commonbook::actors
