// Executes a query plan in one snapshot: word search, start entities, a bounded walk, facts with their best evidence.
// Nothing in an answer depends on ids or on the order in which a book was told: ties go by keys, texts and hashes. Where an
// entity has more rows than are read, which of them are depends on both; the answer is marked as truncated then.
#pragma once
#include "book/entity_rows.hpp"
#include "book/evidence_reader.hpp"
#include "book/speaker_rule.hpp"
#include "commonbook/model/answer.hpp"
#include "commonbook/model/query_plan.hpp"

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

namespace commonbook::storage {

/// @errors  invalid_argument: a limit of the plan is out of range. @thread any.
[[nodiscard]] Result<void> check_plan(const QueryPlan& plan);

class Retrieval {
 public:
  /// Both outlive the retrieval; the plan was checked.
  Retrieval(Snapshot& snapshot, const QueryPlan& plan)
      : snapshot_(snapshot), plan_(plan), reader_(snapshot, plan.as_of) {}
  /// @errors  timeout, io, corrupt. @thread the snapshot's connection's.
  Result<Answer> run();

 private:
  struct Version {  // one stored version of a document
    std::int64_t row = 0;
    Passage passage;
    std::int64_t subject = 0;
    std::pair<Standing, EvidenceRank> rank;
  };

  struct Reached {  // how the walk came to an entity
    int distance = 0;
    double closeness = 1;
  };
  struct FactGroup;
  struct Neighbour {  // of an entity, or of a level of the walk
    double closeness = 0;
    std::int64_t evidence_count = 0;
  };

  Result<void> search();
  Result<std::vector<std::pair<std::int64_t, double>>> matching_documents();
  Result<void> cut_matches(std::vector<std::pair<std::int64_t, double>>& found, std::size_t wanted);
  Result<std::vector<Version>> versions_of(std::int64_t document);
  Result<void> rank_version(Version& version, const SpeakerRule& rule, bool& counts);
  Result<SpeakerRule> rule_about(std::int64_t entity);
  Result<SpeakerRule> rule_of(EntityRows& rows);
  Result<bool> has_statements(EntityRows& rows, const SpeakerRule& rule);
  Result<void> find_starts();
  Result<bool> start_from_name(const std::string& name);
  Result<void> start_from_similar_name(const std::string& name);
  Result<std::vector<std::int64_t>> claimants(const std::string& normalised);
  Result<void> start_from_key(const Key& key);
  Result<void> start_from_rows(std::vector<TailRow> rows);
  Result<void> add_start(std::int64_t entity, bool named);
  Result<void> walk();
  Result<std::vector<std::int64_t>> next_level(const std::vector<std::int64_t>& level, int distance);
  Result<void> add_neighbours(std::int64_t root, std::int64_t rows_max, std::map<std::int64_t, Neighbour>& around);
  Result<std::vector<TailRow>> edges_of(const RowEnd& end, std::int64_t rows_max);
  Result<std::vector<std::int64_t>> closest(const std::map<std::int64_t, Neighbour>& around, std::size_t wanted);
  Result<bool> has_unreached(const std::vector<std::int64_t>& level, std::int64_t rows_max);
  Result<double> weight_of(std::int64_t predicate);
  Result<void> add_facts(std::int64_t root, const Reached& reached);
  Result<std::vector<FactGroup>> group_rows(const std::vector<TailRow>& rows, const SpeakerRule& rule);
  Result<void> read_best(FactGroup& group);
  Result<void> tell_apart(std::vector<FactGroup>& groups);
  Result<void> order_groups(std::vector<FactGroup>& groups, std::size_t wanted);
  Result<std::string> order_of(const RowObject& object);
  Result<Fact> fact_of(const FactGroup& group, const EntityView& subject, const PredicateRow& predicate,
                       const Reached& reached);
  Result<bool> has_facts(const std::vector<std::int64_t>& members);

  Snapshot& snapshot_;
  const QueryPlan& plan_;
  EvidenceReader reader_;
  Answer answer_;
  std::vector<std::int64_t> order_;  // roots in the order of the walk
  std::uint64_t rows_of_walk_ = 0;   // read on the way from entity to entity
  std::unordered_map<std::int64_t, Reached> reached_;
  std::unordered_map<std::int64_t, double> weights_;  // of predicates
  std::vector<std::int64_t> deciding_;  // predicates that decide who may speak of an entity
};

}  // namespace commonbook::storage
