#include "life.hpp"

#include "../book_builder.hpp"
#include "../child_process.hpp"
#include "../process_figures.hpp"
#include "../workload.hpp"
#include "commonbook/actors/runtime.hpp"

#include <caf/all.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace commonbook::bench {
namespace {

constexpr int starts = 20;

std::unique_ptr<actors::Runtime> start_runtime(const std::filesystem::path& file) {
  actors::RuntimeOptions options;
  options.path = file;
  options.create = true;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) throw std::runtime_error("starting the runtime: " + runtime.error().message);
  return std::move(*runtime);
}

actors::AgentSession open_agent(actors::Runtime& runtime, std::size_t number) {
  auto session = runtime.open_session("agent-" + std::to_string(number));
  if (!session) throw std::runtime_error("opening a session: " + session.error().message);
  return std::move(*session);
}

/// An agent of a host: an actor that holds its session and waits.
struct IdleState {
  std::uint64_t session = 0;
};
caf::behavior idle_agent(caf::stateful_actor<IdleState>* self, std::uint64_t session) {
  self->state.session = session;
  self->set_default_handler(caf::drop);
  return {[self](actors::stop_atom) { self->quit(); }};
}

void store_one_each(std::vector<actors::AgentSession>& sessions) {
  std::vector<std::future<Result<Receipt>>> receipts;
  const auto settle = [&] {
    for (auto& receipt : receipts)
      if (const auto result = receipt.get(); !result) throw std::runtime_error("storing: " + result.error().message);
    receipts.clear();
  };
  for (std::size_t number = 0; number < sessions.size(); ++number) {
    Observation observation;
    observation.ack_class = AckClass::applied;
    observation.triples = {{named("Agent " + std::to_string(number)), "knows", named("Ada"), Cardinality::many}};
    receipts.push_back(sessions[number].observe(std::move(observation)));
    if (receipts.size() == 256) settle();
  }
  settle();
}

/// Takes the file's pages out of the system's cache. Nobody has it open.
void forget_pages(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fdatasync(descriptor);
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  ::close(descriptor);
}

double bytes_of(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? static_cast<double>(std::filesystem::file_size(file)) : 0;
}

}  // namespace

nlohmann::json measure_idle_agents(const LifeOptions& options) {
  const auto file = options.folder / "idle.db";
  remove_database(file);
  nlohmann::json measured;
  {
    const auto runtime = start_runtime(file);
    // What the first one brings with it is not what each costs.
    std::vector<actors::AgentSession> sessions{open_agent(*runtime, 0)};
    sessions.reserve(options.agents + 1);
    store_one_each(sessions);
    const auto agents = static_cast<double>(options.agents);
    const ProcessFigures before = process_figures();
    const auto add = [&](const char* name) {
      const auto now = process_figures();
      measured[std::string{name} + ", bytes"] = static_cast<double>(now.resident_bytes - before.resident_bytes) / agents;
    };
    for (std::size_t number = 1; number <= options.agents; ++number) sessions.push_back(open_agent(*runtime, number));
    measured["sessions_per_second"] = agents / (process_figures().wall_seconds - before.wall_seconds);
    add("session");
    std::vector<caf::actor> idle;
    for (const actors::AgentSession& session : sessions) idle.push_back(runtime->system().spawn(idle_agent, session.id()));
    add("with actor");
    measured["resident_bytes"] = process_figures().resident_bytes;
    store_one_each(sessions);
    add("after an observation");
    measured["memory_bytes_max"] = process_figures().memory_bytes_max;
    for (const caf::actor& each : idle) caf::anon_send(each, actors::stop_atom_v);
    idle.clear();
    sessions.clear();
    runtime->shutdown();
  }
  remove_database(file);
  return measured;
}

nlohmann::json measure_start_and_stop(const LifeOptions& options) {
  const auto file = options.folder / "start.db";
  build_book(file, make_workload({.triples = 1'000}));
  std::vector<double> start_ms;
  std::vector<double> stop_ms;
  for (int round = 0; round < starts; ++round) {
    const double begin = steady_seconds();
    auto runtime = start_runtime(file);
    const double started = steady_seconds();
    runtime->shutdown();
    runtime.reset();
    start_ms.push_back((started - begin) * 1e3);
    stop_ms.push_back((steady_seconds() - started) * 1e3);
  }
  remove_database(file);
  return {{"start_ms", quantile(start_ms, 0.5)},
          {"start_ms_max", quantile(start_ms, 1)},
          {"stop_ms", quantile(stop_ms, 0.5)},
          {"stop_ms_max", quantile(stop_ms, 1)}};
}

nlohmann::json make_book_to_open(const LifeOptions& options) {
  const auto file = options.folder / "open.db";
  const Workload workload = make_workload({.triples = options.triples});
  if (options.killed) {
    build_book_with_full_tail(file, workload, ready_and_wait);
  } else {
    build_book(file, workload);
    ready_and_wait();
  }
  return nlohmann::json::object();
}

nlohmann::json measure_open(const LifeOptions& options) {
  const auto file = options.folder / "open.db";
  std::vector<std::string> words{"--folder", options.folder, "book-to-open", "--triples", std::to_string(options.triples)};
  if (options.killed) words.emplace_back("--killed");
  ChildProcess builder{words};
  builder.wait_until_ready();
  if (options.killed) {
    builder.kill();
  } else {
    static_cast<void>(builder.finish());
  }
  const std::filesystem::path log{file.native() + "-wal"};
  nlohmann::json measured{{"file_bytes_all", bytes_of(file)}, {"log_bytes_all", bytes_of(log)}};
  forget_pages(file);
  forget_pages(log);
  const double begin = steady_seconds();
  auto runtime = start_runtime(file);
  measured["open_ms"] = (steady_seconds() - begin) * 1e3;
  auto session = open_agent(*runtime, 0);
  QueryPlan plan;
  plan.names = {entity_name(options.triples / 20)};
  plan.walk_depth = 0;
  plan.facts_max = 20;
  if (const auto answer = session.ask(std::move(plan)).get(); !answer) throw std::runtime_error(answer.error().message);
  measured["first_answer_ms"] = (steady_seconds() - begin) * 1e3;
  runtime->shutdown();
  runtime.reset();
  remove_database(file);
  return measured;
}

}  // namespace commonbook::bench
