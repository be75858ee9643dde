// The facts of one entity: rows grouped by what they say, each with its best evidence, and which of them do not hold:
// values of a single-valued predicate that a later one has superseded, and claims of whoever may not speak of the entity.
//
// Predicates are read in the order of their names, and of each the rows that it takes to choose the best facts, until an
// answer has as many facts as its plan wants. What nobody will be shown is neither ranked nor named.
#include "book/retrieval.hpp"

#include "book/bounded_reader.hpp"
#include "book/entity_rows.hpp"
#include "book/schema_sql.hpp"
#include "book/speaker_rule.hpp"
#include "book/tail_codec.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace commonbook::storage {
namespace {

// Where an entity has more rows, so many are read for each fact that is still wanted, at least and at most as many as
// these: of an entity whose predicates are read one by one, and of one predicate.
constexpr std::int64_t rows_of_entity_min = 256;
constexpr std::int64_t rows_of_predicate_min = 64;
constexpr std::int64_t rows_of_a_fact = 4;
constexpr std::int64_t candidates_of_a_fact = 2;

std::int64_t bound_by(std::size_t wanted, std::int64_t each, std::int64_t least, std::int64_t most) {
  return std::clamp(static_cast<std::int64_t>(wanted) * each, least, most);
}

}  // namespace

/// All evidence for one predicate and object.
struct Retrieval::FactGroup {
  RowObject object;
  Standing standing = Standing::claim;  ///< of the evidence that ranks highest
  std::int64_t observation = 0;         ///< the same
  EvidenceWeight weight;                ///< the same
  const Evidence* best = nullptr;       ///< the same, the reader's; read where the weight alone does not decide
  std::size_t evidence_count = 0;
  bool superseded = false;
  std::string order;      ///< of the object: its key or text; read only where ranks are equal
  [[nodiscard]] bool weighs_as(const FactGroup& other) const {
    return standing == other.standing && weight.ranking() == other.weight.ranking();
  }
  /// Where both weigh the same and differ, what they rest on must have been read.
  [[nodiscard]] bool ranks_below(const FactGroup& other) const {
    if (standing != other.standing) return standing < other.standing;
    if (observation == other.observation) return false;
    return weighs_as(other) ? best->ranks_below(*other.best) : weight.ranking() < other.weight.ranking();
  }
  [[nodiscard]] bool ranks_as(const FactGroup& other) const { return !ranks_below(other) && !other.ranks_below(*this); }
};

Result<SpeakerRule> Retrieval::rule_of(EntityRows& rows) {
  if (deciding_.empty())
    for (const std::string_view name : SpeakerRule::deciding_predicates()) {
      const auto predicate = reader_.predicate_id(name);
      if (!predicate) return predicate.error();
      deciding_.push_back(*predicate);
    }
  std::vector<TailRow> decisive;
  for (const std::int64_t predicate : deciding_) {
    if (!std::binary_search(rows.predicates().begin(), rows.predicates().end(), predicate)) continue;
    const auto found = rows.of(predicate, all_rows);
    if (!found) return found.error();
    decisive.insert(decisive.end(), (*found)->rows.begin(), (*found)->rows.end());
  }
  return SpeakerRule::of(reader_, decisive);
}

Result<SpeakerRule> Retrieval::rule_about(std::int64_t entity) {
  const auto members = reader_.members(entity);
  if (!members) return members.error();
  auto rows = EntityRows::open(snapshot_, *members, rows_of_entity_min);
  if (!rows) return rows.error();
  return rule_of(*rows);
}

// Whether anything single-valued is stated of the entity by whoever may speak of it.
Result<bool> Retrieval::has_statements(EntityRows& rows, const SpeakerRule& rule) {
  for (const std::int64_t id : rows.predicates()) {
    const auto predicate = reader_.predicate(id);
    if (!predicate) return predicate.error();
    if (!(*predicate)->single_valued) continue;
    const auto found = rows.of(id, rows_of_entity_max);
    if (!found) return found.error();
    auto stated = rule.is_stated(reader_, (*found)->rows);
    if (!stated || *stated) return stated;
  }
  return false;
}

