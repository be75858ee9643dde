#include "kill_round.hpp"

#include "board.hpp"
#include "child.hpp"

#include <array>
#include <optional>

#include <csignal>

namespace commonbook::sim::crash {

namespace {

constexpr std::int64_t millisecond = 1'000'000;
// A step that is not reached by then is not waited for: so much work, however long a busy machine takes for it.
constexpr std::uint64_t step_patience_receipts = 400;           // of each process
constexpr std::int64_t step_patience_ns = 10'000 * millisecond;
constexpr std::int64_t answer_patience_ns = 12'000 * millisecond;  // an operation's deadline, and what is left to do then
constexpr std::uint64_t never = 1ULL << 40U;                    // more arrivals than a round has
constexpr std::int64_t end_patience_ns = 20'000 * millisecond;

class Round {
 public:
  Round(const RoundPlan& plan, SharedBoard& board) : plan_(plan), board_(board) {}

  Result<RoundResult> run(const std::vector<std::string>& worker, const std::filesystem::path& database) {
    give_orders();
    for (std::uint32_t process = 0; process < plan_.processes; ++process) {
      std::vector<std::string> arguments = worker;
      arguments.push_back(std::to_string(process));
      arguments.push_back(database.string());
      auto child = runner::Child::start(arguments, board_.descriptor(), database.string() + ".log");
      if (!child) return child.error();
      children_.push_back(std::move(*child));
    }
    // All at once, so that opening is raced; one that can't start shows as one that never opened.
    (void)wait_until(end_patience_ns, [this] { return board_->at_the_gate.load() >= plan_.processes; });
    board_->go.store(1);
    if (plan_.step.empty()) kill_at_a_moment();
    else kill_at_the_step();
    if (plan_.processes > 1 && !plan_.kill_all) await_receipts();
    end_all();
    for (std::uint32_t process = 0; process < plan_.processes; ++process) collect_errors(process);
    return result_;
  }

 private:
  void give_orders() {
    Orders& orders = board_->orders;
    orders.seed = plan_.seed;
    orders.round = plan_.round;
    put_text(orders.kill_step, plan_.step);
    orders.kill_arrival = plan_.arrival;
    orders.stop_instead = plan_.stop_first ? 1 : 0;
    put_text(orders.broken, plan_.broken);
  }

  /// Of all processes together.
  [[nodiscard]] std::uint64_t receipts() const {
    std::uint64_t all = 0;
    for (std::uint32_t process = 0; process < plan_.processes; ++process)
      all += board_->processes[process].receipts.load();
    return all;
  }
  static void pause_us(std::int64_t length) { runner::sleep_until_ns(runner::monotonic_ns() + length * 1'000); }

  void kill_at_a_moment() {
    (void)wait_until(end_patience_ns, [this] {
      return receipts() >= plan_.receipts && board_->processes[plan_.victim].state.load() != WorkerState::starting;
    });
    pause_us(plan_.delay_us);
    kill_victim();
    result_.killed = true;
  }

  void kill_victim() {
    if (plan_.stop_first) {
      children_[plan_.victim].send(SIGSTOP);
      pause_us(plan_.pause_us);
    }
    finish_kill(plan_.victim);
  }

  void kill_at_the_step() {
    const auto is_dead = [this] { return board_->dead_pid.load() != 0; };
    const auto has_worked = [this] { return receipts() >= step_patience_receipts * plan_.processes; };
    (void)wait_until(step_patience_ns, [&] { return is_dead() || has_worked(); });
    result_.killed = is_dead();
    if (!result_.killed) {
      // Later arrivals count no more; but one may have come to it at this moment.
      if (board_->kill_arrivals.fetch_add(never) < plan_.arrival) {
        finish_kill(plan_.victim);
        return;
      }
      result_.killed = wait_until(end_patience_ns, is_dead);
    }
    std::uint32_t victim = 0;
    for (std::uint32_t process = 0; process < children_.size(); ++process)
      if (children_[process].pid() == board_->dead_pid.load()) victim = process;
    if (plan_.stop_first) pause_us(plan_.pause_us);
    finish_kill(victim);
  }

  /// Makes sure that it is dead, and all others too where the plan says so.
  void finish_kill(std::uint32_t victim) {
    for (std::uint32_t process = 0; process < children_.size(); ++process) {
      const ProcessPart& part = board_->processes[process];
      receipts_before_[process] = part.receipts.load();
      was_working_[process] = process != victim && part.state.load() == WorkerState::working;
    }
    killed_ns_ = runner::monotonic_ns();
    // One that died of its own hand has been dead for a moment already.
    if (const std::int64_t dead = board_->dead_ns.load(); dead != 0 && !plan_.stop_first) killed_ns_ = dead;
    for (std::uint32_t process = 0; process < children_.size(); ++process)
      if (process == victim || plan_.kill_all) kill(process);
  }

  void kill(std::uint32_t process) {
    children_[process].send(SIGKILL);
    ++result_.processes_killed;
    (void)wait_until(end_patience_ns, [&] { return ended(process); });
    is_killed_[process] = true;
  }

  bool ended(std::uint32_t process) {
    if (!children_[process].running()) return true;
    return children_[process].reap().has_value();
  }

  // The dead one's locks went with it: everybody else gets on.
  void await_receipts() {
    std::optional<std::int64_t> first;
    const bool all = wait_until(answer_patience_ns, [&] {
      bool waiting = false;
      for (std::uint32_t process = 0; process < children_.size(); ++process) {
        if (is_killed_[process]) continue;
        const ProcessPart& part = board_->processes[process];
        const bool moved = part.receipts.load() > receipts_before_[process];
        if (moved && was_working_[process] && !first) first = part.last_receipt_ns.load();
        waiting = waiting || !(moved || part.log_full.load() != 0 || ended(process));
      }
      return !waiting;
    });
    if (first && *first > killed_ns_) result_.freed_ns = *first - killed_ns_;
    if (!all) result_.problems.push_back("stuck: a process got no receipt within 12 s of the kill");
  }

  void end_all() {
    if (plan_.kill_survivors)
      for (std::uint32_t process = 0; process < children_.size(); ++process)
        if (!is_killed_[process] && !ended(process)) kill(process);
    board_->stop.store(1);
    for (std::uint32_t process = 0; process < children_.size(); ++process) {
      if (is_killed_[process]) continue;
      if (wait_until(end_patience_ns, [&] { return ended(process); })) continue;
      result_.problems.push_back("stuck: process " + std::to_string(process) + " did not end within 20 s");
      children_[process].send(SIGKILL);
      (void)wait_until(end_patience_ns, [&] { return ended(process); });
    }
  }

  void collect_errors(std::uint32_t process) {
    const ProcessPart& part = board_->processes[process];
    if (part.errors.load() > 0)
      result_.problems.push_back("error: process " + std::to_string(process) + ": " + part.message.data());
    else if (!is_killed_[process] && part.state.load() != WorkerState::closed)
      result_.problems.push_back("error: process " + std::to_string(process) + " ended without closing");
  }

  const RoundPlan& plan_;
  SharedBoard& board_;
  RoundResult result_;
  std::vector<runner::Child> children_;
  std::array<bool, processes_max> is_killed_{};
  std::array<bool, processes_max> was_working_{};
  std::array<std::uint64_t, processes_max> receipts_before_{};
  std::int64_t killed_ns_ = 0;
};

}  // namespace

Result<RoundResult> run_round(const RoundPlan& plan, const std::vector<std::string>& worker,
                              const std::filesystem::path& database, SharedBoard& board) {
  return Round{plan, board}.run(worker, database);
}

}  // namespace commonbook::sim::crash
