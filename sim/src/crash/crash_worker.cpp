// A process that is to be killed: agents of the real runtime, and beside them one thread of care.
#include "board.hpp"
#include "care_loop.hpp"
#include "content.hpp"
#include "kill_hook.hpp"
#include "task.hpp"

#include "commonbook/actors/runtime.hpp"
#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/sim/crash.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/storage/writer.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <deque>
#include <future>
#include <thread>

#include <csignal>
#include <sys/prctl.h>

namespace commonbook::sim {

namespace {

using namespace crash;

constexpr std::size_t calls_under_way = 4;
constexpr std::int64_t look_again_ns = 100'000;

void note_failure(ProcessPart& part, const std::string& doing, const Error& error) {
  if (part.errors.fetch_add(1) == 0) put_text(part.message, doing + ": " + to_string(error));
}

/// One session that keeps a few observations under way, and now and then asks.
class Agent {
 public:
  Agent(CrashBoard& board, std::uint32_t process, std::uint32_t agent, actors::AgentSession session)
      : board_(board), part_(board.processes[process]), process_(process), agent_(agent), session_(std::move(session)),
        random_(actors::derived_seed(board.orders.seed, board.orders.round * 100ULL + process * 10 + agent + 1)) {}

  void run() {
    while (board_.stop.load() == 0 && number_ < calls_max) {
      if (open_.size() >= calls_under_way) finish_one();
      if (random_.chance(0.05)) ask();
      observe();
    }
    if (number_ >= calls_max) part_.log_full.store(1);
    while (!open_.empty()) finish_one();
  }

 private:
  struct Open {
    LoggedCall* call;
    std::future<Result<Receipt>> receipt;
  };

  void observe() {
    LoggedCall& call = part_.calls[agent_][number_++];
    call.state.store(CallState::asked);
    auto receipt = session_.observe(make_item(board_.orders.seed, {board_.orders.round, process_, agent_, number_}, 0.2));
    open_.push_back({&call, std::move(receipt)});
  }

  void finish_one() {
    const auto receipt = open_.front().receipt.get();
    if (receipt) note_receipt(part_, *open_.front().call, *receipt);
    else (void)note_error(part_, *open_.front().call, receipt.error());
    open_.pop_front();
  }

  void ask() {
    QueryPlan plan;
    plan.names = {"Name " + std::to_string(random_.below(80))};
    plan.terms = {"budget"};
    plan.parts.spelling = false;  // a name that is not there yet is not there
    const auto answer = session_.ask(plan).get();
    const bool expected = answer || answer.error().code == ErrorCode::cancelled ||
                          answer.error().code == ErrorCode::overloaded;
    if (!expected) note_failure(part_, "a question", answer.error());
  }

  CrashBoard& board_;
  ProcessPart& part_;
  const std::uint32_t process_;
  const std::uint32_t agent_;
  actors::AgentSession session_;
  actors::SeededRandom random_;
  std::uint32_t number_ = 0;
  std::deque<Open> open_;
};

void run_agents(CrashBoard& board, std::uint32_t process, actors::Runtime& runtime) {
  std::vector<std::thread> threads;
  for (std::uint32_t agent = 0; agent < keeper_slot; ++agent) {
    auto session = runtime.open_session("agent-" + std::to_string(process) + "-" + std::to_string(agent));
    if (!session) {
      note_failure(board.processes[process], "opening a session", session.error());
      break;
    }
    threads.emplace_back([&board, process, agent, session = std::move(*session)] {
      Agent{board, process, agent, session}.run();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Opens the file, stores one observation, and closes it. @returns  the first error.
Result<void> store_once(CrashBoard& board, std::uint32_t process, const std::filesystem::path& database) {
  const SystemClock clock;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};  // fifty of them at once
  storage::BookOptions options;
  options.path = database;
  options.create = true;
  const auto book = storage::Book::open(options, clock, deadline);
  if (!book) return book.error();
  auto writer = storage::Writer::open(*book, deadline);
  if (!writer) return writer.error();
  ProcessPart& part = board.processes[process];
  part.state.store(WorkerState::working);
  const ItemId item{board.orders.round, process, 0, 1};
  Observation observation = make_item(board.orders.seed, item, 0.2);
  observation.agent = "once";
  observation.session = position_of(item);
  observation.sequence = 1;
  LoggedCall& call = part.calls[0][0];
  call.state.store(CallState::asked);
  const auto receipts = writer->store({&observation, 1}, deadline);
  if (receipts.front()) note_receipt(part, call, *receipts.front());
  else (void)note_error(part, call, receipts.front().error());
  return receipts.front() ? Result<void>{} : receipts.front().error();
}

/// Observes, asks and takes care until the board says stop.
Result<void> work(CrashBoard& board, std::uint32_t process, const std::filesystem::path& database) {
  ProcessPart& part = board.processes[process];
  actors::RuntimeOptions options;
  options.path = database;
  options.create = true;
  options.session_seed = actors::derived_seed(board.orders.seed, board.orders.round * 100ULL + process) | 1U;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) return runtime.error();
  part.state.store(WorkerState::working);
  std::thread care{[&] {
    if (auto done = run_care_loop(board, process, database); !done) note_failure(part, "care", done.error());
    part.log_full.store(1);
  }};
  run_agents(board, process, **runtime);
  care.join();
  (void)(*runtime)->shutdown();
  return {};
}

int run_process(CrashBoard& board, std::uint32_t process, const std::filesystem::path& database) {
  ProcessPart& part = board.processes[process];
  board.at_the_gate.fetch_add(1);
  while (board.go.load() == 0) runner::sleep_until_ns(runner::monotonic_ns() + look_again_ns);
  part.state.store(WorkerState::opening);
  const bool once = board.orders.open_and_store_once != 0;
  const auto done = once ? store_once(board, process, database) : work(board, process, database);
  if (!done) note_failure(part, "opening", done.error());
  part.state.store(done ? WorkerState::closed : WorkerState::failed);
  return part.errors.load() == 0 ? 0 : 1;
}

}  // namespace

int run_crash_worker(const std::vector<std::string>& arguments) {
  std::uint32_t process = 0;
  const bool understood = arguments.size() == 2 &&
                          std::from_chars(arguments[0].data(), arguments[0].data() + arguments[0].size(), process).ec ==
                              std::errc{} &&
                          process < processes_max;
  if (!understood) {
    std::fputs("crash-worker: started by hand; use `commonbook sim crash`\n", stderr);
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody is left behind when the killer itself is killed
  spdlog::set_level(spdlog::level::off);
  auto board = SharedBoard::attach(runner::board_descriptor);
  if (!board) {
    std::fprintf(stderr, "crash-worker: %s\n", to_string(board.error()).c_str());
    return 2;
  }
  KillHook hook{**board};
  StepHook* before = install_step_hook(&hook);
  const int status = run_process(**board, process, arguments[1]);
  install_step_hook(before);
  return status;
}

}  // namespace commonbook::sim
