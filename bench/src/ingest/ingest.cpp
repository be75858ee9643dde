#include "ingest.hpp"

#include "../group_commit.hpp"
#include "bare_book.hpp"
#ifdef COMMONBOOK_BENCH_PEERS
#include "lmdb_book.hpp"
#include "rocksdb_book.hpp"
#endif

#include <algorithm>
#include <stdexcept>

namespace commonbook::bench {
namespace {

// Runs the group commit job on an engine, then waits for what it does in the background.
template <class Engine, class Finish>
nlohmann::json measure_engine(const IngestOptions& options, const Workload& workload, Engine& engine, Finish finish) {
  const ProcessFigures before = process_figures();
  IngestFigures figures = run_group_commit(engine, workload, {options.window_triples, options.batch_triples});
  finish();
  const ProcessFigures after = process_figures();
  const auto triples = static_cast<double>(workload.triples());
  return {{"triples_per_second", triples / figures.acknowledged_seconds},
          {"sustained_per_second", triples / (after.wall_seconds - before.wall_seconds)},
          {"p50_ms", quantile(figures.latencies_ms, 0.5)},
          {"p99_ms", quantile(figures.latencies_ms, 0.99)},
          {"p999_ms", quantile(figures.latencies_ms, 0.999)},
          {"max_ms", quantile(figures.latencies_ms, 1)},
          {"batch_mean", triples / static_cast<double>(figures.batches)},
          {"written_bytes", static_cast<double>(after.bytes_written - before.bytes_written) / triples},
          {"cpu_us", figures.cpu_seconds * 1e6 / triples}};
}

nlohmann::json measure_bare(const IngestOptions& options, const Workload& workload) {
  const auto file = options.folder / "bare.db";
  remove_database(file);
  BareBook::Options book_options;
  book_options.durable = options.ack_class == AckClass::durable;
  book_options.compaction_rows =
      std::clamp(static_cast<std::int64_t>(workload.triples() / 4), std::int64_t{64 * 1024}, std::int64_t{256 * 1024});
  nlohmann::json measured;
  {
    BareBook book{file, book_options};
    measured = measure_engine(options, workload, book, [&] { book.finish(); });
    measured["log_bytes"] = static_cast<double>(book.log_pages_written()) * (4096 + 24) / static_cast<double>(workload.triples());
    measured["entities"] = book.count("SELECT count(*) FROM entity");
  }
  remove_database(file);
  return measured;
}

#ifdef COMMONBOOK_BENCH_PEERS
nlohmann::json measure_rocksdb(const IngestOptions& options, const Workload& workload) {
  const auto folder = options.folder / "rocksdb";
  nlohmann::json measured;
  {
    RocksdbBook book{folder, options.ack_class == AckClass::durable};
    measured = measure_engine(options, workload, book, [&] { book.finish(); });
  }
  std::filesystem::remove_all(folder);
  return measured;
}

nlohmann::json measure_lmdb(const IngestOptions& options, const Workload& workload) {
  const auto folder = options.folder / "lmdb";
  nlohmann::json measured;
  {
    LmdbBook book{folder};
    measured = measure_engine(options, workload, book, [] {});
  }
  std::filesystem::remove_all(folder);
  return measured;
}
#endif

}  // namespace

std::vector<std::string> ingest_designs() {
  return {"runtime", "bare", "article", "sorted-one-transaction", "article-one-transaction", "memory", "append",
#ifdef COMMONBOOK_BENCH_PEERS
          "rocksdb", "lmdb"
#endif
  };
}

nlohmann::json measure_ingest(const IngestOptions& options) {
  const Workload workload = make_workload({.triples = options.triples, .document_words = options.document_words});
  if (options.design == "runtime") return measure_runtime_ingest(options, workload);
  if (options.design == "bare") return measure_bare(options, workload);
  if (options.design == "article") return measure_article_ingest(options, workload);
  if (options.design == "sorted-one-transaction") return measure_one_transaction(options, workload, false);
  if (options.design == "article-one-transaction") return measure_one_transaction(options, workload, true);
  if (options.design == "memory") return measure_memory(workload);
  if (options.design == "append") return measure_append(options, workload);
#ifdef COMMONBOOK_BENCH_PEERS
  if (options.design == "rocksdb") return measure_rocksdb(options, workload);
  if (options.design == "lmdb") return measure_lmdb(options, workload);
#endif
  throw std::runtime_error("this build knows no design \"" + options.design + "\"");
}

}  // namespace commonbook::bench
