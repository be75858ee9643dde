// What a started process does: opens the design when all do, runs its share of the agents and readers when all begin,
// closes, ends.
#include "commonbook/sim/runner.hpp"

#include "agent_loop.hpp"
#include "fault_vfs.hpp"
#include "namespaces.hpp"
#include "stranger.hpp"
#include "task.hpp"

#include <chrono>
#include <latch>
#include <optional>
#include <thread>

namespace commonbook::sim {

namespace {

using namespace runner;
using std::chrono::steady_clock;

enum ExitStatus : int { did_all = 0, design_failed = 1, bad_task = 2 };

constexpr std::size_t recorded_reads_max = 20'000;
constexpr std::size_t questions_of_reader = 64;

/// Opens with `attempt` until it works or the deadline passes. Each failure is counted: it is one that an agent of
/// this design would have met.
template <class Attempt>
auto open_patiently(Slot& slot, std::chrono::milliseconds deadline, Attempt attempt) {
  constexpr std::chrono::milliseconds pause{5};
  const auto until = steady_clock::now() + deadline;
  for (;;) {
    auto opened = attempt(until);
    if (opened) return opened;
    slot.count(Counter::asked);
    slot.count(Counter::opening_failures);
    count_failure(slot, opened.error(), true);
    if (steady_clock::now() + pause >= until) return opened;
    std::this_thread::sleep_for(pause);
  }
}

/// What a thread has in hand before the run begins.
struct Prepared {
  PlannedThread thread;
  std::size_t slot = 0;
  double rate = 0;
  std::vector<Operation> operations;
  std::unique_ptr<HistoryLog> history;
  std::uint64_t session = 0;
};

Result<Prepared> prepare(const Task& task, const PlannedThread& thread, std::size_t slot) {
  const AgentSpec& spec = task.agents[thread.specification];
  Prepared prepared;
  prepared.thread = thread;
  prepared.slot = slot;
  prepared.rate = thread.reader ? 0 : spec.rate;
  prepared.session = history_hash((thread.reader ? "reader " : "agent ") + std::to_string(thread.agent));
  if (thread.reader) {
    prepared.operations = make_questions(spec, thread, task.seed, questions_of_reader);
  } else {
    auto operations = make_operations(spec, thread, task.processes, task.seed);
    if (!operations) return operations.error();
    prepared.operations = std::move(*operations);
  }
  if (!task.history) return prepared;
  const std::size_t room = thread.reader ? recorded_reads_max : std::max<std::size_t>(prepared.operations.size(), 1);
  auto log = HistoryLog::create(history_in(task.folder), static_cast<std::uint32_t>(thread.process),
                                static_cast<std::uint32_t>(thread.thread), room);
  if (!log) return log.error();
  prepared.history = std::move(*log);
  return prepared;
}

/// One process's run, from the door to the end.
class AgentProcess {
 public:
  AgentProcess(const Task& task, const Board& board)
      : task_(task), board_(board), part_(board.process(task.process)), own_slot_(board.slot(task.process)) {}

  int run(const std::filesystem::path& folder) {
    if (auto prepared = prepare_all(); !prepared) return fail(prepared.error(), bad_task);
    part_.state = ProcessState::at_the_door;
    sleep_until_ns(await(board_.header().open_ns));
    auto design = open_patiently(own_slot_, task_.deadline, [&](Clock::SteadyPoint until) {
      auto opened = open_design(task_.design, database_in(folder), until);
      if (!opened) part_.say(to_string(opened.error()));
      return opened;
    });
    if (!design) return fail(design.error(), design_failed);
    run_threads(**design);
    count_fallbacks(**design);
    if (auto closed = (*design)->close(); !closed) return fail(closed.error(), design_failed);
    part_.state = ProcessState::closed;
    return did_all;
  }

 private:
  Result<void> prepare_all() {
    const Plan plan = make_plan(task_.agents, task_.processes, task_.readers);
    for (std::size_t i = 0; i < plan.threads.size(); ++i) {
      if (plan.threads[i].process != task_.process) continue;
      auto prepared = prepare(task_, plan.threads[i], task_.processes + i);
      if (!prepared) return prepared.error();
      prepared_.push_back(std::move(*prepared));
    }
    return {};
  }

  int fail(const Error& error, ExitStatus status) {
    part_.say(to_string(error));
    part_.state = ProcessState::failed;
    return status;
  }

  static std::int64_t await(const std::atomic<std::int64_t>& gun) {
    for (;;) {
      if (const std::int64_t at = gun.load(std::memory_order_acquire); at != 0) return at;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

  void run_threads(Design& design) {
    std::latch opened{static_cast<std::ptrdiff_t>(prepared_.size())};
    std::latch begun{1};
    std::vector<std::jthread> threads;
    threads.reserve(prepared_.size());
    for (Prepared& prepared : prepared_)
      threads.emplace_back([&, this] { run_thread(prepared, design, opened, begun); });
    opened.wait();
    part_.state = ProcessState::ready;
    const std::int64_t at = await(board_.header().start_ns);
    begun.count_down();
    sleep_until_ns(at);
  }

  void run_thread(Prepared& prepared, Design& design, std::latch& opened, std::latch& begun) {
    Slot& slot = board_.slot(prepared.slot);
    auto client = open_patiently(slot, task_.deadline, [&](Clock::SteadyPoint until) {
      return design.open_client(prepared.thread.thread, until);
    });
    opened.count_down();
    begun.wait();
    sleep_until_ns(board_.header().start_ns.load(std::memory_order_acquire));
    if (client) {
      work(prepared, **client);
    } else if (!prepared.thread.reader) {
      slot.count(Counter::not_asked, prepared.operations.size());
    }
    slot.done = 1;
  }

  void work(Prepared& prepared, DesignClient& client) {
    Desk desk;
    desk.board = &board_;
    desk.slot = prepared.slot;
    desk.client = &client;
    desk.history = prepared.history.get();
    desk.session = prepared.session;
    desk.deadline = task_.deadline;
    desk.keeps_promises = task_.design.is_ours;
    if (prepared.thread.reader) return run_reader(desk, prepared.operations, recorded_reads_max);
    run_agent(desk, prepared.operations, prepared.rate);
  }

  /// Those that no client counted.
  void count_fallbacks(const Design& design) {
    std::uint64_t counted = 0;
    for (const Prepared& prepared : prepared_) counted += board_.slot(prepared.slot).value(Counter::fallbacks);
    if (design.fallbacks() > counted) own_slot_.count(Counter::fallbacks, design.fallbacks() - counted);
  }

  const Task& task_;
  const Board& board_;
  ProcessPart& part_;
  Slot& own_slot_;
  std::vector<Prepared> prepared_;
};

int run_agents(const Task& task, const Board& board) {
  Entered entered{std::nullopt, task.folder};
  if (task.namespaces) entered = enter_namespaces(task.folder, task.process, board.process(task.process));
  if (entered.exit_status) return *entered.exit_status;
  return AgentProcess{task, board}.run(entered.folder);
}

}  // namespace

int run_worker(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) return bad_task;
  end_with_starter();
  const auto task = read_task(arguments.front());
  if (!task) return bad_task;
  const auto board = Board::attach(board_descriptor, task->shape);
  if (!board) return bad_task;
  std::optional<FaultVfs> layer;
  switch (task->role) {
    case Role::hold_writer:
    case Role::hold_snapshot:
      return hold_as_stranger(database_in(task->folder), task->role == Role::hold_writer, task->hold, board->header());
    case Role::agents: break;
  }
  if (task->file_faults) layer.emplace(board->header());
  return run_agents(*task, *board);
}

}  // namespace commonbook::sim
