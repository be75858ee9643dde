// The facts of one entity: rows grouped by what they say, each with its best evidence, and which of them do not hold:
// values of a single-valued predicate that a later one has superseded, and claims of whoever may not speak of the entity.
#include "book/retrieval.hpp"

#include "book/bounded_reader.hpp"
#include "book/schema_sql.hpp"
#include "book/speaker_rule.hpp"
#include "book/tail_codec.hpp"
#include "commonbook/model/speaker.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

using FactRank = std::pair<Standing, EvidenceRank>;

struct Group {  // all evidence for one predicate and object
  Fact fact;
  FactRank rank;
  std::string order;  // of the object: its key or text
};

using GroupKey = std::pair<std::int64_t, RowObject>;

std::string order_of(const Fact& fact) {
  if (const auto* entity = std::get_if<EntityView>(&fact.object))
    return std::to_string(static_cast<int>(entity->key.scheme)) + entity->key.value;
  return "9" + std::get<Literal>(fact.object).text;
}

}  // namespace

Result<std::vector<TailRow>> Retrieval::rows_about(std::int64_t root) {
  const auto members = reader_.members(root);
  if (!members) return members.error();
  if (deciding_.empty())
    for (const std::string_view name : {organised_by_predicate, stated_by_predicate}) {
      const auto predicate = reader_.predicate_id(name);
      if (!predicate) return predicate.error();
      deciding_.push_back(*predicate);
    }
  std::vector<TailRow> rows;
  for (const std::int64_t member : *members) {
    auto found = rows_of_subject(snapshot_, member, deciding_);
    if (!found) return found.error();
    answer_.truncated = answer_.truncated || found->is_cut;
    rows.insert(rows.end(), std::make_move_iterator(found->rows.begin()), std::make_move_iterator(found->rows.end()));
  }
  return rows;
}

Result<void> Retrieval::add_facts(std::int64_t root, const Reached& reached) {
  auto about = rows_about(root);
  if (!about) return about.error();
  std::vector<TailRow>& rows = *about;
  const auto subject = reader_.view(root);
  if (!subject) return subject.error();
  const auto rule = SpeakerRule::of(reader_, rows);
  if (!rule) return rule.error();

  std::map<GroupKey, Group> groups;
  for (TailRow& row : rows) {
    const auto evidence = reader_.evidence(row.observation);
    if (!evidence) return evidence.error();
    if (!reader_.counts(**evidence)) continue;
    if (auto* object = std::get_if<std::int64_t>(&row.object)) {
      const auto object_root = reader_.root(*object);
      if (!object_root) return object_root.error();
      *object = *object_root;
    }
    FactRank rank{rule->standing(row.observation, **evidence), (*evidence)->rank()};
    auto [at, fresh] = groups.try_emplace(GroupKey{row.predicate, row.object});
    Group& group = at->second;
    if (!fresh) ++group.fact.evidence_count;
    if (!fresh && rank <= group.rank) continue;
    group.rank = std::move(rank);
    group.fact.revision = (*evidence)->revision;
    group.fact.valid_from = (*evidence)->valid_from;
    group.fact.specificity = (*evidence)->specificity;
    group.fact.citation = (*evidence)->citation;
  }

  std::map<std::int64_t, FactRank> highest;
  for (auto& [key, group] : groups) {
    const auto predicate = reader_.predicate(key.first);
    if (!predicate) return predicate.error();
    group.fact.subject = **subject;
    group.fact.predicate = (*predicate)->name;
    group.fact.single_valued = (*predicate)->single_valued;
    group.fact.distance = reached.distance;
    group.fact.closeness = reached.closeness;
    if (const auto* object = std::get_if<std::int64_t>(&key.second)) {
      const auto view = reader_.view(*object);
      if (!view) return view.error();
      group.fact.object = **view;
    } else {
      const auto literal = decode_literal(std::get<std::string>(key.second));
      if (!literal) return Error{ErrorCode::corrupt, "a literal has no known type; run verify", 0, {}};
      group.fact.object = *literal;
    }
    group.order = order_of(group.fact);
    const auto top = highest.try_emplace(key.first, group.rank).first;
    top->second = std::max(top->second, group.rank);
  }

  std::vector<Group> ordered;
  for (auto& [key, group] : groups) {
    const bool is_only_claimed = group.rank.first == Standing::claim && rule->has_statements();
    group.fact.superseded = is_only_claimed || (group.fact.single_valued && group.rank < highest[key.first]);
    if (!group.fact.superseded || plan_.superseded) ordered.push_back(std::move(group));
  }
  std::sort(ordered.begin(), ordered.end(), [](const Group& left, const Group& right) {
    return std::tie(left.fact.predicate, right.rank, left.order) <
           std::tie(right.fact.predicate, left.rank, right.order);
  });
  for (Group& group : ordered) {
    if (answer_.facts.size() >= plan_.facts_max) {
      answer_.truncated = true;
      return {};
    }
    answer_.facts.push_back(std::move(group.fact));
  }
  return {};
}

}  // namespace commonbook::storage