Result<std::vector<Retrieval::FactGroup>> Retrieval::group_rows(const std::vector<TailRow>& rows,
                                                                const SpeakerRule& rule) {
  std::map<RowObject, FactGroup> groups;
  for (const TailRow& row : rows) {
    const auto weight = reader_.weight(row.observation);
    if (!weight) return weight.error();
    if (!reader_.counts(*weight)) continue;
    RowObject object = row.object;
    if (auto* entity = std::get_if<std::int64_t>(&object)) {
      const auto root = reader_.root(*entity);
      if (!root) return root.error();
      *entity = *root;
    }
    FactGroup said;
    said.standing = rule.standing(row.observation, weight->trust);
    said.observation = row.observation;
    said.weight = *weight;
    FactGroup& group = groups[object];
    if (group.evidence_count++ > 0) {
      if (group.weighs_as(said))
        for (FactGroup* const each : {&group, &said})
          if (auto done = read_best(*each); !done) return done.error();
      if (!group.ranks_below(said)) continue;
    }
    said.evidence_count = group.evidence_count;
    group = std::move(said);
  }
  std::vector<FactGroup> found;
  for (auto& [object, group] : groups) {
    group.object = object;
    found.push_back(std::move(group));
  }
  if (auto done = tell_apart(found); !done) return done.error();
  return found;
}

Result<void> Retrieval::read_best(FactGroup& group) {
  const auto evidence = reader_.evidence(group.observation);
  if (!evidence) return evidence.error();
  group.best = *evidence;
  return {};
}

// Reads what those rest on that weigh the same as another, so that any two can be compared.
Result<void> Retrieval::tell_apart(std::vector<FactGroup>& groups) {
  std::sort(groups.begin(), groups.end(), [](const FactGroup& left, const FactGroup& right) {
    return std::tuple{left.standing, left.weight.ranking(), left.observation} <
           std::tuple{right.standing, right.weight.ranking(), right.observation};
  });
  for (auto first = groups.begin(); first != groups.end();) {
    const auto last = std::find_if(first, groups.end(), [&](const FactGroup& group) { return !group.weighs_as(*first); });
    if (first->observation != std::prev(last)->observation)
      for (auto at = first; at != last; ++at)
        if (auto done = read_best(*at); !done) return done;
    first = last;
  }
  return {};
}

Result<std::string> Retrieval::order_of(const RowObject& object) {
  if (const auto* entity = std::get_if<std::int64_t>(&object)) {
    const auto key = reader_.key(*entity);
    if (!key) return key.error();
    return std::to_string(static_cast<int>((*key)->scheme)) + (*key)->value;
  }
  const auto literal = decode_literal(std::get<std::string>(object));
  if (!literal) return Error{ErrorCode::corrupt, "a literal has no known type; run verify", 0, {}};
  return "9" + literal->text;
}

// Leaves the first `wanted` by rank, equal ones by their objects; one more says that there are more.
Result<void> Retrieval::order_groups(std::vector<FactGroup>& groups, std::size_t wanted) {
  std::sort(groups.begin(), groups.end(),
            [](const FactGroup& left, const FactGroup& right) { return right.ranks_below(left); });
  std::size_t kept = std::min(groups.size(), wanted + 1);
  while (kept < groups.size() && groups[kept].ranks_as(groups[kept - 1])) ++kept;
  groups.resize(kept);
  for (std::size_t at = 0; at < groups.size(); ++at) {
    const bool has_equal = (at > 0 && groups[at - 1].ranks_as(groups[at])) ||
                           (at + 1 < groups.size() && groups[at + 1].ranks_as(groups[at]));
    if (!has_equal) continue;
    auto order = order_of(groups[at].object);
    if (!order) return order.error();
    groups[at].order = std::move(*order);
  }
  std::sort(groups.begin(), groups.end(), [](const FactGroup& left, const FactGroup& right) {
    if (right.ranks_below(left) || left.ranks_below(right)) return right.ranks_below(left);
    return left.order < right.order;
  });
  return {};
}

