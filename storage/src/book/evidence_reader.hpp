// The evidence behind rows, read once a snapshot: observations with their documents and agents, predicates, entities
// with their redirect sets and names.
#pragma once
#include "book/known_rows.hpp"
#include "book/name_counts.hpp"
#include "book/redirect_set.hpp"
#include "book/triple_reader.hpp"
#include "book/weight_cache.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace commonbook::storage {

/// What a row points to is missing, or can't be read.
inline Error damaged_row(std::string what) { return {ErrorCode::corrupt, std::move(what) + "; run verify", 0, {}}; }

struct PredicateRow {
  std::string name;
  bool single_valued = false;
};

/// All methods read in the snapshot and cache what they read; references stay valid for the reader's life.
/// @thread  the snapshot's connection's.
class EvidenceReader {
 public:
  EvidenceReader(Snapshot& snapshot, std::optional<Timestamp> as_of)
      : snapshot_(snapshot), as_of_(as_of), sets_(snapshot.connection()) {}

  /// @errors  corrupt: a row points to an observation that does not exist.
  Result<const Evidence*> evidence(std::int64_t observation);
  /// What evidence is ranked by, but for equal weights: a fraction of what evidence() costs. @errors  corrupt, as there.
  Result<EvidenceWeight> weight(std::int64_t observation);
  /// True when the observation counts: not retracted, and valid by the plan's as_of.
  template <class EvidenceOrWeight>
  [[nodiscard]] bool counts(const EvidenceOrWeight& evidence) const {
    return !evidence.retracted && (!as_of_ || evidence.valid_from <= *as_of_);
  }
  Result<const PredicateRow*> predicate(std::int64_t id);
  /// 0 where no such predicate is known.
  Result<std::int64_t> predicate_id(std::string_view name);

  /// The entity that speaks for all that `entity` was merged with, itself where it was not; see RedirectSets.
  Result<std::int64_t> root(std::int64_t entity) { return sets_.root(entity); }
  /// The root and everything that was merged with it.
  Result<std::vector<std::int64_t>> members(std::int64_t root) { return sets_.members(root); }
  /// The least key that leads to the entity.
  Result<const Key*> key(std::int64_t entity);
  /// Key and the spelling with the most evidence.
  Result<const EntityView*> view(std::int64_t root);
  /// Remembers for all readers of the process how an entity is shown, where it is not known already and that rests on nothing
  /// but the count. @param count  of all observations of this snapshot.
  /// @param since  a name that rests on all who had named a common entity at this row, or later, stays.
  Result<void> remember_counted(std::int64_t entity, const NameCount& count, std::int64_t since);
  /// What the entity is called by itself, whatever it was merged with.
  Result<std::string> own_name(std::int64_t entity);

 private:
  /// What was read, all but the agent.
  struct ReadEvidence {
    Evidence evidence;
    std::int64_t session = 0;
    bool is_concluded = false;  ///< what it cites is not its own document
  };
  Result<ReadEvidence> read_evidence(std::int64_t observation);
  static Result<void> cite_document(const Statement& row, Evidence& evidence);
  Result<const std::string*> agent_of(std::int64_t session);
  /// What is known of the entity from earlier questions, where it still holds; else null.
  Result<std::shared_ptr<const KnownName>> known_name(std::int64_t root, const std::vector<std::int64_t>& set);
  /// What is known of an entity, with what those say who have named it since.
  Result<std::shared_ptr<const KnownName>> grown_name(std::int64_t root, const NameSlot& slot);
  Result<KnownName> name_of(const Key& key);
  /// Whoever has named the entity since, the cache was told of it.
  [[nodiscard]] bool is_watched(const KnownName& name) const {
    return name.is_watched && name.last_seq >= snapshot_.names_watched_from;
  }
  /// For later questions. @param is_alone  it was merged with nothing.
  void remember(std::int64_t root, const std::shared_ptr<const KnownName>& name, bool is_alone);
  Result<void> load_predicates();
  Result<std::int64_t> shown_as();
  Result<std::string> spelling(const std::vector<std::int64_t>& set, const Key& key);
  /// The name that a person gave the set, as rename leaves it; empty where nobody did.
  Result<std::string> given_name(const std::vector<std::int64_t>& set);
  /// How often each text was said, by what is believed and by what is only claimed.
  struct Count {
    std::int64_t believed = 0;
    std::int64_t claimed = 0;
    auto operator<=>(const Count&) const = default;
  };
  using Counts = std::unordered_map<std::string, Count>;
  Result<void> count_names(const std::vector<std::int64_t>& set, Counts& counts);
  Result<void> count_spellings(std::int64_t member, bool by_evidence, Counts& counts);
  Result<void> count_claims(std::int64_t member, Counts& counts);

  Snapshot& snapshot_;
  std::optional<Timestamp> as_of_;
  std::unordered_map<std::int64_t, Evidence> evidence_;
  std::unordered_map<std::int64_t, std::string> agents_;  // by session
  std::unordered_map<std::int64_t, PredicateRow> predicates_;
  std::int64_t newest_predicate_ = 0;
  RedirectSets sets_;
  std::optional<std::int64_t> shown_as_;  // the predicate's id, 0 where it is not known
  bool is_settled_ = false;               // of the name that spelling() gave last: see KnownName
  std::int64_t observations_ = 0;         // that were asked for it
  bool is_plain_ = false;                 // it rests on a look at these observations alone
  Counts counts_;                         // of what they say
  std::unordered_map<std::int64_t, Key> keys_;
  std::unordered_map<std::int64_t, EntityView> views_;
};

}  // namespace commonbook::storage
