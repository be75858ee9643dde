// What readers of a process remember of a book from one question to the next. An answer is a function of its snapshot, so
// each entry says for which snapshots it holds: those of one epoch, since within it rows are added and none changes; of a
// name those in which nobody has named the entity since, or all who have are known and can be asked (ADR 0011).
#pragma once
#include "book/generation_cache.hpp"
#include "book/overlay.hpp"
#include "book/packed_evidence.hpp"
#include "book/schema_sql.hpp"
#include "commonbook/model/answer.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// Evidence with a document of its own, or with none at all: what was concluded cites a document that may get another
/// version, so it is not remembered.
using KnownEvidences = GenerationCache<std::shared_ptr<const PackedEvidence>>;
/// Some 300 bytes each; where pages get little memory, evidence does.
[[nodiscard]] constexpr std::size_t known_evidence_max(int cache_kib) {
  return static_cast<std::size_t>(std::clamp(2 * cache_kib, 4 * 1024, 128 * 1024));
}

inline constexpr std::int64_t mentions_max = 32;  ///< so many observations say how an entity is spelled
inline constexpr std::size_t known_spellings_bytes_max = 256;

/// How an entity, with all that it was merged with, is shown.
struct KnownName {
  std::int64_t epoch = 0;
  std::int64_t last_seq = 0;     ///< rows up to here had their say
  std::int64_t drawn_seq = 0;    ///< the newest row when the observations were chosen that a settled name rests on
  Key key;
  std::string spelling;
  /// As many observations were asked as ever are, or a person gave the name: who names it later changes nothing, but
  /// another given name, or a spelling row of its own.
  bool is_settled = false;
  bool rests_on_all = false;          ///< who had named the entity at `drawn_seq`, not on a sample; see NameScan
  std::int64_t shown_as = 0;          ///< the predicate of given names, 0 where there was none
  std::int64_t newest_predicate = 0;  ///< the highest id of any
  /// How often it was spelled how, in how many observations: so that later ones can be added. Empty where that takes more
  /// than a look at them, or `known_spellings_bytes_max`.
  std::vector<std::pair<std::string, std::int64_t>> spellings;
  std::int64_t observations = 0;
  /// True of rows that may change the name though it is settled: given names, and what no predicate said when it was read.
  [[nodiscard]] bool is_changed_by(std::int64_t predicate) const {
    return predicate == spelled_as_predicate || predicate == shown_as || predicate > newest_predicate;
  }
  /// Of all rows above `last_seq` the cache has been told, so the name holds whether they were compacted or not.
  bool is_watched = false;
};

/// A name with the observations that have named the entity since it was read, as far as the cache was told.
struct NameSlot {
  struct Later {
    std::int64_t seq = 0;
    std::int64_t observation = 0;
  };
  std::shared_ptr<const KnownName> name;
  std::vector<Later> later;  ///< ascending, at most `mentions_max`: what is asked of more makes the name settled
};

/// Whose session it is, which never changes.
using KnownAgents = GenerationCache<std::shared_ptr<const std::string>>;
inline constexpr std::size_t known_agents_max = 16 * 1024;

inline constexpr std::size_t known_names_max = 192 * 1024;  ///< some 300 bytes each

/// A settled name rests on those who had named the entity when the book's newest row was `drawn`. It is not used any more
/// when the book has grown by a quarter since, and read ahead anew when it has grown by half of that.
[[nodiscard]] constexpr bool is_outgrown(std::int64_t drawn, std::int64_t newest) {
  return newest - drawn > drawn / 4 + 32'768;
}
[[nodiscard]] constexpr bool needs_renewal(std::int64_t drawn, std::int64_t newest) {
  return newest - drawn > drawn / 8 + 16'384;
}

/// Names by the id of the entity that speaks for a set. Thread: any.
class KnownNames {
 public:
  /// Without a name where none is known.
  [[nodiscard]] NameSlot find(std::int64_t root) { return names_.find(root); }
  /// The same for one that looks at all names: none of them stays longer for it.
  [[nodiscard]] NameSlot peek(std::int64_t root) { return names_.peek(root); }
  void publish(std::int64_t root, std::shared_ptr<const KnownName> name) { names_.publish(root, {std::move(name), {}}); }
  /// Marks a published name as watched, unless it has been forgotten meanwhile. The caller knows that of no row that adds to
  /// the name, or changes it, the cache was told before the publishing.
  void watch(std::int64_t root, const std::shared_ptr<const KnownName>& name) {
    KnownName watched = *name;
    watched.is_watched = true;
    replace(root, name, std::make_shared<const KnownName>(std::move(watched)));
  }
  /// Puts a name in the place of the one that it was made from, and keeps the observations behind its last row.
  void replace(std::int64_t root, const std::shared_ptr<const KnownName>& held, const std::shared_ptr<const KnownName>& name) {
    names_.update(root, [&](NameSlot& slot) {
      if (slot.name != held) return true;
      slot.name = name;
      std::erase_if(slot.later, [&name](const NameSlot::Later& each) {
        return name->is_settled || each.seq <= name->last_seq;
      });
      // Without counts those who came later have nothing to be added to.
      return slot.later.empty() || !name->spellings.empty();
    });
  }
  /// A row was stored: what it adds to is noted, what it may change otherwise is forgotten.
  void look_at(const TailRow& row) {
    names_.update(row.subject, [&row](NameSlot& slot) {
      return !slot.name->is_changed_by(row.predicate) && add(slot, row);
    });
    if (const auto* object = std::get_if<std::int64_t>(&row.object))
      names_.update(*object, [&row](NameSlot& slot) { return add(slot, row); });
  }

 private:
  static bool add(NameSlot& slot, const TailRow& row) {
    if (slot.name->is_settled || row.seq <= slot.name->last_seq) return true;
    if (slot.name->spellings.empty()) return false;
    // Told again, where memory ran out in between.
    if (!slot.later.empty() && row.seq <= slot.later.back().seq) return true;
    const bool is_new = slot.later.empty() || slot.later.back().observation != row.observation;
    if (is_new && static_cast<std::int64_t>(slot.later.size()) < mentions_max)
      slot.later.push_back({row.seq, row.observation});
    return true;
  }

  GenerationCache<NameSlot> names_{known_names_max};
};

}  // namespace commonbook::storage
