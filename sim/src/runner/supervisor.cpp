#include "supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <sys/stat.h>

namespace commonbook::sim::runner {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds round_every{5};
constexpr std::int64_t gun_ahead_ns = 30'000'000;  // time for all to see it before it fires

bool began(const ProcessPart& part, ProcessState state) {
  return part.state.load(std::memory_order_acquire) >= state;
}

}  // namespace

Supervisor::Supervisor(const Task& task, const Plan& plan, const Board& board, std::vector<Moment> timeline,
                       const RunLimits& limits, const RunnerOptions& options)
    : task_(task), plan_(plan), board_(board), timeline_(std::move(timeline)), limits_(limits), options_(options),
      moved_at_(steady_clock::now()) {
  std::ranges::reverse(timeline_);
}

Result<RunOutcome> Supervisor::run() {
  if (auto started = start_all(); !started) return started.error();
  await(ProcessState::at_the_door);
  board_.header().open_ns = monotonic_ns() + gun_ahead_ns;
  await(ProcessState::ready);
  board_.header().start_ns = monotonic_ns() + gun_ahead_ns;
  run_until_done();
  board_.header().stop = 1;
  await_ends();
  return std::move(outcome_);
}

Result<Child> Supervisor::start(const Task& task, const std::string& name) const {
  const auto file = task.folder / (name + ".json");
  if (auto written = write_task(task, file); !written) return written.error();
  return Child::start({options_.worker_program.string(), "sim", "worker", file.string()}, board_.descriptor(),
                      task.folder / (name + ".log"));
}

Result<void> Supervisor::start_all() {
  for (std::size_t number = 0; number < task_.processes; ++number) {
    Task task = task_;
    task.process = number;
    auto child = start(task, "worker-" + std::to_string(number));
    if (!child) return child.error();
    processes_.push_back({std::move(*child), false});
  }
  moved_at_ = steady_clock::now();
  return {};
}

bool Supervisor::all_reached(ProcessState state) const {
  for (std::size_t i = 0; i < processes_.size(); ++i)
    if (processes_[i].child.running() && !began(board_.process(i), state)) return false;
  return true;
}

bool Supervisor::all_done() const {
  for (std::size_t i = 0; i < plan_.threads.size(); ++i) {
    const PlannedThread& thread = plan_.threads[i];
    if (thread.reader || !processes_[thread.process].child.running()) continue;
    if (board_.slot(task_.processes + i).done == 0) return false;
  }
  return true;
}

void Supervisor::await(ProcessState state) {
  while (!all_reached(state)) {
    if (!look_round()) return end_by_force();
    std::this_thread::sleep_for(round_every);
  }
}

void Supervisor::run_until_done() {
  const auto begun = steady_clock::now() + std::chrono::nanoseconds{gun_ahead_ns};
  while (!all_done()) {
    const auto elapsed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
    for (; !timeline_.empty() && timeline_.back().at <= elapsed; timeline_.pop_back()) let_happen(timeline_.back());
    if (!look_round()) return end_by_force();
    if (elapsed > limits_.longest && !std::exchange(outcome_.ended_early, true)) board_.header().stop = 1;
    std::this_thread::sleep_for(round_every);
  }
  // Whatever a fault still holds back goes on; a process that stays stopped could not end.
  for (const Moment& moment : timeline_)
    if (moment.what == Happening::go_on || moment.what == Happening::disk_free || moment.what == Happening::normal_sync)
      let_happen(moment);
  for (const Moment& moment : timeline_)
    if (moment.what == Happening::kill) ++outcome_.killed_late;
  timeline_.clear();
}

void Supervisor::await_ends() {
  const auto running = [&](const auto& each) { return each.running(); };
  while (std::ranges::any_of(processes_, running, &Process::child) || std::ranges::any_of(strangers_, running)) {
    if (!look_round()) return end_by_force();
    std::this_thread::sleep_for(round_every);
  }
}

