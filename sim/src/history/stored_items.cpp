// Stored observations as a set that never shrinks: what was acknowledged is there whole, what was not asked for or
// certainly failed is not there, and what has no answer is there whole or not at all.
#include "history_checks.hpp"

#include <string>
#include <unordered_map>

namespace commonbook::sim {
namespace {

struct Item {
  bool acknowledged = false;
  bool possible = false;  ///< some attempt may have stored it
};

std::uint64_t count_in(const std::map<std::uint64_t, std::uint64_t>& counts, std::uint64_t item) {
  const auto found = counts.find(item);
  return found == counts.end() ? 0 : found->second;
}

void judge_item(std::uint64_t number, const Item& item, const FinalState& state, Violations& violations) {
  const std::uint64_t lines = count_in(state.lines_of_item, number);
  if (lines == 0) {
    if (item.acknowledged) violations.add("S5", "item", number, "it was acknowledged and is not in the file");
    return;
  }
  if (!item.possible) {
    violations.add("S6", "item", number, "it is in the file, but every attempt to store it failed");
    return;
  }
  const auto expected = state.lines_expected.find(number);
  if (expected == state.lines_expected.end() || lines == expected->second) return;
  const std::string found = std::to_string(lines) + " of " + std::to_string(expected->second) + " lines are in the file";
  violations.add(lines > expected->second ? "S6" : "S5", "item", number, found);
}

}  // namespace

void check_items(const History& history, const FinalState& state, HistoryVerdict& verdict) {
  Violations violations{verdict};
  std::unordered_map<std::uint64_t, Item> items;
  for (const std::uint64_t before : state.items_before) items[before] = {true, true};
  for (const HistoryRecord& record : history) {
    if (record.kind != HistoryKind::store) continue;
    Item& item = items[record.key];
    item.acknowledged = item.acknowledged || record.status == HistoryStatus::ok;
    item.possible = item.possible || record.status != HistoryStatus::failed;
  }
  for (const auto& [number, item] : items) judge_item(number, item, state, violations);
  for (const auto& [number, lines] : state.lines_of_item) {
    if (lines != 0 && items.find(number) == items.end())
      violations.add("S6", "item", number, "it is in the file, but nobody asked for it");
  }
}

}  // namespace commonbook::sim
