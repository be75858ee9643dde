#include "fill_log.hpp"

#include "../process_figures.hpp"
#include "commonbook/storage/writer.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>

namespace commonbook::bench {
namespace {

Clock::SteadyPoint in_a_minute() { return std::chrono::steady_clock::now() + std::chrono::seconds{60}; }

void store_all(storage::Writer& writer, const std::vector<Observation>& batch) {
  for (const auto& receipt : writer.store(batch, in_a_minute()))
    if (!receipt) throw std::runtime_error("storing: " + receipt.error().message);
}

}  // namespace

nlohmann::json fill_log(const IngestOptions& options) {
  static const SystemClock clock;  // the book is never closed
  const Workload workload = make_workload({.triples = options.triples, .document_words = options.document_words});
  storage::BookOptions book_options;
  book_options.path = options.folder / "fill.db";
  book_options.create = true;
  remove_database(book_options.path);
  auto book = storage::Book::open(book_options, clock, in_a_minute());
  if (!book) throw std::runtime_error(book.error().message);
  auto writer = storage::Writer::open(*book, in_a_minute());
  if (!writer) throw std::runtime_error(writer.error().message);
  const auto open_for_life = std::make_unique<storage::Writer>(std::move(*writer)).release();
  std::vector<Observation> batch;
  std::vector<std::uint64_t> sequences(workload.agents, 0);
  std::size_t triples = 0;
  std::size_t commits = 0;
  for (const Group& group : workload.groups) {
    Observation observation = workload.observation(group, options.ack_class);
    observation.agent = "agent-" + std::to_string(group.agent);
    observation.session = "bench";
    observation.sequence = ++sequences[group.agent];
    triples += group.count;
    batch.push_back(std::move(observation));
    if (triples < options.batch_triples && &group != &workload.groups.back()) continue;
    store_all(*open_for_life, batch);
    batch.clear();
    triples = 0;
    ++commits;
  }
  return {{"triples", workload.triples()}, {"observations", workload.groups.size()}, {"commits", commits}};
}

}  // namespace commonbook::bench
