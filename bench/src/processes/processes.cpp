#include "processes.hpp"

#include "../child_process.hpp"
#include "../process_figures.hpp"
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/book.hpp"
#include "engine/process_turnstile.hpp"
#include "plain_book.hpp"

#include <functional>
#include <stdexcept>
#include <thread>

namespace commonbook::bench {
namespace {

constexpr std::chrono::seconds opening_patience{30};
constexpr std::size_t triples_of_a_process = 20'000;  // then it begins anew

/// Stores one group; false: an error was answered.
using Store = std::function<bool(const Group&)>;

std::filesystem::path file_of(const ProcessesOptions& options) { return options.folder / "processes.db"; }

void make_file(const ProcessesOptions& options) {
  remove_database(file_of(options));
  if (options.design != "runtime") {
    const PlainBook book{file_of(options), 30'000};
    return;
  }
  const SystemClock clock;
  storage::BookOptions book_options;
  book_options.path = file_of(options);
  book_options.create = true;
  if (auto book = storage::Book::open(book_options, clock, clock.steady_now() + opening_patience); !book)
    throw std::runtime_error(book.error().message);
}

nlohmann::json store_until_the_end(const ProcessesOptions& options, const Workload& workload, const Store& store) {
  ready_and_wait();
  const std::chrono::duration<double, std::milli> think{options.think_milliseconds};
  std::vector<std::int64_t> waits_us;
  std::size_t failed = 0;
  std::size_t triples = 0;
  const double end = steady_seconds() + options.seconds;
  for (std::size_t at = 0; steady_seconds() < end; at = (at + 1) % workload.groups.size()) {
    const double start = steady_seconds();
    if (store(workload.groups[at])) {
      triples += workload.groups[at].count;
    } else {
      ++failed;
    }
    waits_us.push_back(static_cast<std::int64_t>((steady_seconds() - start) * 1e6));
    if (think.count() > 0) std::this_thread::sleep_for(think);
  }
  return {{"waits_us", waits_us}, {"triples", triples}, {"failed", failed}};
}

nlohmann::json run_runtime(const ProcessesOptions& options, const Workload& workload, std::uint64_t number) {
  actors::RuntimeOptions runtime_options;
  runtime_options.path = file_of(options);
  runtime_options.storage_actors = 1;
  runtime_options.reader_actors = 1;
  auto runtime = actors::Runtime::start(runtime_options);
  if (!runtime) throw std::runtime_error(runtime.error().message);
  auto session = (*runtime)->open_session("agent-" + std::to_string(number));
  if (!session) throw std::runtime_error(session.error().message);
  return store_until_the_end(options, workload, [&](const Group& group) {
    return session->observe(workload.observation(group, AckClass::applied)).get().has_value();
  });
}

nlohmann::json run_plain(const ProcessesOptions& options, const Workload& workload) {
  // As long as the runtime's own deadline.
  PlainBook book{file_of(options), 10'000};
  return store_until_the_end(options, workload, [&](const Group& group) {
    try {
      book.store(workload, group);
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
}

nlohmann::json run_behind_turnstile(const ProcessesOptions& options, const Workload& workload) {
  const SystemClock clock;
  PlainBook book{file_of(options), 10'000};
  auto turnstile = storage::ProcessTurnstile::open(file_of(options));
  if (!turnstile) throw std::runtime_error(turnstile.error().message);
  storage::TurnstileCounters counters;
  return store_until_the_end(options, workload, [&](const Group& group) {
    const auto pass = (*turnstile)->pass(clock.steady_now() + std::chrono::seconds{10}, clock, counters);
    try {
      book.store(workload, group);
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
}

}  // namespace

nlohmann::json run_process(const ProcessesOptions& options, std::uint64_t number) {
  const Workload workload = make_workload({.triples = triples_of_a_process, .agents = 1, .seed = number + 1});
  if (options.design == "runtime") return run_runtime(options, workload, number);
  return options.design == "stock" ? run_plain(options, workload) : run_behind_turnstile(options, workload);
}

nlohmann::json measure_processes(const ProcessesOptions& options) {
  make_file(options);
  std::vector<ChildProcess> children;
  for (std::size_t number = 0; number < options.processes; ++number)
    children.push_back(ChildProcess{{"--folder", options.folder, "process", options.design, "--number",
                                     std::to_string(number), "--seconds", std::to_string(options.seconds), "--think-ms",
                                     std::to_string(options.think_milliseconds)}});
  for (ChildProcess& child : children) child.wait_until_ready();
  for (ChildProcess& child : children) child.start();
  std::vector<double> waits_ms;
  std::vector<double> transactions;
  double triples = 0;
  double failed = 0;
  for (ChildProcess& child : children) {
    const nlohmann::json measured = child.finish();
    for (const nlohmann::json& wait : measured["waits_us"]) waits_ms.push_back(wait.get<double>() / 1e3);
    transactions.push_back(static_cast<double>(measured["waits_us"].size()));
    triples += measured["triples"].get<double>();
    failed += measured["failed"].get<double>();
  }
  const std::int64_t file_bytes = static_cast<std::int64_t>(std::filesystem::file_size(file_of(options)));
  remove_database(file_of(options));
  const double fewest = quantile(transactions, 0);
  const double most = quantile(transactions, 1);
  return {{"transactions_per_second", static_cast<double>(waits_ms.size()) / options.seconds},
          {"triples_per_second", triples / options.seconds},
          {"p50_ms", quantile(waits_ms, 0.5)},
          {"p99_ms", quantile(waits_ms, 0.99)},
          {"p999_ms", quantile(waits_ms, 0.999)},
          {"max_ms", quantile(waits_ms, 1)},
          {"fairness", most > 0 ? fewest / most : 0},
          {"file_bytes_all", file_bytes},
          {"failed_observations", failed}};
}

}  // namespace commonbook::bench
