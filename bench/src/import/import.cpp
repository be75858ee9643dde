#include "import.hpp"

#include "../process_figures.hpp"
#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/agents.hpp"
#include "commonbook/agents/extractor.hpp"
#include "corpus.hpp"

#include <stdexcept>
#include <utility>

namespace commonbook::bench {
namespace {

const std::string agent_name = "bench";

template <class T>
T obtained(Result<T> result, const std::string& doing) {
  if (!result) throw std::runtime_error(doing + ": " + result.error().message);
  return std::move(*result);
}

std::unique_ptr<agents::Source> open_source(const ImportMeasureOptions& options, const Corpus& corpus, bool rules) {
  auto source = obtained(options.calendar ? agents::open_calendars({corpus.file}, agent_name)
                                          : agents::open_mail({corpus.file}, agent_name), "opening the source");
  if (!rules) return source;
  return agents::extracting(std::move(source), agents::make_rule_extractor(), agent_name);
}

/// Gives what was parsed before.
class PreparedSource final : public agents::Source {
 public:
  explicit PreparedSource(std::vector<agents::ImportItem> items) : items_(std::move(items)) {}
  Result<std::optional<agents::ImportItem>> next() override {
    if (next_ == items_.size()) return std::optional<agents::ImportItem>{};
    return std::optional{std::move(items_[next_++])};
  }
  [[nodiscard]] agents::SourceProgress progress() const override { return {0, 0, static_cast<std::int64_t>(next_)}; }
  [[nodiscard]] const std::vector<agents::Dropped>& dropped() const override { return dropped_; }

 private:
  std::vector<agents::ImportItem> items_;
  std::vector<agents::Dropped> dropped_;
  std::size_t next_ = 0;
};

/// What a stage has done, its clock stopped.
struct Done {
  double seconds = 0;
  std::int64_t documents = 0;
  nlohmann::json more = nlohmann::json::object();
};

template <class Take>
std::int64_t read_all(agents::Source& source, Take take) {
  std::int64_t documents = 0;
  for (;;) {
    auto item = obtained(source.next(), "reading");
    if (!item) return documents;
    // What was found in a document's text is no document of its own.
    if (item->observation.derived_from.empty()) ++documents;
    take(std::move(*item));
  }
}

Done parse(const ImportMeasureOptions& options, const Corpus& corpus, bool rules) {
  Done done;
  std::size_t triples = 0;
  const double start = steady_seconds();
  const auto source = open_source(options, corpus, rules);
  done.documents = read_all(*source, [&](const agents::ImportItem& item) { triples += item.observation.triples.size(); });
  done.seconds = steady_seconds() - start;
  done.more["triples"] = triples;
  return done;
}

Done bare(const ImportMeasureOptions& options, const Corpus& corpus) {
  Done done;
  const double start = steady_seconds();
  const BareCount count = options.calendar ? read_with_libical(corpus.file) : read_with_gmime(corpus.file);
  done.seconds = steady_seconds() - start;
  done.documents = count.documents;
  done.more["text_bytes"] = count.text_bytes;
  return done;
}

Done search(const ImportMeasureOptions& options, const Corpus& corpus) {
  Done done;
  std::vector<SearchText> texts;
  const auto source = open_source(options, corpus, false);
  done.documents = read_all(*source, [&](agents::ImportItem item) {
    if (auto& document = item.observation.document)
      texts.push_back({std::move(document->title), std::move(document->text), std::move(document->context)});
  });
  done.seconds = fill_search(options.folder / "search.db", texts);
  return done;
}

Done import(const ImportMeasureOptions& options, const Corpus& corpus) {
  const auto file = options.folder / "import.db";
  remove_database(file);
  Done done;
  std::unique_ptr<agents::Source> source;
  if (options.stage == "store") {
    std::vector<agents::ImportItem> items;
    read_all(*open_source(options, corpus, false), [&](agents::ImportItem item) { items.push_back(std::move(item)); });
    source = std::make_unique<PreparedSource>(std::move(items));
  }
  const double start = steady_seconds();
  if (!source) source = open_source(options, corpus, options.stage == "import-rules");
  actors::RuntimeOptions runtime_options;
  runtime_options.path = file;
  runtime_options.create = true;
  agents::BulkImport::apply(runtime_options);
  if (options.storage_actors > 0) runtime_options.storage_actors = options.storage_actors;
  if (options.cache_mib > 0) runtime_options.cache_mib = options.cache_mib;
  if (options.batch_triples > 0) runtime_options.batch_triples = options.batch_triples;
  if (options.window_triples > 0) runtime_options.window_triples = options.window_triples;
  const auto runtime = obtained(actors::Runtime::start(runtime_options), "starting the runtime");
  agents::ImportOptions import_options;
  import_options.agent = agent_name;
  import_options.ack_class = options.ack_class;
  agents::BulkImport::apply(import_options);
  if (options.outstanding > 0) import_options.outstanding_max = options.outstanding;
  auto importer = obtained(agents::ImportAgent::start(*runtime, import_options, std::move(source)), "importing");
  const agents::ImportReport report = importer.wait();
  done.seconds = steady_seconds() - start;
  const auto shutdown = runtime->shutdown();
  if (report.failed > 0 || !shutdown.clean) throw std::runtime_error("the import did not store everything");
  done.documents = static_cast<std::int64_t>(report.documents);
  done.more = {{"triples", report.triples},
               {"shutdown_seconds", steady_seconds() - start - done.seconds},
               {"batch_mean", shutdown.metrics.batch_triples_mean},
               {"file_bytes_all", static_cast<double>(std::filesystem::file_size(file))}};
  remove_database(file);
  return done;
}

}  // namespace

std::vector<std::string> import_stages() { return {"bare", "parse", "rules", "store", "import", "import-rules", "search"}; }

nlohmann::json measure_import(const ImportMeasureOptions& options) {
  const Corpus corpus = options.calendar ? make_calendar(options.folder, options.megabytes * 1'000)
                                         : make_mail(options.folder, options.megabytes);
  Done done;
  if (options.stage == "bare") {
    done = bare(options, corpus);
  } else if (options.stage == "parse" || options.stage == "rules") {
    done = parse(options, corpus, options.stage == "rules");
  } else if (options.stage == "search") {
    done = search(options, corpus);
  } else {
    done = import(options, corpus);
  }
  if (done.documents != corpus.documents)
    throw std::runtime_error("of " + std::to_string(corpus.documents) + " documents " + std::to_string(done.documents) + " were read");
  const auto documents = static_cast<double>(done.documents);
  nlohmann::json measured{{"documents_per_second", documents / done.seconds},
                          {"megabytes_per_second", static_cast<double>(corpus.bytes) / 1e6 / done.seconds},
                          {"documents", done.documents},
                          {"memory_bytes_max", process_figures().memory_bytes_max},
                          {"seconds", done.seconds}};
  measured.update(done.more);
  return measured;
}

}  // namespace commonbook::bench
