#include "good_history.hpp"

#include <algorithm>
#include <unordered_map>

namespace commonbook::testing {

using namespace sim;

std::uint64_t Random::next() noexcept {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

namespace {

constexpr std::int64_t step_ns = 100;      // between the moments of two operations
constexpr std::size_t width_ns = 400;      // an interval reaches as far to each side at most
constexpr std::uint32_t questions = 3;

struct Thread {
  std::uint32_t process = 0;
  std::uint32_t number = 0;
  std::uint64_t operations = 0;
  std::uint64_t session = 0;
  std::uint32_t sequence = 0;
  std::int64_t free_from = 0;
};

class Timeline {
 public:
  Timeline(std::uint64_t seed, const GoodHistoryOptions& options) : random_(seed), options_(options) {
    for (std::size_t process = 0; process < options.processes; ++process) {
      for (std::size_t number = 0; number < options.threads_of_process; ++number)
        threads_.push_back(fresh_thread(next_process_ + 1, static_cast<std::uint32_t>(number)));
      ++next_process_;
    }
    for (std::uint64_t key = 1; key <= options.keys / 10; ++key) {  // there before the history began
      made_.state.keys_before.insert(key);
      create(key, 0);
    }
    made_.records.reserve(options.operations);
  }

  JudgedHistory run() {
    for (std::size_t at = 0; at < options_.operations; ++at) operate(static_cast<std::int64_t>(at + 10) * step_ns);
    for (const auto& [key, entity] : entities_) made_.state.entity_of_key[key] = entity;
    return std::move(made_);
  }

 private:
  Thread fresh_thread(std::uint32_t process, std::uint32_t number) {
    return {process, number, 0, ++next_session_, 0, 0};
  }

  // Few keys are asked for often, and late ones appear for the first time all along.
  std::uint64_t pick_key(std::int64_t moment) {
    const std::size_t known = 3 + options_.keys * static_cast<std::size_t>(moment / step_ns) / (options_.operations + 10);
    return 1 + random_.below(std::min(known, options_.keys));
  }

  Thread& pick_thread(std::int64_t moment, std::uint32_t not_of_process) {
    for (int attempt = 0; attempt < 64; ++attempt) {
      Thread& thread = threads_[random_.below(threads_.size())];
      if (thread.free_from < moment && thread.process != not_of_process) return thread;
    }
    return *std::min_element(threads_.begin(), threads_.end(),
                             [](const Thread& a, const Thread& b) { return a.free_from < b.free_from; });
  }

  void operate(std::int64_t moment) {
    const std::size_t choice = random_.below(100);
    const HistoryKind kind = choice < 28   ? HistoryKind::find_or_create
                             : choice < 72 ? HistoryKind::look_up
                             : choice < 88 ? HistoryKind::store
                                           : HistoryKind::read;
    const std::uint64_t key = pick_key(moment);
    const auto maker = maker_.find(key);
    const bool foreign = kind == HistoryKind::look_up && maker != maker_.end();
    Thread& thread = pick_thread(moment, foreign ? maker->second : 0);
    moment = std::max(moment, thread.free_from + 1);
    moment_ = std::max(moment_ + 1, moment);

    HistoryRecord record;
    record.number = ++thread.operations;
    record.process = thread.process;
    record.thread = thread.number;
    record.kind = kind;
    record.key = key;
    record.invoked_ns = std::max(thread.free_from + 1, moment_ - static_cast<std::int64_t>(random_.below(width_ns)));
    record.answered_ns = moment_ + static_cast<std::int64_t>(random_.below(width_ns));
    thread.free_from = record.answered_ns;
    const std::size_t fate = random_.below(100);
    record.status = fate < 2   ? HistoryStatus::failed
                    : fate < 4 ? HistoryStatus::unknown
                    : fate < 6 ? HistoryStatus::open
                               : HistoryStatus::ok;
    const bool has_effect = record.status == HistoryStatus::ok ||
                            (record.status != HistoryStatus::failed && random_.chance(50));
    take_effect(record, thread, has_effect);
    if (record.status != HistoryStatus::ok) {
      record.id = 0;
      record.created = 0;
    }
    made_.records.push_back(record);
    if (record.status != HistoryStatus::open) return;
    made_.records.back().answered_ns = 0;
    thread = fresh_thread(++next_process_, thread.number);
    thread.free_from = moment_;
  }

  void take_effect(HistoryRecord& record, Thread& thread, bool has_effect) {
    const auto found = entities_.find(record.key);
    switch (record.kind) {
      case HistoryKind::look_up: record.id = found == entities_.end() ? -1 : found->second; break;
      case HistoryKind::find_or_create:
        record.created = found == entities_.end() ? 1 : 0;
        if (has_effect) record.id = create(record.key, thread.process);
        break;
      case HistoryKind::store: store(record, thread, has_effect); break;
      case HistoryKind::read: read(record); break;
    }
    if (record.kind != HistoryKind::store) last_was_store_ = false;
  }

  std::int64_t create(std::uint64_t key, std::uint32_t process) {
    const auto [entry, is_new] = entities_.emplace(key, next_entity_);
    if (is_new) {
      ++next_entity_;
      maker_[key] = process;
    }
    return entry->second;
  }

  void store(HistoryRecord& record, Thread& thread, bool has_effect) {
    const std::uint64_t item = ++next_item_;
    const std::uint64_t named = record.key;
    record.key = item;
    record.session = thread.session;
    record.session_sequence = ++thread.sequence;
    made_.state.lines_expected[item] = 1 + random_.below(4);
    // Even keys only, so that some keys are known to be made by find-or-create alone.
    made_.state.keys_of_item[item] = {named + named % 2, 2 + 2 * random_.below(options_.keys / 2)};
    if (!has_effect) return;
    if (!last_was_store_ || random_.chance(70)) ++commit_;  // else in one batch with the one before
    last_was_store_ = true;
    record.id = commit_;
    for (const std::uint64_t key : made_.state.keys_of_item[item]) create(key, thread.process);
    made_.state.lines_of_item[item] = made_.state.lines_expected[item];
    rows_[1 + static_cast<std::uint32_t>(item % questions)] += made_.state.lines_expected[item];
  }

  void read(HistoryRecord& record) {
    record.session_sequence = 1 + static_cast<std::uint32_t>(random_.below(questions));
    record.key = rows_[record.session_sequence];
    record.id = random_.chance(10) ? 0 : commit_;
  }

  Random random_;
  GoodHistoryOptions options_;
  JudgedHistory made_;
  std::vector<Thread> threads_;
  std::uint32_t next_process_ = 0;
  std::uint64_t next_session_ = 0;
  std::uint64_t next_item_ = 0;
  std::int64_t next_entity_ = 1;
  std::int64_t moment_ = 0;
  std::int64_t commit_ = 0;
  bool last_was_store_ = false;
  std::unordered_map<std::uint64_t, std::int64_t> entities_;
  std::unordered_map<std::uint64_t, std::uint32_t> maker_;
  std::unordered_map<std::uint32_t, std::uint64_t> rows_;
};

}  // namespace

JudgedHistory good_history(std::uint64_t seed, const GoodHistoryOptions& options) {
  return Timeline{seed, options}.run();
}

}  // namespace commonbook::testing
