#include "commonbook/sim/book_history.hpp"

#include "commonbook/storage/listing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace commonbook::sim {
namespace {

constexpr std::string_view item_prefix = "item ";

std::optional<std::uint64_t> item_of(const storage::ListedObservation& observation) {
  if (observation.position.starts_with(item_prefix)) {
    const std::string_view digits = observation.position.substr(item_prefix.size());
    std::uint64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec == std::errc{}) return number;
  }
  if (!observation.operation_id.empty()) return history_hash(observation.operation_id);
  return std::nullopt;
}

/// An observation of the book that is somebody's item.
struct StoredItem {
  std::uint64_t number = 0;
  std::uint64_t rows = 0;
  std::uint64_t rows_expected = 0;
  bool retracted = false;
  std::vector<std::int64_t> entities;  ///< that its rows name, some of them often
};

class BookState {
 public:
  storage::BookVisitor visitor() {
    return {[this](const storage::ListedName& name) { add(name); },
            [this](const storage::ListedObservation& observation) { add(observation); },
            [this](const storage::ListedRow& row) { add(row); }};
  }

  FinalState state(const BookHistoryOptions& options) {
    state_.merges = options.merges;
    for (auto& [id, item] : items_) {
      // One more than its rows, since a document alone has none.
      const std::uint64_t expected = 1 + item.rows_expected;
      state_.lines_of_item[item.number] += item.retracted ? expected : 1 + item.rows;
      state_.lines_expected.try_emplace(item.number, expected);
      add_keys(item);
    }
    return std::move(state_);
  }

 private:
  void add(const storage::ListedName& name) {
    const std::string space{name.space};
    const std::uint64_t key =
        space.empty() ? history_hash(name.value) : history_hash(space + '\n' + std::string{name.value});
    state_.entity_of_key[key] = name.entity;
    keys_of_entity_[name.entity].push_back(key);
  }

  void add(const storage::ListedObservation& observation) {
    const auto number = item_of(observation);
    if (!number) return;
    items_[observation.id] = {*number, 0, static_cast<std::uint64_t>(observation.rows_expected), observation.retracted, {}};
  }

  void add(const storage::ListedRow& row) {
    const auto item = items_.find(row.observation);
    if (item == items_.end()) return;
    ++item->second.rows;
    item->second.entities.push_back(row.subject);
    if (row.object != 0) item->second.entities.push_back(row.object);
  }

  void add_keys(StoredItem& item) {
    std::sort(item.entities.begin(), item.entities.end());
    item.entities.erase(std::unique(item.entities.begin(), item.entities.end()), item.entities.end());
    auto& keys = state_.keys_of_item[item.number];
    for (const std::int64_t entity : item.entities) {
      const auto named = keys_of_entity_.find(entity);
      if (named != keys_of_entity_.end()) keys.insert(keys.end(), named->second.begin(), named->second.end());
    }
  }

  FinalState state_;
  std::unordered_map<std::int64_t, std::vector<std::uint64_t>> keys_of_entity_;
  std::unordered_map<std::int64_t, StoredItem> items_;  // by the observation's id
};

struct Invariant {
  const char* id;
  const char* what;
};

constexpr std::array invariants{
    Invariant{"S2", "each name is found or created once, at one moment (history)"},
    Invariant{"S3", "one caller is told `created`, and somebody is (history)"},
    Invariant{"S4", "an id once given out stands for its name (history)"},
    Invariant{"S5", "what was acknowledged is there, whole (history)"},
    Invariant{"S6", "nothing is there that nobody asked for (history)"},
    Invariant{"S12", "a session's commits are in its order (history)"},
    Invariant{"S13", "reads never go back (history)"},
    Invariant{"S14", "a read sees what was acknowledged before (history)"},
    Invariant{"S15", "reads of one snapshot agree (history)"}};

storage::Check check_of(const Invariant& invariant, const HistoryVerdict& verdict) {
  storage::Check check;
  check.id = invariant.id;
  check.what = invariant.what;
  check.examined = static_cast<std::int64_t>(verdict.operations);
  const auto found = verdict.count_of.find(invariant.id);
  if (found == verdict.count_of.end()) return check;
  check.ok = false;
  check.detail = std::to_string(found->second) + " times";
  const std::string prefix = std::string{invariant.id} + ": ";
  const auto told = std::find_if(verdict.violations.begin(), verdict.violations.end(),
                                 [&](const std::string& violation) { return violation.starts_with(prefix); });
  if (told != verdict.violations.end()) check.detail += "; first: " + told->substr(prefix.size());
  return check;
}

}  // namespace

Result<FinalState> state_of_book(const storage::Book& book, const BookHistoryOptions& options,
                                 Clock::SteadyPoint deadline) {
  BookState state;
  if (auto done = storage::list_book(book, state.visitor(), deadline); !done) return done.error();
  return state.state(options);
}

Result<std::vector<storage::Check>> verify_history(const storage::Book& book, const std::filesystem::path& folder,
                                                   const BookHistoryOptions& options, Clock::SteadyPoint deadline) {
  // In this order: what was answered by now stands in the book, and what stands in the book was asked for by then.
  const std::int64_t now_ns = history_now_ns();
  const auto state = state_of_book(book, options, deadline);
  if (!state) return state.error();
  auto history = read_history(folder);
  if (!history) return history.error();
  leave_open_after(*history, now_ns);
  const HistoryVerdict verdict = check_history(*history, *state);
  std::vector<storage::Check> checks;
  for (const Invariant& invariant : invariants) checks.push_back(check_of(invariant, verdict));
  return checks;
}

}  // namespace commonbook::sim
