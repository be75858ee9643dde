// One process of agents that keeps a history of all it asks and is answered. Waits for its standard input to end, so
// that all start at once.
//   history_worker FILE FOLDER PROCESS SEED THREADS OPERATIONS NAMES     (0 operations: until it is killed)
#include "commonbook/actors/runtime.hpp"
#include "commonbook/sim/history.hpp"
#include "commonbook/storage/normalise.hpp"

#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include <unistd.h>

using namespace commonbook;
using namespace commonbook::sim;

namespace {

constexpr std::size_t records_max = 50'000;

struct Work {
  std::filesystem::path folder;
  std::uint32_t process = 0;
  std::uint64_t seed = 0;
  std::uint64_t operations = 0;
  std::uint64_t names = 0;
};

/// One agent: a session, a history, and a generator that decides what it does next.
class Agent {
 public:
  Agent(const Work& work, std::uint32_t thread, actors::AgentSession session, std::unique_ptr<HistoryLog> log)
      : work_(work), thread_(thread), session_(std::move(session)), log_(std::move(log)) {
    random_.seed(work.seed * 1'000 + work.process * 10 + thread);
  }

  /// @returns  the first error that no killed process explains.
  std::string run() {
    for (std::uint64_t number = 1; (work_.operations == 0 || number <= work_.operations) && failed_.empty(); ++number) {
      const std::uint64_t choice = random_() % 10;
      if (choice < 3) find_or_create();
      else if (choice < 8) look_up();
      else if (choice < 9) store(number);
      else read();
    }
    return failed_;
  }

 private:
  // Two spellings of one name, early names more often than late ones.
  std::string spelling() {
    const std::uint64_t number = random_() % (1 + random_() % work_.names);
    return (random_() % 2 == 0 ? "Name " : "NAME  ") + std::to_string(number);
  }

  static std::uint64_t key_of(const std::string& spelling) {
    const auto name = storage::normalise_name(spelling);
    return name ? history_hash(*name) : 0;
  }

  HistoryRecord* invoked(HistoryKind kind, std::uint64_t key) {
    HistoryRecord* record = log_->invoked(kind, key);
    if (record == nullptr) failed_ = "the history is full";
    return record;
  }

  void note(HistoryRecord* record, const Error& error) {
    const bool without_effect = error.code == ErrorCode::overloaded || error.code == ErrorCode::cancelled;
    log_->answered(record, without_effect ? HistoryStatus::failed : HistoryStatus::unknown, 0, false);
    failed_ = to_string(error);
  }

  void find_or_create() {
    const std::string name = spelling();
    Observation observation;
    observation.ack_class = AckClass::applied;
    observation.triples = {{named(name), "is", Literal{LiteralType::text, "mentioned"}, Cardinality::many}};
    HistoryRecord* record = invoked(HistoryKind::find_or_create, key_of(name));
    if (record == nullptr) return;
    ++submitted_;
    const auto receipt = session_.observe(std::move(observation)).get();
    if (!receipt) return note(record, receipt.error());
    const ReceiptEntity& entity = receipt->entities.front();
    log_->answered(record, HistoryStatus::ok, entity.id, entity.created);
  }

  static QueryPlan plan_of(const std::string& name) {
    QueryPlan plan;
    plan.names = {name};
    plan.entities_max = 1;
    plan.facts_max = 100'000;
    plan.parts.spelling = false;  // a name that is not there yet is not there
    return plan;
  }

  void look_up() {
    const std::string name = spelling();
    HistoryRecord* record = invoked(HistoryKind::look_up, key_of(name));
    if (record == nullptr) return;
    const auto answer = session_.ask(plan_of(name)).get();
    if (!answer) return note(record, answer.error());
    log_->answered(record, HistoryStatus::ok, answer->starts.empty() ? -1 : answer->starts.front().id, false);
  }

  void store(std::uint64_t number) {
    Observation observation;
    observation.ack_class = AckClass::applied;
    observation.operation_id =
        std::to_string(work_.process) + "/" + std::to_string(thread_) + "/" + std::to_string(number);
    observation.triples = {{named(spelling()), "knows", named(spelling()), Cardinality::many},
                           {named(spelling()), "says", Literal{LiteralType::integer, std::to_string(number)},
                            Cardinality::many}};
    HistoryRecord* record = invoked(HistoryKind::store, history_hash(*observation.operation_id));
    if (record == nullptr) return;
    record->session = history_hash(session_.session());
    record->session_sequence = ++submitted_;
    const auto receipt = session_.observe(std::move(observation)).get();
    if (!receipt) return note(record, receipt.error());
    log_->answered(record, HistoryStatus::ok, static_cast<std::int64_t>(receipt->commit_seq), false);
  }

  void read() {
    const std::string name = spelling();
    HistoryRecord* record = invoked(HistoryKind::read, 0);
    if (record == nullptr) return;
    record->session_sequence = static_cast<std::uint32_t>(key_of(name)) | 1U;
    const auto answer = session_.ask(plan_of(name)).get();
    if (!answer) return note(record, answer.error());
    record->key = answer->facts.size();
    log_->answered(record, HistoryStatus::ok, static_cast<std::int64_t>(answer->commit_seq), false);
  }

  const Work& work_;
  std::uint32_t thread_;
  actors::AgentSession session_;
  std::unique_ptr<HistoryLog> log_;
  std::mt19937_64 random_;
  std::uint32_t submitted_ = 0;
  std::string failed_;
};

int fail(const std::string& what) {
  std::cout << what << std::endl;
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments{argv, argv + argc};
  const auto number = [&](std::size_t at) { return std::strtoull(arguments.at(at).c_str(), nullptr, 10); };
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  const Work work{arguments.at(2), static_cast<std::uint32_t>(number(3)), number(4), number(6), number(7)};
  actors::RuntimeOptions options;
  options.path = arguments.at(1);
  options.create = true;
  options.deadline = std::chrono::seconds{60};
  auto runtime = actors::Runtime::start(options);
  if (!runtime) return fail(to_string(runtime.error()));
  std::vector<Agent> agents;
  for (std::uint32_t thread = 0; thread < number(5); ++thread) {
    auto session = (*runtime)->open_session("agent " + arguments.at(3) + "/" + std::to_string(thread));
    if (!session) return fail(to_string(session.error()));
    auto log = HistoryLog::create(work.folder, work.process, thread, records_max);
    if (!log) return fail(to_string(log.error()));
    agents.emplace_back(work, thread, std::move(*session), std::move(*log));
  }
  std::vector<std::string> failed(agents.size());
  std::vector<std::thread> threads;
  for (std::size_t at = 0; at < agents.size(); ++at)
    threads.emplace_back([&failed, &agents, at] { failed[at] = agents[at].run(); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& what : failed)
    if (!what.empty()) return fail(what);
  return (*runtime)->shutdown().clean ? 0 : fail("the shutdown was not clean");
}
