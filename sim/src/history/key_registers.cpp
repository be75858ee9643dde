// Find-or-create as a register that is written once, one for each key.
//
// Keys are independent of each other (linearizability is local), so each is judged alone. For one key there is one
// write, at some moment w, after which everybody finds the same id and before which nobody finds any. The history is
// right when such a moment exists:
//
//   w lies between call and answer of the write:
//     an acknowledged find-or-create that was told `created` is the write;
//     where there is none, any operation that may have written: a find-or-create without an answer, a stored
//     observation that names the key (its caller is not told who created), or anything before the history began;
//   w is not before the call of a look-up that found nothing;
//   w is not after the answer of anything that found the id.
//
// So with  after  = the latest of: the call of the write, the calls of look-ups that found nothing
//  and     before = the earliest of: the answer of the write, the answers of what found the id,
// a moment exists exactly when after <= before: one pass over the history, one over the keys. Among several that may
// have written, the one that was called first leaves the most room, and none of them was answered before `before`.
#include "history_checks.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

namespace commonbook::sim {
namespace {

constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

struct Register {
  std::optional<std::int64_t> id;
  std::optional<std::int64_t> other_id;  ///< a second one: wrong
  std::uint32_t creators = 0;
  std::uint32_t writer_process = nobody; ///< of the creator, else of some operation that may have written
  std::int64_t created_call = always;
  std::int64_t created_answer = never;
  std::int64_t maybe_call = never;       ///< the earliest call of what may have written
  std::int64_t missing_call = always;    ///< the latest call of what found nothing
  std::int64_t known_answer = never;     ///< the earliest answer after which the key must be there
};

class Registers {
 public:
  Registers(const FinalState& state, std::size_t operations) : state_(state) {
    registers_.reserve(std::min<std::size_t>(operations, 1u << 16));
    for (const std::uint64_t key : state.keys_before) registers_[key].maybe_call = always;
  }

  void add(const HistoryRecord& record) {
    if (record.kind == HistoryKind::read) return;
    if (record.kind == HistoryKind::store) return add_store(record);
    Register& known = registers_[record.key];  // also where it failed: somebody asked for the key
    if (record.status == HistoryStatus::failed) return;
    if (record.status != HistoryStatus::ok) {
      if (record.kind == HistoryKind::find_or_create) may_have_written(known, record);
      return;
    }
    if (record.id < 0) {
      known.missing_call = std::max(known.missing_call, record.invoked_ns);
      return;
    }
    found(known, record);
  }

  void judge(HistoryVerdict& verdict) const;
  [[nodiscard]] std::uint64_t foreign_look_ups(const History& history) const;
  [[nodiscard]] std::size_t size() const noexcept { return registers_.size(); }

 private:
  static void may_have_written(Register& known, const HistoryRecord& record) {
    known.maybe_call = std::min(known.maybe_call, record.invoked_ns);
    if (known.writer_process == nobody) known.writer_process = record.process;
  }

  void found(Register& known, const HistoryRecord& record) {
    if (!known.id) known.id = record.id;
    if (*known.id != record.id) known.other_id = record.id;
    known.known_answer = std::min(known.known_answer, record.answered_ns);
    if (record.kind != HistoryKind::find_or_create) return;
    // A name that fell together with a similar one was written by somebody who was not told `created`.
    if (state_.merges) may_have_written(known, record);
    if (record.created == 0) return;
    ++known.creators;
    known.created_call = record.invoked_ns;
    known.created_answer = record.answered_ns;
    known.writer_process = record.process;
  }

  void add_store(const HistoryRecord& record) {
    if (record.status == HistoryStatus::failed) return;
    const auto keys = state_.keys_of_item.find(record.key);
    if (keys == state_.keys_of_item.end()) return;
    for (const std::uint64_t key : keys->second) {
      Register& known = registers_[key];
      may_have_written(known, record);
      if (record.status == HistoryStatus::ok) known.known_answer = std::min(known.known_answer, record.answered_ns);
    }
  }