Result<Fact> Retrieval::fact_of(const FactGroup& group, const EntityView& subject, const PredicateRow& predicate,
                                const Reached& reached) {
  const auto best = reader_.evidence(group.observation);
  if (!best) return best.error();
  const Evidence& evidence = **best;
  Fact fact;
  fact.subject = subject;
  fact.predicate = predicate.name;
  fact.single_valued = predicate.single_valued;
  fact.superseded = group.superseded;
  fact.revision = evidence.revision;
  fact.valid_from = evidence.valid_from;
  fact.specificity = evidence.specificity;
  fact.distance = reached.distance;
  fact.evidence_count = group.evidence_count;
  fact.citation = evidence.citation;
  fact.closeness = reached.closeness;
  if (const auto* object = std::get_if<std::int64_t>(&group.object)) {
    const auto view = reader_.view(*object);
    if (!view) return view.error();
    fact.object = **view;
    return fact;
  }
  auto literal = decode_literal(std::get<std::string>(group.object));
  if (!literal) return Error{ErrorCode::corrupt, "a literal has no known type; run verify", 0, {}};
  fact.object = std::move(*literal);
  return fact;
}

Result<bool> Retrieval::has_facts(const std::vector<std::int64_t>& members) {
  for (const std::int64_t member : members) {
    const auto found = rows_of_end(snapshot_, {true, member}, 1);
    if (!found) return found.error();
    if (!found->rows.empty()) return true;
  }
  return false;
}

Result<void> Retrieval::add_facts(std::int64_t root, const Reached& reached) {
  const auto members = reader_.members(root);
  if (!members) return members.error();
  const std::size_t wanted = plan_.facts_max - std::min(plan_.facts_max, answer_.facts.size());
  if (wanted == 0) {
    if (answer_.truncated) return {};
    const auto more = has_facts(*members);
    if (!more) return more.error();
    answer_.truncated = *more;
    return {};
  }
  auto rows = EntityRows::open(snapshot_, *members,
                               bound_by(wanted, rows_of_a_fact, rows_of_entity_min, rows_of_entity_max));
  if (!rows) return rows.error();
  if (rows->predicates().empty()) return {};
  const auto rule = rule_of(*rows);
  if (!rule) return rule.error();
  std::vector<std::pair<const PredicateRow*, std::int64_t>> by_name;
  for (const std::int64_t id : rows->predicates()) {
    const auto predicate = reader_.predicate(id);
    if (!predicate) return predicate.error();
    by_name.emplace_back(*predicate, id);
  }
  std::sort(by_name.begin(), by_name.end(),
            [](const auto& left, const auto& right) { return left.first->name < right.first->name; });
  std::optional<bool> is_stated;
  for (const auto& [predicate, id] : by_name) {
    const std::size_t left = plan_.facts_max - answer_.facts.size();
    // Which value holds must not depend on where it stands.
    const auto found = rows->of(id, predicate->single_valued ? rows_of_entity_max
                                                             : bound_by(left, candidates_of_a_fact, rows_of_predicate_min,
                                                                        rows_of_predicate_max));
    if (!found) return found.error();
    answer_.truncated = answer_.truncated || (*found)->is_cut;
    auto groups = group_rows((*found)->rows, *rule);
    if (!groups) return groups.error();
    if (groups->empty()) continue;
    const FactGroup highest = *std::max_element(
        groups->begin(), groups->end(), [](const auto& one, const auto& other) { return one.ranks_below(other); });
    for (FactGroup& group : *groups) {
      if (group.standing == Standing::claim && !is_stated) {
        auto stated = has_statements(*rows, *rule);
        if (!stated) return stated.error();
        is_stated = *stated;
      }
      group.superseded = (group.standing == Standing::claim && *is_stated) ||
                         (predicate->single_valued && group.ranks_below(highest));
    }
    if (!plan_.superseded) std::erase_if(*groups, [](const FactGroup& group) { return group.superseded; });
    if (auto done = order_groups(*groups, left); !done) return done;
    for (const FactGroup& group : *groups) {
      if (answer_.facts.size() >= plan_.facts_max) {
        answer_.truncated = true;
        return {};
      }
      const auto subject = reader_.view(root);
      if (!subject) return subject.error();
      auto fact = fact_of(group, **subject, *predicate, reached);
      if (!fact) return fact.error();
      answer_.facts.push_back(std::move(*fact));
    }
  }
  return {};
}

}  // namespace commonbook::storage
