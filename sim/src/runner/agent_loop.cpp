#include "agent_loop.hpp"

#include "error_kind.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace commonbook::sim::runner {

namespace {

using std::chrono::steady_clock;

/// A promise of the runtime: each request is answered by its deadline and this.
constexpr std::chrono::seconds answer_grace{1};

std::uint64_t microseconds_since(steady_clock::time_point point) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - point).count());
}

/// What came of an operation: of a find-or-create its entity, of a look-up -1 when there is none, of a read the rows.
struct Answer {
  std::int64_t id = 0;
  bool created = false;
};

Result<Answer> call(DesignClient& client, const Operation& operation, Clock::SteadyPoint deadline) {
  switch (operation.kind) {
    case OperationKind::find_or_create: {
      const auto found = client.find_or_create(operation.spelling, deadline);
      if (!found) return found.error();
      return Answer{found->id, found->created};
    }
    case OperationKind::look_up: {
      const auto found = client.look_up(operation.spelling, deadline);
      if (!found) return found.error();
      return Answer{found->value_or(-1), false};
    }
    case OperationKind::store: {
      const auto stored = client.store(operation.item, deadline);
      if (!stored) return stored.error();
      return Answer{};
    }
    case OperationKind::read: break;
  }
  const auto rows = client.read(operation.spelling, deadline);
  if (!rows) return rows.error();
  return Answer{*rows, false};
}

HistoryKind history_kind(OperationKind kind) {
  switch (kind) {
    case OperationKind::find_or_create: return HistoryKind::find_or_create;
    case OperationKind::look_up: return HistoryKind::look_up;
    case OperationKind::store: return HistoryKind::store;
    case OperationKind::read: break;
  }
  return HistoryKind::read;
}

/// One thread's records of its operations.
class Records {
 public:
  explicit Records(const Desk& desk) : desk_(desk), slot_(desk.board->slot(desk.slot)) {}

  void asked(const Operation& operation) {
    is_write_ = operation.kind == OperationKind::find_or_create || operation.kind == OperationKind::store;
    if (is_write_) log_write(operation);
    slot_.count(is_write_ ? Counter::asked : Counter::reads);
    record_ = nullptr;
    if (desk_.history == nullptr) return;
    const bool store = operation.kind == OperationKind::store;
    record_ = desk_.history->invoked(history_kind(operation.kind), store ? operation.item.number : operation.key);
    if (record_ == nullptr) return;
    record_->session = desk_.session;
    if (store) record_->session_sequence = ++submitted_;
    if (operation.kind == OperationKind::read) record_->session_sequence = static_cast<std::uint32_t>(operation.key) | 1U;
  }

  void answered(const Operation& operation, const Answer& answer, std::uint64_t took_us) {
    if (record_ != nullptr) {
      const bool read = operation.kind == OperationKind::read;
      if (read) record_->key = static_cast<std::uint64_t>(answer.id);
      desk_.history->answered(record_, HistoryStatus::ok, read ? 0 : answer.id, answer.created);
    }
    if (is_write_) {
      LoggedWrite& write = desk_.board->write(desk_.slot, slot_.writes.load(std::memory_order_relaxed) - 1);
      write.id = answer.id;
      write.state.store(WriteState::acknowledged, std::memory_order_release);
      slot_.count(Counter::acknowledged);
      if (answer.created) slot_.count(Counter::created_answers);
      slot_.acknowledge.add(took_us);
    }
    ended(took_us);
  }

  void failed(const Error& error, std::uint64_t took_us) {
    if (record_ != nullptr) {
      const bool nothing_happened = !is_write_ || (desk_.keeps_promises && certainly_without_effect(error));
      desk_.history->answered(record_, nothing_happened ? HistoryStatus::failed : HistoryStatus::unknown, 0, false);
    }
    count_failure(slot_, error, is_write_);
    timed_out_ = kind_of(error) == ErrorKind::timeout;
    ended(took_us);
  }

 private:
  void log_write(const Operation& operation) {
    const std::uint64_t at = slot_.writes.load(std::memory_order_relaxed);
    LoggedWrite& write = desk_.board->write(desk_.slot, at);
    const bool store = operation.kind == OperationKind::store;
    write.what = store ? operation.item.number : operation.key;
    write.lines = store ? static_cast<std::uint32_t>(operation.item.lines.size()) : 0;
    write.state.store(WriteState::asked, std::memory_order_release);
    slot_.writes.store(at + 1, std::memory_order_release);
  }

