#include "book/redirect_set.hpp"

#include "book/first_integer.hpp"
#include "book/for_each_row.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace commonbook::storage {
namespace {

using LeastKey = std::tuple<std::int64_t, std::string, std::string>;

Result<std::optional<LeastKey>> least_key(Connection& connection, std::int64_t entity) {
  auto select = connection.statement(
      "SELECT scheme, value, space FROM alias WHERE entity = ?1 ORDER BY scheme, value, space LIMIT 1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity).step();
  if (!found) return found.error();
  if (!*found) return std::optional<LeastKey>{};
  return std::optional{LeastKey{select->integer(0), std::string{select->text(1)}, std::string{select->text(2)}}};
}

}  // namespace

Result<std::int64_t> RedirectSets::root(std::int64_t entity) {
  const auto set = set_of(entity);
  if (!set) return set.error();
  return *set == nullptr ? entity : (*set)->root;
}

Result<std::vector<std::int64_t>> RedirectSets::members(std::int64_t entity) {
  const auto set = set_of(entity);
  if (!set) return set.error();
  return *set == nullptr ? std::vector{entity} : (*set)->members;
}

Result<bool> RedirectSets::has_merges() {
  if (!is_known_) {
    const auto any = connection_->query_int("SELECT EXISTS(SELECT 1 FROM redirect)");
    if (!any) return any.error();
    has_merges_ = *any != 0;
    is_known_ = true;
  }
  return has_merges_;
}

Result<bool> RedirectSets::is_alone(std::int64_t entity) {
  const auto any = has_merges();
  if (!any) return any;
  if (!*any) return true;
  auto select = connection_->statement(
      "SELECT EXISTS(SELECT 1 FROM redirect WHERE source = ?1) OR EXISTS(SELECT 1 FROM redirect WHERE target = ?1)");
  if (!select) return select.error();
  const auto merged = only_integer(select->bind(1, entity));
  if (!merged) return merged.error();
  return *merged == 0;
}

// Null where the entity stands alone.
Result<const RedirectSets::Set*> RedirectSets::set_of(std::int64_t entity) {
  const Set* alone = nullptr;
  const auto any = has_merges();
  if (!any) return any.error();
  if (!*any) return alone;
  if (const auto known = roots_.find(entity); known != roots_.end()) {
    const auto set = sets_.find(known->second);
    return set == sets_.end() ? alone : &set->second;
  }
  auto read_set = read(entity);
  if (!read_set) return read_set.error();
  const std::int64_t root = read_set->root;
  for (const std::int64_t member : read_set->members) roots_[member] = root;
  if (read_set->members.size() == 1) return alone;
  return &sets_.emplace(root, std::move(*read_set)).first->second;
}

Result<RedirectSets::Set> RedirectSets::read(std::int64_t entity) {
  Set set;
  std::unordered_set<std::int64_t> seen{entity};
  std::vector<std::int64_t> nobodys_source;
  set.members.push_back(entity);
  for (std::size_t at = 0; at < set.members.size(); ++at) {
    bool is_source = false;
    for (const bool outgoing : {true, false}) {
      auto select = connection_->statement(outgoing ? "SELECT target FROM redirect WHERE source = ?1"
                                                    : "SELECT source FROM redirect WHERE target = ?1");
      if (!select) return select.error();
      select->bind(1, set.members[at]);
      auto read = for_each_row(*select, [&](const Statement& row) {
        is_source = is_source || outgoing;
        if (seen.insert(row.integer(0)).second) set.members.push_back(row.integer(0));
      });
      if (!read) return read.error();
    }
    if (!is_source) nobodys_source.push_back(set.members[at]);
  }
  if (set.members.size() == 1) {
    set.root = entity;
    return set;
  }
  const auto root = choose_root(nobodys_source.empty() ? set.members : nobodys_source);
  if (!root) return root.error();
  set.root = *root;
  std::sort(set.members.begin(), set.members.end(), [&set](std::int64_t left, std::int64_t right) {
    return std::pair{left != set.root, left} < std::pair{right != set.root, right};
  });
  return set;
}

Result<std::int64_t> RedirectSets::choose_root(const std::vector<std::int64_t>& candidates) {
  if (candidates.size() == 1) return candidates.front();
  std::optional<std::pair<LeastKey, std::int64_t>> best;
  for (const std::int64_t candidate : candidates) {
    auto key = least_key(*connection_, candidate);
    if (!key) return key.error();
    if (!*key) continue;
    std::pair ranked{std::move(**key), candidate};
    if (!best || ranked < *best) best = std::move(ranked);
  }
  if (!best) return Error{ErrorCode::corrupt, "entities that were merged have no key; run verify", 0, {}};
  return best->second;
}

}  // namespace commonbook::storage