  static void judge_moment(std::uint64_t key, const Register& known, Violations& violations);
  void judge_end(std::uint64_t key, const Register& known, Violations& violations) const;
  void judge_shared_ids(Violations& violations) const;

  const FinalState& state_;
  std::unordered_map<std::uint64_t, Register> registers_;
};

void Registers::judge_moment(std::uint64_t key, const Register& known, Violations& violations) {
  if (known.other_id) {
    violations.add("S2", "key", key, "two ids, " + std::to_string(*known.id) + " and " + std::to_string(*known.other_id));
  }
  if (known.creators > 1) {
    violations.add("S3", "key", key, std::to_string(known.creators) + " callers were told `created`");
    return;
  }
  if (known.creators == 1 && known.maybe_call == always) {
    violations.add("S3", "key", key, "a caller was told `created`, but it was there before");
  }
  if (known.known_answer == never) return;
  const bool is_certain = known.creators == 1;
  const std::int64_t call = is_certain ? known.created_call : known.maybe_call;
  if (call == never) {
    violations.add("S3", "key", key, "it was found, but nobody can have created it");
    return;
  }
  const std::int64_t before = std::min(known.known_answer, is_certain ? known.created_answer : never);
  if (call > before) violations.add("S2", "key", key, "it was found before whoever created it was asked to");
  if (known.missing_call > before) violations.add("S2", "key", key, "a look-up missed it after it was known to be there");
}

void Registers::judge_end(std::uint64_t key, const Register& known, Violations& violations) const {
  const auto row = state_.entity_of_key.find(key);
  if (row == state_.entity_of_key.end()) {
    if (known.known_answer != never) violations.add("S4", "key", key, "it was acknowledged and is not in the file");
    return;
  }
  if (known.id && *known.id != row->second) {
    violations.add("S4", "key", key, "callers were told entity " + std::to_string(*known.id) + ", the file says " +
                                         std::to_string(row->second));
  }
  if (known.known_answer == never && known.maybe_call == never) {
    violations.add("S6", "key", key, "it is in the file, but nobody asked for it");
  }
}

void Registers::judge_shared_ids(Violations& violations) const {
  if (state_.merges) return;
  std::unordered_map<std::int64_t, std::uint64_t> key_of;
  key_of.reserve(registers_.size());
  const auto claim = [&](std::int64_t id, std::uint64_t key) {
    const auto [entry, is_new] = key_of.emplace(id, key);
    if (is_new || entry->second == key) return;
    violations.add("S4", "key", key, "its entity " + std::to_string(id) + " is key " + std::to_string(entry->second) +
                                         "'s too");
  };
  for (const auto& [key, id] : state_.entity_of_key) claim(id, key);
  for (const auto& [key, known] : registers_) {
    if (known.id) claim(*known.id, key);
  }
}

void Registers::judge(HistoryVerdict& verdict) const {
  Violations violations{verdict};
  for (const auto& [key, known] : registers_) {
    judge_moment(key, known, violations);
    judge_end(key, known, violations);
  }
  for (const auto& [key, id] : state_.entity_of_key) {
    if (registers_.find(key) == registers_.end())
      violations.add("S6", "key", key, "it is in the file, but nobody asked for it");
  }
  judge_shared_ids(violations);
}

std::uint64_t Registers::foreign_look_ups(const History& history) const {
  std::uint64_t count = 0;
  for (const HistoryRecord& record : history) {
    if (record.kind != HistoryKind::look_up || record.status != HistoryStatus::ok) continue;
    if (registers_.at(record.key).writer_process != record.process) ++count;
  }
  return count;
}

}  // namespace

void check_keys(const History& history, const FinalState& state, HistoryVerdict& verdict) {
  Registers registers{state, history.size()};
  for (const HistoryRecord& record : history) registers.add(record);
  registers.judge(verdict);
  verdict.keys = registers.size();
  verdict.foreign_look_ups = registers.foreign_look_ups(history);
}

}  // namespace commonbook::sim
