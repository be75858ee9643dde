#include "book/claim_suggestions.hpp"

#include "book/first_integer.hpp"
#include "book/for_each_row.hpp"
#include "book/redirect_set.hpp"
#include "book/row_digest.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

constexpr int seeks_at_once = 512;
constexpr double score = 1.0;  // the names are equal
constexpr std::string_view reason_start = "both claim the name ";

std::string reason_of(const std::string& name) { return std::string{reason_start} + '"' + name + '"'; }

struct StandingRow {
  std::string reason;
  bool is_open = false;
};

Result<std::optional<StandingRow>> read_row(Connection& connection, std::int64_t left, std::int64_t right) {
  auto select =
      connection.statement("SELECT reason, status FROM suggestion WHERE left_entity = ?1 AND right_entity = ?2");
  if (!select) return select.error();
  const auto found = select->bind(1, left).bind(2, right).step();
  if (!found) return found.error();
  if (!*found) return std::optional<StandingRow>{};
  return std::optional{StandingRow{std::string{select->text(0)}, select->integer(1) == 0}};
}

// The pairs of a name that has become too common.
Result<std::vector<SuggestionChange>> removals_for(Connection& connection, const SharedName& shared) {
  const std::string reason = reason_of(shared.name);
  std::vector<SuggestionChange> changes;
  for (const std::int64_t left : shared.claimants) {
    auto select = connection.statement("SELECT right_entity, reason FROM suggestion WHERE left_entity = ?1 AND status = 0");
    if (!select) return select.error();
    select->bind(1, left);
    auto read = for_each_row(*select, [&](const Statement& row) {
      if (row.text(1) == reason) changes.push_back({left, row.integer(0), reason, std::nullopt});
    });
    if (!read) return read.error();
  }
  return changes;
}

// Claims of retracted observations stand until they are purged.
Result<bool> still_claims(Connection& connection, const std::string& name, std::int64_t entity) {
  auto select = connection.statement(
      "SELECT EXISTS(SELECT 1 FROM claim JOIN observation ON observation.id = claim.observation "
      "WHERE claim.name = ?1 AND claim.entity = ?2 AND observation.retracted = 0)");
  if (!select) return select.error();
  const auto exists = only_integer(select->bind(1, std::string_view{name}).bind(2, entity));
  if (!exists) return exists.error();
  return *exists != 0;
}

}  // namespace

Result<bool> ClaimSweep::is_due(Connection& connection) {
  if (under_way_) return true;
  const auto last = connection.query_int("SELECT coalesce(max(id), 0) FROM observation");
  if (!last) return last.error();
  if (*last <= swept_until_) return false;
  if (swept_until_ > 0) {
    auto select = connection.statement("SELECT EXISTS(SELECT 1 FROM observation WHERE id > ?1 AND claim_count > 0)");
    if (!select) return select.error();
    const auto claims = only_integer(select->bind(1, swept_until_));
    if (!claims) return claims.error();
    if (*claims == 0) {
      swept_until_ = *last;
      return false;
    }
  }
  under_way_ = true;
  begun_at_ = *last;
  name_.clear();
  entity_ = 0;
  return true;
}

Result<std::vector<SharedName>> ClaimSweep::next(Connection& connection) {
  std::vector<SharedName> shared;
  std::string name = name_;
  std::vector<std::int64_t> entities;
  for (int seeks = 0;; ++seeks) {
    auto select = connection.statement(
        "SELECT name, entity FROM claim WHERE (name, entity) > (?1, ?2) ORDER BY name, entity LIMIT 1");
    if (!select) return select.error();
    const auto found = select->bind(1, std::string_view{name_}).bind(2, entity_).step();
    if (!found) return found.error();
    const bool same_name = *found && select->text(0) == name;
    if (!same_name) {
      if (auto done = keep(connection, name, entities, shared); !done) return done.error();
      entities.clear();
      if (seeks >= seeks_at_once) return shared;  // only between two names: name_ still stands at the last one
    }
    if (!*found) {
      under_way_ = false;
      swept_until_ = begun_at_;
      return shared;
    }
    name = select->text(0);
    entities.push_back(select->integer(1));
    select->reset();
    name_ = name;
    entity_ = entities.back();
  }
}

Result<void> ClaimSweep::keep(Connection& connection, const std::string& name, const std::vector<std::int64_t>& entities,
                              std::vector<SharedName>& shared) const {
  if (entities.size() < 2) return {};
  RedirectSets sets{connection};
  SharedName found{name, {}};
  for (const std::int64_t entity : entities) {
    const auto claims = still_claims(connection, name, entity);
    if (!claims) return claims.error();
    if (!*claims) continue;
    const auto root = sets.root(entity);
    if (!root) return root.error();
    found.claimants.push_back(*root);
  }
  std::sort(found.claimants.begin(), found.claimants.end());
  found.claimants.erase(std::unique(found.claimants.begin(), found.claimants.end()), found.claimants.end());
  if (found.claimants.size() >= 2) shared.push_back(std::move(found));
  return {};
}

Result<std::vector<SuggestionChange>> changes_for(Connection& connection, const SharedName& shared) {
  if (shared.claimants.size() > claimants_max) return removals_for(connection, shared);
  const std::string reason = reason_of(shared.name);
  std::vector<SuggestionChange> changes;
  for (std::size_t left = 0; left < shared.claimants.size(); ++left)
    for (std::size_t right = left + 1; right < shared.claimants.size(); ++right) {
      const auto row = read_row(connection, shared.claimants[left], shared.claimants[right]);
      if (!row) return row.error();
      if (!*row) {
        changes.push_back({shared.claimants[left], shared.claimants[right], std::nullopt, reason});
      } else if ((*row)->is_open && (*row)->reason.starts_with(reason_start) && reason < (*row)->reason) {
        changes.push_back({shared.claimants[left], shared.claimants[right], (*row)->reason, reason});
      }
    }
  return changes;
}

Result<std::uint64_t> apply_change(Connection& connection, const SuggestionChange& change) {
  std::uint64_t sum = 0;
  if (change.reason_before) {
    auto remove = connection.statement("DELETE FROM suggestion WHERE left_entity = ?1 AND right_entity = ?2");
    if (!remove) return remove.error();
    if (auto done = remove->bind(1, change.left).bind(2, change.right).run(); !done) return done.error();
    sum -= suggestion_hash(change.left, change.right, score, *change.reason_before, 0);
  }
  if (change.reason) {
    auto insert = connection.statement(
        "INSERT INTO suggestion(left_entity, right_entity, score, reason) VALUES (?1, ?2, ?3, ?4)");
    if (!insert) return insert.error();
    insert->bind(1, change.left).bind(2, change.right).bind(3, score).bind(4, std::string_view{*change.reason});
    if (auto done = insert->run(); !done) return done.error();
    sum += suggestion_hash(change.left, change.right, score, *change.reason, 0);
  }
  return sum;
}

}  // namespace commonbook::storage
