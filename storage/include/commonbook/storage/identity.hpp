// Who is who, as a person decides it: finding entities by what they are called, merging two, taking a merge back, giving
// a name, and going through what the suggestion pass found.
//
//   const auto found = find_entities(book, "ACME Corporation", deadline);
//   const auto merged = merge_entities(book, {.kept = acme, .merged = found->front().id}, deadline);
//   unmerge_entities(book, {.one = acme, .other = found->front().id}, deadline);   // as if it had never been merged
//
// A merge is one row, a pair of entities. No triple, key, claim or document is rewritten: readers take all for one that
// the pairs hold together, so a merge is undone completely by taking its row away, and what other merges say stays.
#pragma once
#include "commonbook/model/answer.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/storage/record_evidence.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// An entity by itself, whatever it was merged with.
struct FoundEntity {
  std::int64_t id = 0;
  Key key;                   ///< the least that leads to it
  std::string name;          ///< what it is called by its own evidence
  std::int64_t root = 0;     ///< the entity that speaks for all that it is merged with; itself where there is none
  std::size_t set_size = 1;  ///< how many are taken for one with it, itself included
};

/// Entities that `text` leads to: a name in any spelling and in every space, a mail address, a Message-ID, a UID, or
/// "entity:N" with an id as `show --json` gives it. Where no key fits: those that claim the name beside a strong
/// identifier. Sorted by key; empty where nothing is known by it.
/// @errors  busy, timeout, io, corrupt. @thread any; blocks.
Result<std::vector<FoundEntity>> find_entities(const Book& book, std::string_view text, Clock::SteadyPoint deadline);

/// A known name that a new one may be.
struct ResolvedName {
  std::int64_t entity = 0;
  Key key;                           ///< the name that was compared
  double score = 0;                  ///< 0 to 1, see name_evidence.hpp
  std::vector<std::string> reasons;  ///< for people
};
struct Resolution {
  Outcome outcome = Outcome::different;  ///< of the best
  std::vector<ResolvedName> names;       ///< the best first, each entity once, down to a score of 0.5
  std::int64_t rows_read = 0;            ///< of the file's tables; grows with the candidates, not with the book
};
/// Resolves a key: the same where the key is known or, of a name, where a known one reaches `thresholds.same`; else those
/// that it may be. Names that the suggestion pass has not come to yet are found by their keys alone. Writes nothing.
/// @errors  invalid_argument: no key; busy, timeout, io, corrupt. @thread any; blocks.
Result<Resolution> resolve(const Book& book, const Key& key, const OutcomeThresholds& thresholds,
                           Clock::SteadyPoint deadline);

struct MergeRequest {
  std::int64_t kept = 0;           ///< speaks for both from now on
  std::int64_t merged = 0;
  bool despite_rejection = false;  ///< although a person has said that two of those that become one are two
};
struct MergeReport {
  bool changed = false;       ///< false: this very pair was merged already
  bool were_one = false;      ///< other merges held them together already; the new one counts when those are undone
  std::size_t set_size = 2;   ///< entities that are one now
};
/// Merges two entities; the open suggestion of the pair becomes an accepted one.
/// @errors  invalid_argument: one entity with itself; not_found: no such entity; already_exists: a rejected suggestion
///          keeps them apart (its entities are named); busy, disk_full, io, corrupt, unknown.
/// @thread  any; blocks.
Result<MergeReport> merge_entities(const Book& book, const MergeRequest& request, Clock::SteadyPoint deadline);

struct UnmergeRequest {
  std::int64_t one = 0;
  std::optional<std::int64_t> other;  ///< nullopt: every merge that `one` itself is in
};
struct UnmergeReport {
  std::size_t merges = 0;      ///< taken back
  bool still_one = false;      ///< other merges hold `one` and `other` together
  std::size_t set_size = 1;    ///< entities that are still one with `one`
};
/// Takes merges back. The suggestion that led to a merge is open again, or rejected where nobody had accepted it, since
/// a silent merge that was undone must not come again.
/// @errors  invalid_argument: one entity from itself; not_found: no such entity, or the two are not merged, or only through
///          others, which are named; busy, disk_full, io, corrupt, unknown.
/// @thread  any; blocks.
Result<UnmergeReport> unmerge_entities(const Book& book, const UnmergeRequest& request, Clock::SteadyPoint deadline);

struct RenameRequest {
  std::int64_t entity = 0;
  std::string name;    ///< as it is to be shown
};
struct RenameReport {
  std::int64_t named = 0;      ///< the entity of the new name
  bool created = false;        ///< it is a new one
  bool merged = false;         ///< merged with the renamed one by this call
};
/// Shows an entity, and all that it is merged with, under another name, which leads to it from now on; the old ones still
/// do. The name is an observation of agent "person", trust `confirmed`, so it is cited, exported and forgotten as any
/// other; the new name's entity is merged with the old one's, so unmerge_entities() takes a renaming back.
/// @errors  invalid_argument: no name; already_exists: another entity has that name, merge the two if they are one;
///          not_found; busy, disk_full, io, corrupt, unknown.
/// @thread  any; blocks.
Result<RenameReport> rename_entity(const Book& book, const RenameRequest& request, Clock::SteadyPoint deadline);

enum class Decision : std::uint8_t { open = 0, accepted, rejected, merged_silently };
/// "open", "accepted", "rejected", "merged silently".
[[nodiscard]] std::string_view to_string(Decision decision) noexcept;

struct ListedSuggestion {
  FoundEntity left;
  FoundEntity right;
  double score = 0;     ///< 0 to 1
  std::string reason;   ///< the evidence, for people
  Decision decision = Decision::open;
};
struct SuggestionList {
  std::vector<ListedSuggestion> suggestions;  ///< the best first, ties by reason and keys
  std::int64_t total = 0;                     ///< with this decision; more than are listed where a limit cut the list
};
/// Suggestions with this decision. Open ones are left out while they say nothing new: their entities are one already, or
/// a rejected suggestion keeps the sets that they stand in apart.
/// @param limit  at most this many.
/// @errors  busy, timeout, io, corrupt. @thread any; blocks; reads all suggestions.
Result<SuggestionList> list_suggestions(const Book& book, Decision decision, std::size_t limit,
                                        Clock::SteadyPoint deadline);

/// Accepts a suggestion: merges the pair. A strong identifier is kept before a name, else the lesser key.
/// @errors  not_found: nobody suggested the pair; else those of merge_entities(). @thread any; blocks.
Result<MergeReport> accept_suggestion(const Book& book, std::int64_t one, std::int64_t other,
                                      Clock::SteadyPoint deadline);
/// Says that two are two, suggested or not: no pass suggests or merges them again, nor others that they are one with.
/// @returns  false where it was rejected already.
/// @errors  invalid_argument: one entity with itself; not_found: no such entity; already_exists: the pair is merged,
///          unmerge it first; busy, disk_full, io, corrupt, unknown. @thread any; blocks.
Result<bool> reject_suggestion(const Book& book, std::int64_t one, std::int64_t other, Clock::SteadyPoint deadline);

}  // namespace commonbook::storage
