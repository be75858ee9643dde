#include "cold_start.hpp"

#include "board.hpp"
#include "book_record.hpp"
#include "child.hpp"
#include "crash_board.hpp"

namespace commonbook::sim::crash {

namespace {

constexpr std::int64_t patience_ns = 90'000'000'000;  // fifty processes on two cores, with room for a loaded machine

Result<std::vector<runner::Child>> start_all(const ColdStart& start, const SharedBoard& board) {
  std::vector<runner::Child> children;
  for (std::uint32_t process = 0; process < start.processes; ++process) {
    std::vector<std::string> arguments = start.worker;
    arguments.push_back(std::to_string(process));
    arguments.push_back(start.database.string());
    auto child = runner::Child::start(arguments, board.descriptor(), start.database.string() + ".log");
    if (!child) return child.error();
    children.push_back(std::move(*child));
  }
  return children;
}

bool all_ended(std::vector<runner::Child>& children) {
  bool all = true;
  for (runner::Child& child : children) all = (!child.running() || child.reap().has_value()) && all;
  return all;
}

void look_at_process(const CrashBoard& board, std::uint32_t process, bool is_victim, ColdStartReport& report) {
  const ProcessPart& part = board.processes[process];
  report.stored += part.receipts.load() > 0 ? 1U : 0U;
  if (is_victim) return;
  if (part.errors.load() > 0) report.findings.add("error", part.message.data());
  else if (part.state.load() != WorkerState::closed) report.findings.add("stuck", "a process did not end");
}

}  // namespace

Result<ColdStartReport> run_cold_start(const ColdStart& start) {
  auto board = SharedBoard::create();
  if (!board) return board.error();
  CrashBoard& shared = **board;
  shared.orders.seed = start.seed;
  shared.orders.round = 1;
  shared.orders.open_and_store_once = 1;
  shared.orders.kill_arrival = 1;
  put_text(shared.orders.kill_step, start.kill_step);
  auto children = start_all(start, *board);
  if (!children) return children.error();
  std::vector<pid_t> pids;
  for (const runner::Child& child : *children) pids.push_back(child.pid());
  ColdStartReport report;
  if (!wait_until(patience_ns, [&] { return shared.at_the_gate.load() == start.processes; }))
    report.findings.add("stuck", "not all processes came to the gate");
  const std::int64_t opened_ns = runner::monotonic_ns();
  shared.go.store(1);
  (void)wait_until(patience_ns, [&] { return all_ended(*children); });
  report.seconds = static_cast<double>(runner::monotonic_ns() - opened_ns) / 1e9;
  const pid_t dead = shared.dead_pid.load();
  report.killed = dead != 0 ? 1 : 0;
  for (std::uint32_t process = 0; process < start.processes; ++process)
    look_at_process(shared, process, pids[process] == dead, report);
  children->clear();  // who is left is stuck, and in the way
  BookRecord record{start.seed};
  (void)record.absorb(shared, start.processes);
  (void)record.check(start.database, false, report.findings);
  return report;
}

}  // namespace commonbook::sim::crash
