// The published article's design, as the simulator has it, with one thread an agent: each statement is stored on its own.
#include "ingest.hpp"

#include "../process_figures.hpp"
#include "commonbook/sim/design.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace commonbook::bench {
namespace {

Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{30}; }

sim::WorkItem item_of(const Workload& workload, const Group& group) {
  sim::WorkItem item;
  item.number = static_cast<std::uint64_t>(group.source);
  for (std::size_t at = group.first; at < group.first + group.count; ++at) {
    const Statement& statement = workload.statements[at];
    item.lines.push_back({statement.subject, workload.predicates[statement.predicate], statement.object});
  }
  return item;
}

struct Agent {
  std::vector<sim::WorkItem> items;
  std::vector<double> latencies_ms;
  std::size_t failures = 0;
};

void run(sim::Design& design, std::size_t number, Agent& agent) {
  auto client = design.open_client(number, soon());
  if (!client) {
    agent.failures = agent.items.size();
    return;
  }
  for (const sim::WorkItem& item : agent.items) {
    const auto start = std::chrono::steady_clock::now();
    if (!(*client)->store(item, soon())) ++agent.failures;
    agent.latencies_ms.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
}

}  // namespace

nlohmann::json measure_article_ingest(const IngestOptions& options, const Workload& workload) {
  const auto file = options.folder / "article.db";
  remove_database(file);
  auto choice = sim::preset("article");
  if (!choice) throw std::runtime_error("the simulator has no design of the article");
  choice->ack_class = options.ack_class;
  auto design = sim::open_design(*choice, file, soon());
  if (!design) throw std::runtime_error(design.error().message);
  std::vector<Agent> agents(workload.agents);
  for (const Group& group : workload.groups) agents[group.agent].items.push_back(item_of(workload, group));
  const ProcessFigures before = process_figures();
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < agents.size(); ++number)
    threads.emplace_back([&, number] { run(**design, number, agents[number]); });
  for (std::thread& thread : threads) thread.join();
  const ProcessFigures after = process_figures();
  if (auto closed = (*design)->close(); !closed) throw std::runtime_error(closed.error().message);
  std::vector<double> latencies_ms;
  std::size_t failures = 0;
  for (const Agent& agent : agents) {
    latencies_ms.insert(latencies_ms.end(), agent.latencies_ms.begin(), agent.latencies_ms.end());
    failures += agent.failures;
  }
  design->reset();
  remove_database(file);
  const auto triples = static_cast<double>(workload.triples());
  return {{"triples_per_second", triples / (after.wall_seconds - before.wall_seconds)},
          {"p50_ms", quantile(latencies_ms, 0.5)},
          {"p99_ms", quantile(latencies_ms, 0.99)},
          {"max_ms", quantile(latencies_ms, 1)},
          {"written_bytes", static_cast<double>(after.bytes_written - before.bytes_written) / triples},
          {"failed_observations", failures}};
}

}  // namespace commonbook::bench
