// The whole runtime: agents that are actors, intake, storage actors, receipts, evidence, compaction and checkpoints.
#include "ingest.hpp"

#include "../process_figures.hpp"
#include "agent_actor.hpp"
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

namespace commonbook::bench {
namespace {

Clock::SteadyPoint within(std::chrono::seconds time) { return std::chrono::steady_clock::now() + time; }

template <class T>
T require(Result<T> result, const std::string& doing) {
  if (!result) throw std::runtime_error(doing + ": " + result.error().message);
  return std::move(*result);
}

std::vector<AgentPlan> plans_of(const Workload& workload, AckClass ack_class) {
  std::vector<AgentPlan> plans(workload.agents);
  for (const Group& group : workload.groups)
    plans[group.agent].observations.push_back(workload.observation(group, ack_class));
  return plans;
}

// What the runtime's shutdown has left of the tail.
void compact_all(const std::filesystem::path& file, const Clock& clock) {
  storage::BookOptions options;
  options.path = file;
  const auto book = require(storage::Book::open(options, clock, within(std::chrono::seconds{60})), "opening the book");
  auto compactor = require(storage::Compactor::open(book, "bench", within(std::chrono::seconds{60})), "compacting");
  auto checkpointer = require(storage::Checkpointer::open(book, within(std::chrono::seconds{60})), "checkpoints");
  for (;;) {
    if (checkpointer.is_due()) require(checkpointer.run(within(std::chrono::seconds{60})), "a checkpoint");
    const auto step = require(compactor.step(true, within(std::chrono::seconds{60})), "compacting");
    if (step.outcome == storage::CompactionOutcome::idle) return;
  }
}

std::string verify_all(const std::filesystem::path& file, const Clock& clock) {
  storage::BookOptions options;
  options.path = file;
  const auto book = require(storage::Book::open(options, clock, within(std::chrono::seconds{60})), "opening the book");
  const auto report = require(storage::verify(book, within(std::chrono::seconds{3'600})), "verifying");
  std::string failed;
  for (const storage::Check& check : report.checks)
    if (!check.ok) failed += check.id + ": " + check.detail + "; ";
  return report.ok ? "ok" : failed;
}

}  // namespace

nlohmann::json measure_runtime_ingest(const IngestOptions& options, const Workload& workload) {
  const SystemClock clock;
  const auto file = options.folder / "runtime.db";
  remove_database(file);
  actors::RuntimeOptions runtime_options;
  runtime_options.path = file;
  runtime_options.create = true;
  runtime_options.storage_actors = options.storage_actors;
  runtime_options.window_triples = options.window_triples;
  runtime_options.batch_triples = options.batch_triples;
  auto runtime = require(actors::Runtime::start(runtime_options), "starting the runtime");
  auto plans = plans_of(workload, options.ack_class);

  const ProcessFigures before = process_figures();
  AgentsReport agents = run_agents(runtime->system(), runtime->intake(), std::move(plans), options.window_triples);
  const ProcessFigures acknowledged = process_figures();
  const auto shutdown = runtime->shutdown();
  runtime = nullptr;
  compact_all(file, clock);
  const ProcessFigures after = process_figures();

  const auto triples = static_cast<double>(workload.triples());
  const double seconds = acknowledged.wall_seconds - before.wall_seconds;
  nlohmann::json measured{
      {"triples_per_second", triples / seconds},
      {"sustained_per_second", triples / (after.wall_seconds - before.wall_seconds)},
      {"p50_ms", quantile(agents.latencies_ms, 0.5)},
      {"p99_ms", quantile(agents.latencies_ms, 0.99)},
      {"p999_ms", quantile(agents.latencies_ms, 0.999)},
      {"max_ms", quantile(agents.latencies_ms, 1)},
      {"batch_mean", shutdown.metrics.batch_triples_mean},
      {"written_bytes", static_cast<double>(after.bytes_written - before.bytes_written) / triples},
      {"file_bytes", static_cast<double>(std::filesystem::file_size(file)) / triples},
      {"cpu_us", (acknowledged.cpu_seconds - before.cpu_seconds) * 1e6 / triples},
      {"wait_p99_ms", static_cast<double>(shutdown.metrics.wait.p99_us) / 1e3},
      {"commit_p50_ms", static_cast<double>(shutdown.metrics.commit.p50_us) / 1e3},
      {"commit_p99_ms", static_cast<double>(shutdown.metrics.commit.p99_us) / 1e3},
      {"wal_bytes_max", shutdown.metrics.wal_bytes_max},
      {"checkpoints", shutdown.metrics.checkpoints},
      {"compaction_passes", shutdown.metrics.compaction_passes},
      {"compaction_slices", shutdown.metrics.compaction_slices},
      {"entities", shutdown.metrics.intake.created},
      {"failed_observations", agents.failed}};
  if (agents.failed > 0) measured["first_error"] = agents.first_error;
  if (options.verify) measured["verify"] = verify_all(file, clock);
  remove_database(file);
  return measured;
}

}  // namespace commonbook::bench
