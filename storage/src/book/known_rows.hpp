// What readers of a process remember of a book from one question to the next. An answer is a function of its snapshot, so
// each entry says for which snapshots it holds: those of one epoch, since within it rows are added and none changes; of a
// name those in which nobody has named the entity since.
#pragma once
#include "book/generation_cache.hpp"
#include "book/overlay.hpp"
#include "book/schema_sql.hpp"
#include "commonbook/model/answer.hpp"

#include <cstdint>
#include <string>
#include <tuple>

namespace commonbook::storage {

/// What ranks evidence: later revisions first, then later validity, then statements about the instance itself; what
/// is equal still has an order that no id decides.
using EvidenceRank = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string>;

/// One observation as evidence.
struct Evidence {
  bool retracted = false;
  std::int64_t revision = 0;
  Timestamp valid_from;
  std::uint8_t specificity = 0;
  std::string document_hash;
  Citation citation;
  /// What it is ranked by, in place.
  [[nodiscard]] auto ranking() const {
    return std::tie(revision, valid_from.unix_ms, specificity, document_hash, citation.agent, citation.position);
  }
  [[nodiscard]] EvidenceRank rank() const { return ranking(); }
  /// rank() < other.rank(), without a copy of its texts.
  [[nodiscard]] bool ranks_below(const Evidence& other) const { return ranking() < other.ranking(); }
};

/// Evidence with a document of its own, or with none at all: what was concluded cites a document that may get another
/// version, so it is not remembered.
struct KnownEvidence {
  std::int64_t epoch = 0;
  Evidence evidence;
};

using KnownEvidences = GenerationCache<KnownEvidence>;
inline constexpr std::size_t known_evidence_max = 32 * 1024;  ///< some 500 bytes each

/// How an entity, with all that it was merged with, is shown.
struct KnownName {
  std::int64_t epoch = 0;
  std::int64_t last_seq = 0;     ///< rows up to here had their say
  std::uint64_t commit_seq = 0;  ///< of the snapshot that it was read in
  Key key;
  std::string spelling;
  /// As many observations were asked as ever are, or a person gave the name: who names it later changes nothing, but
  /// another given name, or a spelling row of its own.
  bool is_settled = false;
  std::int64_t shown_as = 0;          ///< the predicate of given names, 0 where there was none
  std::int64_t newest_predicate = 0;  ///< the highest id of any
  /// Of all rows above `last_seq` the cache has been told, so the name holds whether they were compacted or not.
  bool is_watched = false;
};

inline constexpr std::size_t known_names_max = 128 * 1024;  ///< some 200 bytes each

/// Names by the id of the entity that speaks for a set. Thread: any.
class KnownNames {
 public:
  [[nodiscard]] std::shared_ptr<const KnownName> find(std::int64_t root) { return names_.find(root); }
  void publish(std::int64_t root, std::shared_ptr<const KnownName> name) { names_.publish(root, std::move(name)); }
  /// Marks a published name as watched, unless it has been forgotten meanwhile. The caller knows that no row of which the
  /// cache was told before the publishing changes it.
  void watch(std::int64_t root, const std::shared_ptr<const KnownName>& name) {
    KnownName watched = *name;
    watched.is_watched = true;
    names_.replace(root, name, std::make_shared<const KnownName>(std::move(watched)));
  }
  /// A row was stored: what it may change is forgotten.
  void look_at(const TailRow& row) {
    names_.forget(row.subject, [&row](const KnownName& name) {
      return !name.is_settled || row.predicate == spelled_as_predicate || row.predicate == name.shown_as ||
             row.predicate > name.newest_predicate;
    });
    if (const auto* object = std::get_if<std::int64_t>(&row.object))
      names_.forget(*object, [](const KnownName& name) { return !name.is_settled; });
  }

 private:
  GenerationCache<KnownName> names_{known_names_max};
};

}  // namespace commonbook::storage
