#include "book/name_resolution.hpp"

#include "book/name_candidates.hpp"
#include "book/triple_reader.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/storage/normalise.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <map>

namespace commonbook::storage {
namespace {

constexpr double score_min = 0.5;

// The best of an entity's names speaks for it.
std::vector<ResolvedName> compare_all(const Key& key, const NameProfile& profile, const std::vector<BlockedName>& names) {
  std::map<std::int64_t, ResolvedName> best;
  for (const BlockedName& name : names) {
    if (name.space != key.space) continue;
    auto evidence = compare_names(profile, profile_of(name.value));
    if (evidence.score < score_min) continue;
    auto& known = best[name.entity];
    if (evidence.score <= known.score) continue;
    known = {name.entity, {Scheme::name, name.value, name.space}, evidence.score, std::move(evidence.reasons)};
  }
  std::vector<ResolvedName> ordered;
  for (auto& [entity, resolved] : best) ordered.push_back(std::move(resolved));
  std::sort(ordered.begin(), ordered.end(), [](const ResolvedName& one, const ResolvedName& other) {
    return std::tie(other.score, one.key) < std::tie(one.score, other.key);
  });
  return ordered;
}

}  // namespace

Result<Resolution> resolve_key(Connection& connection, const Key& key, const OutcomeThresholds& thresholds) {
  Resolution resolution;
  const auto known = find_alias(connection, key);
  if (!known) return known.error();
  if (*known) {
    resolution.outcome = Outcome::same;
    resolution.names.push_back({**known, key, 1, {is_strong(key.scheme) ? "the same identifier" : "the same key"}});
    resolution.rows_read = 1;
    return resolution;
  }
  if (key.scheme != Scheme::name) return resolution;  // another identifier is another thing
  const NameProfile profile = profile_of(key.value);
  const auto candidates = find_candidates(connection, blocks_of(profile, key.space), 0);
  if (!candidates) return candidates.error();
  resolution.rows_read = candidates->rows_read;
  resolution.names = compare_all(key, profile, candidates->names);
  if (!resolution.names.empty()) resolution.outcome = outcome_of(resolution.names.front().score, thresholds);
  return resolution;
}

Result<Resolution> resolve(const Book& book, const Key& key, const OutcomeThresholds& thresholds,
                           Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<Resolution> {
    const auto normal = normalise_key(key);
    if (!normal) return normal.error();
    auto connection = book.shared().connect(Role::reader, deadline);
    if (!connection) return connection.error();
    auto snapshot = Snapshot::begin(book.shared(), *connection, deadline, "resolve");
    if (!snapshot) return snapshot.error();
    return resolve_key(*connection, *normal, thresholds);
  });
}

}  // namespace commonbook::storage
