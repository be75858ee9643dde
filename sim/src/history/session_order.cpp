// One session's observations commit in the order in which it submitted them. Several may share a commit.
#include "history_checks.hpp"
#include "sort_by_rank.hpp"

#include <string>
#include <unordered_map>

namespace commonbook::sim {
namespace {

struct Commit {
  std::uint32_t sequence = 0;
  std::int64_t commit = 0;
};

void judge_session(std::uint64_t session, std::vector<Commit>& commits, Violations& violations) {
  sort_by_rank(commits, [](const Commit& commit) { return std::uint64_t{commit.sequence}; });
  for (std::size_t at = 1; at < commits.size(); ++at) {
    const Commit& earlier = commits[at - 1];
    const Commit& later = commits[at];
    // The same sequence twice is a retry, which gets the first answer again.
    const bool is_right =
        earlier.sequence == later.sequence ? earlier.commit == later.commit : earlier.commit <= later.commit;
    if (is_right) continue;
    violations.add("S12", "session", session,
                   "number " + std::to_string(earlier.sequence) + " is in commit " + std::to_string(earlier.commit) +
                       ", number " + std::to_string(later.sequence) + " in commit " + std::to_string(later.commit));
  }
}

}  // namespace

void check_sessions(const History& history, HistoryVerdict& verdict) {
  Violations violations{verdict};
  std::unordered_map<std::uint64_t, std::vector<Commit>> sessions;
  for (const HistoryRecord& record : history) {
    const bool counts = record.kind == HistoryKind::store && record.status == HistoryStatus::ok && record.session != 0 &&
                        record.session_sequence != 0 && record.id > 0;
    if (counts) sessions[record.session].push_back({record.session_sequence, record.id});
  }
  for (auto& [session, commits] : sessions) judge_session(session, commits, violations);
}

}  // namespace commonbook::sim
