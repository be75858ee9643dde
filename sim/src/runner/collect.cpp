#include "collect.hpp"

#include "workload.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <utility>

namespace commonbook::sim::runner {

namespace {

void add_codes(const Slot& slot, Figures& figures) {
  for (const Slot::CodeCount& entry : slot.codes)
    if (const std::uint64_t count = entry.count.load(std::memory_order_relaxed); count > 0)
      figures.failed_by_code[entry.code.load(std::memory_order_relaxed)] += count;
}

void add_counters(const Slot& slot, Figures& figures) {
  const auto add = [&](std::uint64_t& to, Counter counter) { to += slot.value(counter); };
  add(figures.asked, Counter::asked);
  add(figures.acknowledged, Counter::acknowledged);
  add(figures.failed, Counter::failed);
  add(figures.reads, Counter::reads);
  add(figures.reads_failed, Counter::reads_failed);
  add(figures.locked_writes, Counter::locked_writes);
  add(figures.locked_reads, Counter::locked_reads);
  add(figures.snapshot_conflicts, Counter::snapshot_conflicts);
  add(figures.constraint_failures, Counter::constraint_failures);
  add(figures.misuse, Counter::misuse);
  add(figures.nested_transactions, Counter::nested_transactions);
  add(figures.timeouts, Counter::timeouts);
  add(figures.created_answers, Counter::created_answers);
  add(figures.fallbacks, Counter::fallbacks);
}

std::uint64_t total(const Board& board, Counter counter) {
  std::uint64_t sum = 0;
  for (std::size_t slot = 0; slot < board.shape().slots; ++slot) sum += board.slot(slot).value(counter);
  return sum;
}

/// Calls `each` with every write that was asked for.
template <class Each>
void for_each_write(const Board& board, Each each) {
  for (std::size_t slot = 0; slot < board.shape().slots; ++slot) {
    const std::uint64_t writes = board.slot(slot).writes.load(std::memory_order_acquire);
    for (std::uint64_t i = 0; i < writes; ++i) each(board.write(slot, i));
  }
}

bool acknowledged_entity(const LoggedWrite& write) {
  return write.lines == 0 && write.state.load(std::memory_order_acquire) == WriteState::acknowledged;
}

}  // namespace

void collect_counters(const Board& board, const Plan& plan, Figures& figures) {
  DurationHistogram acknowledge;
  DurationHistogram unreadable;
  std::int64_t last_ns = 0;
  for (std::size_t number = 0; number < board.shape().slots; ++number) {
    const Slot& slot = board.slot(number);
    add_counters(slot, figures);
    add_codes(slot, figures);
    acknowledge.merge(slot.acknowledge.copy());
    unreadable.merge(slot.unreadable.copy());
    const bool reader = number >= plan.processes && plan.threads[number - plan.processes].reader;
    if (!reader) last_ns = std::max(last_ns, slot.last_answer_ns.load(std::memory_order_relaxed));
  }
  const std::int64_t start_ns = board.header().start_ns.load();
  if (start_ns > 0 && last_ns > start_ns) figures.seconds = static_cast<double>(last_ns - start_ns) / 1e9;
  if (figures.seconds > 0) figures.operations_per_second = static_cast<double>(figures.acknowledged) / figures.seconds;
  figures.acknowledge = acknowledge.figures();
  figures.acknowledge_buckets = acknowledge.buckets();
  figures.unreadable = unreadable.figures();
  figures.unanswered = figures.asked - std::min(figures.asked, figures.acknowledged + figures.failed);
}

std::map<std::uint64_t, std::int64_t> entities_in_file(const Board& board, const Audit& audit, bool one_id_a_key) {
  std::map<std::uint64_t, std::int64_t> entities;
  std::set<std::int64_t> ids = audit.visible_ids;
  for (const auto& [key, id] : audit.entity_of_key) {
    entities[history_hash(key)] = id;
    ids.insert(id);
  }
  if (one_id_a_key) return entities;
  for_each_write(board, [&](const LoggedWrite& write) {
    if (acknowledged_entity(write) && ids.count(write.id) > 0) entities.emplace(write.what, write.id);
  });
  return entities;
}

void collect_audit(const Board& board, const Audit& audit, const std::map<std::uint64_t, std::int64_t>& entities,
                   bool one_id_a_key, Figures& figures) {
  for_each_write(board, [&](const LoggedWrite& write) {
    if (write.lines > 0) {
      const bool acknowledged = write.state.load(std::memory_order_acquire) == WriteState::acknowledged;
      const auto found = audit.lines_of_item.find(write.what);
      const std::uint64_t lines = found == audit.lines_of_item.end() ? 0 : found->second;
      if (acknowledged && lines == 0) ++figures.lost_acknowledged;
      if (lines > 0 && lines < write.lines) ++figures.half_written;
    } else if (acknowledged_entity(write)) {
      const auto found = entities.find(write.what);
      const bool lost = found == entities.end() || (one_id_a_key && found->second != write.id);
      if (lost) ++figures.lost_acknowledged;
    }
  });
  figures.entities = audit.entities;
  figures.duplicates = audit.duplicates;
  figures.invisible_entities = audit.invisible_entities;
  figures.dangling = audit.dangling;
  figures.verify = audit.verify;
  figures.verify_failures = audit.verify_failures;
  figures.row_digest = audit.row_digest;
}

Result<void> collect_history(const Task& task, const Plan& plan, const Audit& audit,
                             std::map<std::uint64_t, std::int64_t> entities, Figures& figures) {
  auto history = read_history(history_in(task.folder));
  // A run that was ended before anybody asked anything has none.
  if (!history && history.error().code == ErrorCode::not_found && figures.asked == 0) return {};
  if (!history) return history.error();
  FinalState state;
  state.entity_of_key = std::move(entities);
  state.lines_of_item = audit.lines_of_item;
  state.merges = task.design.is_ours && task.design.similarity == "merge";
  for (const PlannedThread& thread : plan.threads) {
    if (thread.reader) continue;
    const auto operations = make_operations(task.agents[thread.specification], thread, plan.processes, task.seed);
    if (!operations) return operations.error();
    for (const Operation& operation : *operations) {
      if (operation.kind != OperationKind::store) continue;
      state.lines_expected[operation.item.number] = operation.item.lines.size();
      state.keys_of_item[operation.item.number] = keys_of(operation.item);
    }
  }
  const HistoryVerdict verdict = check_history(*history, state);
  figures.history_operations = verdict.operations;
  figures.history_violations = verdict.violation_count;
  figures.foreign_look_ups = verdict.foreign_look_ups;
  figures.history = verdict.ok() ? "linearizable" : verdict.violations.front();
  return {};
}

/// The last error that kept some process from opening the file.
std::string last_words(const Board& board) {
  for (std::size_t i = 0; i < board.shape().processes; ++i)
    if (const char* message = board.process(i).message.data(); *message != '\0') return std::string{", e.g. "} + message;
  return {};
}

void collect_outcome(const Board& board, const RunOutcome& outcome, Figures& figures) {
  figures.crashes = outcome.crashes;
  figures.deadlocks = outcome.deadlocks;
  figures.wal_bytes_max = outcome.wal_bytes_max;
  figures.notes.insert(figures.notes.end(), outcome.notes.begin(), outcome.notes.end());
  const auto say = [&](std::uint64_t count, const std::string& what) {
    if (count > 0) figures.notes.push_back(std::to_string(count) + what);
  };
  say(outcome.killed, " of " + std::to_string(board.shape().processes) + " processes were killed at work");
  say(outcome.killed_late, " kills came when the victim's work was done");
  say(total(board, Counter::opening_failures), " of the failures came while the file was opened" + last_words(board));
  say(total(board, Counter::not_asked), outcome.ended_early ? " operations were not asked: the run took too long"
                                                            : " operations were not asked: no connection");
  say(total(board, Counter::history_dropped), " operations found the history full");
  say(board.header().held_ms.load(), " ms long strangers held what they were to hold");
  int refused = 0;
  for (std::size_t i = 0; i < board.shape().processes && refused == 0; ++i) refused = board.process(i).namespace_error;
  if (refused != 0)
    figures.notes.push_back(std::string{"unshare is not permitted here ("} + std::strerror(refused) +
                            "): plain processes");
}

}  // namespace commonbook::sim::runner
