// What reads may see. Commits form one line that every reader looks along: a read sees all of them up to some commit.
//
//   S13  a read that was called after another one had its answer sees no less
//   S14  a read that was called after a write was acknowledged sees that write
//   S15  reads that saw the same commit last saw the same rows, and one that saw a later commit saw no fewer
//
// Rows are compared between reads of one question only; they are a set that never shrinks here.
#include "history_checks.hpp"
#include "sort_by_rank.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace commonbook::sim {
namespace {

/// A moment at which something became known, or at which a read began that must know it.
struct Moment {
  std::int64_t at = 0;
  const HistoryRecord* record = nullptr;
  bool is_call = false;
};

std::vector<Moment> moments_of(const History& history) {
  std::vector<Moment> moments;
  for (const HistoryRecord& record : history) {
    if (record.status != HistoryStatus::ok) continue;
    if (record.kind == HistoryKind::read) moments.push_back({record.invoked_ns, &record, true});
    if (record.kind == HistoryKind::read || (record.kind == HistoryKind::store && record.id > 0))
      moments.push_back({record.answered_ns, &record, false});
  }
  // At the same nanosecond calls come first: then nothing says that the one was before the other.
  sort_by_rank(moments, [](const Moment& moment) {
    return static_cast<std::uint64_t>(moment.at) * 2 + (moment.is_call ? 0 : 1);
  });
  return moments;
}

std::string seen(const char* what, std::int64_t now, std::int64_t earlier) {
  return std::string{"it saw "} + what + " " + std::to_string(now) + " after " + std::to_string(earlier) + " was known";
}

class Known {
 public:
  explicit Known(Violations& violations) noexcept : violations_(violations) {}

  void learn(const HistoryRecord& record) {
    if (record.kind == HistoryKind::store) {
      stored_ = std::max(stored_, record.id);
      return;
    }
    read_ = std::max(read_, record.id);
    if (record.session_sequence == 0) return;
    std::uint64_t& rows = rows_[record.session_sequence];
    rows = std::max(rows, record.key);
  }

  // What was known when the read was called is the least that it may see.
  void expect(const HistoryRecord& read) {
    const std::uint64_t reader = (static_cast<std::uint64_t>(read.process) << 32) | read.thread;
    if (read.id > 0 && read.id < read_) violations_.add("S13", "reader", reader, seen("commit", read.id, read_));
    if (read.id > 0 && read.id < stored_) violations_.add("S14", "reader", reader, seen("commit", read.id, stored_));
    const auto rows = rows_.find(read.session_sequence);
    if (rows != rows_.end() && read.key < rows->second) {
      violations_.add("S13", "reader", reader,
                      seen("rows", static_cast<std::int64_t>(read.key), static_cast<std::int64_t>(rows->second)));
    }
  }

 private:
  Violations& violations_;
  std::int64_t stored_ = 0;  ///< the highest commit acknowledged to a writer
  std::int64_t read_ = 0;    ///< the highest commit that some read saw
  std::unordered_map<std::uint32_t, std::uint64_t> rows_;  ///< by question
};

struct Snapshot {
  std::int64_t commit = 0;
  std::uint64_t rows = 0;
};

void judge_snapshots(std::uint32_t question, std::vector<Snapshot>& snapshots, Violations& violations) {
  sort_by_rank(snapshots, [](const Snapshot& snapshot) { return static_cast<std::uint64_t>(snapshot.commit); });
  for (std::size_t at = 1; at < snapshots.size(); ++at) {
    const Snapshot& earlier = snapshots[at - 1];
    const Snapshot& later = snapshots[at];
    const bool is_right = earlier.commit == later.commit ? earlier.rows == later.rows : earlier.rows <= later.rows;
    if (is_right) continue;
    violations.add("S15", "question", question,
                   std::to_string(earlier.rows) + " rows at commit " + std::to_string(earlier.commit) + ", " +
                       std::to_string(later.rows) + " at commit " + std::to_string(later.commit));
  }
}

}  // namespace

void check_reads(const History& history, HistoryVerdict& verdict) {
  Violations violations{verdict};
  Known known{violations};
  for (const Moment& moment : moments_of(history)) {
    if (moment.is_call)
      known.expect(*moment.record);
    else
      known.learn(*moment.record);
  }
  std::unordered_map<std::uint32_t, std::vector<Snapshot>> questions;
  for (const HistoryRecord& record : history) {
    if (record.kind == HistoryKind::read && record.status == HistoryStatus::ok && record.id > 0 &&
        record.session_sequence != 0)
      questions[record.session_sequence].push_back({record.id, record.key});
  }
  for (auto& [question, snapshots] : questions) judge_snapshots(question, snapshots, violations);
}

}  // namespace commonbook::sim