bool Supervisor::look_round() {
  reap();
  count_moves();
  struct stat found {};
  if (::stat((database_in(task_.folder).string() + "-wal").c_str(), &found) == 0)
    outcome_.wal_bytes_max = std::max(outcome_.wal_bytes_max, static_cast<std::uint64_t>(found.st_size));
  return steady_clock::now() - moved_at_ < limits_.still;
}

void Supervisor::reap() {
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    Process& process = processes_[i];
    const auto ended = process.child.reap();
    if (!ended) continue;
    moved_at_ = steady_clock::now();
    if (ended->signal != 0 && !process.killed) {
      ++outcome_.crashes;
      outcome_.notes.push_back("process " + std::to_string(i) + " ended by signal " + std::to_string(ended->signal) +
                               " (" + ::strsignal(ended->signal) + ")");
    } else if (ended->exit_status != 0 && !process.killed) {
      outcome_.notes.push_back("process " + std::to_string(i) + " gave up: " + board_.process(i).message.data());
    }
  }
  for (Child& stranger : strangers_)
    if (const auto ended = stranger.reap(); ended && ended->exit_status != 0)
      outcome_.notes.emplace_back("a stranger never got what it was to hold");
}

void Supervisor::count_moves() {
  std::uint64_t moves = 0;
  for (std::size_t i = 0; i < processes_.size(); ++i)
    moves += static_cast<std::uint64_t>(board_.process(i).state.load(std::memory_order_relaxed));
  for (std::size_t i = 0; i < plan_.threads.size(); ++i)  // a reader that goes round says nothing of the agents
    if (!plan_.threads[i].reader) moves += board_.slot(task_.processes + i).moves.load(std::memory_order_relaxed);
  if (moves == moves_) return;
  moves_ = moves;
  moved_at_ = steady_clock::now();
  if (options_.progress && plan_.operations_total > 0)
    options_.progress(task_.design.name,
                      std::min(1.0, static_cast<double>(moves) / static_cast<double>(plan_.operations_total)));
}

void Supervisor::signal(std::size_t process, int signal) {
  const pid_t inside = board_.process(process).pid;
  if (inside > 0 && processes_[process].child.running()) {
    ::kill(inside, signal);
  } else {
    processes_[process].child.send(signal);
  }
}

void Supervisor::let_happen(const Moment& moment) {
  BoardHeader& header = board_.header();
  switch (moment.what) {
    case Happening::kill: {
      Process& victim = processes_[moment.process];
      const bool late = !victim.child.running() || began(board_.process(moment.process), ProcessState::failed);
      if (late) {
        ++outcome_.killed_late;
        return;
      }
      victim.killed = true;
      ++outcome_.killed;
      signal(moment.process, SIGKILL);
      return;
    }
    case Happening::pause: return signal(moment.process, SIGSTOP);
    case Happening::go_on: return signal(moment.process, SIGCONT);
    case Happening::hold_writer:
    case Happening::hold_snapshot: {
      Task task = task_;
      task.role = moment.what == Happening::hold_writer ? Role::hold_writer : Role::hold_snapshot;
      task.hold = moment.lasts;
      auto stranger = start(task, "stranger-" + std::to_string(strangers_.size()));
      if (stranger) {
        strangers_.push_back(std::move(*stranger));
      } else {
        outcome_.notes.push_back("no stranger: " + to_string(stranger.error()));
      }
      return;
    }
    case Happening::slow_sync: header.sync_delay_ms = static_cast<std::uint32_t>(moment.delay.count()); return;
    case Happening::normal_sync: header.sync_delay_ms = 0; return;
    case Happening::disk_full: header.disk_full = 1; return;
    case Happening::disk_free: header.disk_full = 0; return;
  }
}

void Supervisor::end_by_force() {
  outcome_.deadlocks = 1;
  std::size_t still_there = 0;
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (!processes_[i].child.running()) continue;
    ++still_there;
    processes_[i].killed = true;
    signal(i, SIGKILL);
  }
  outcome_.notes.push_back("nobody moved for " + std::to_string(limits_.still.count()) + " ms, " +
                           std::to_string(still_there) + " processes were ended");
  moved_at_ = steady_clock::now();
}

}  // namespace commonbook::sim::runner