  void ended(std::uint64_t took_us) {
    const bool late = std::chrono::microseconds{took_us} > desk_.deadline + answer_grace;
    if (late && !timed_out_) slot_.count(Counter::timeouts);
    timed_out_ = false;
    slot_.last_answer_ns.store(monotonic_ns(), std::memory_order_relaxed);
    slot_.moves.fetch_add(1, std::memory_order_relaxed);
  }

  const Desk& desk_;
  Slot& slot_;
  HistoryRecord* record_ = nullptr;  // of the operation under way
  std::uint32_t submitted_ = 0;
  bool is_write_ = false;
  bool timed_out_ = false;           // this operation is counted as such already
};

/// @returns  the error, nullopt where it was answered.
std::optional<Error> perform(const Desk& desk, Records& records, const Operation& operation) {
  records.asked(operation);
  const auto begun = steady_clock::now();
  const auto answer = call(*desk.client, operation, begun + desk.deadline);
  const std::uint64_t took_us = microseconds_since(begun);
  if (!answer) {
    records.failed(answer.error(), took_us);
    return answer.error();
  }
  records.answered(operation, *answer, took_us);
  return std::nullopt;
}

bool stopped(const Desk& desk) { return desk.board->header().stop.load(std::memory_order_relaxed) != 0; }

}  // namespace

void count_failure(Slot& slot, const Error& error, bool is_write) noexcept {
  slot.count(is_write ? Counter::failed : Counter::reads_failed);
  slot.count_code(error.sqlite_code);
  switch (kind_of(error)) {
    case ErrorKind::locked: slot.count(is_write ? Counter::locked_writes : Counter::locked_reads); break;
    case ErrorKind::snapshot_conflict: slot.count(Counter::snapshot_conflicts); break;
    case ErrorKind::constraint: slot.count(Counter::constraint_failures); break;
    case ErrorKind::misuse: slot.count(Counter::misuse); break;
    case ErrorKind::nested_transaction: slot.count(Counter::nested_transactions); break;
    case ErrorKind::timeout: slot.count(Counter::timeouts); break;
    case ErrorKind::other: break;
  }
}

void run_agent(const Desk& desk, const std::vector<Operation>& operations, double rate) {
  Slot& slot = desk.board->slot(desk.slot);
  Records records{desk};
  const auto begun = steady_clock::now();
  std::uint64_t fallbacks = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (stopped(desk)) {
      slot.count(Counter::not_asked, operations.size() - i);
      break;
    }
    if (rate > 0) {
      const std::chrono::duration<double> due{static_cast<double>(i) / rate};
      std::this_thread::sleep_until(begun + std::chrono::duration_cast<steady_clock::duration>(due));
    }
    (void)perform(desk, records, operations[i]);
    const std::uint64_t now = desk.client->fallbacks();
    if (now > fallbacks) slot.count(Counter::fallbacks, now - fallbacks);
    fallbacks = now;
  }
  if (desk.history != nullptr) slot.count(Counter::history_dropped, desk.history->dropped());
}

void run_reader(const Desk& desk, const std::vector<Operation>& questions, std::size_t recorded_max) {
  constexpr std::chrono::microseconds pause{200};  // long enough for others to run, short against what is measured
  Slot& slot = desk.board->slot(desk.slot);
  Desk unrecorded = desk;
  unrecorded.history = nullptr;
  Records recorded{desk};
  Records counted{unrecorded};
  bool readable = true;
  steady_clock::time_point unreadable_since{};
  const auto end_unreadable = [&] {
    if (!std::exchange(readable, true)) slot.unreadable.add(microseconds_since(unreadable_since));
  };
  for (std::size_t i = 0; !stopped(desk) && !questions.empty(); ++i) {
    const auto begun = steady_clock::now();
    // The history has room for so many; the reads after these are counted, but prove nothing about order.
    const auto error = i < recorded_max ? perform(desk, recorded, questions[i % questions.size()])
                                        : perform(unrecorded, counted, questions[i % questions.size()]);
    if (!error) {
      end_unreadable();
      continue;
    }
    if (std::exchange(readable, false)) unreadable_since = begun;
    std::this_thread::sleep_for(pause);
  }
  end_unreadable();  // what never came back lasted until the end at least
}

}  // namespace commonbook::sim::runner
