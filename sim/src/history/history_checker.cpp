#include "history_checks.hpp"

namespace commonbook::sim {

HistoryVerdict check_history(const std::vector<HistoryRecord>& history, const FinalState& final_state) {
  HistoryVerdict verdict;
  verdict.operations = history.size();
  check_keys(history, final_state, verdict);
  if (final_state.items_known) check_items(history, final_state, verdict);
  check_sessions(history, verdict);
  check_reads(history, verdict);
  return verdict;
}

}  // namespace commonbook::sim
