// Reads what stands about one entity in bounded work. An entity that very many observations name has more rows than a
// question may read: whoever reads says how many, and reads predicate by predicate where there are more, so that no
// predicate crowds out the others. What is read costs as much as its rows and a probe, however many more there are.
#pragma once
#include "book/triple_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::storage {

/// Rows of one end, spelling rows left out.
struct BoundedRows {
  std::vector<TailRow> rows;
  bool is_cut = false;  ///< more stand in the book
};

inline constexpr std::int64_t rows_of_entity_max = 4'096;   ///< up to so many, all are read
inline constexpr std::int64_t rows_of_predicate_max = 512;  ///< of each predicate, where there are more
inline constexpr std::int64_t predicates_max = 256;         ///< of an entity in the sorted part
inline constexpr std::int64_t spellings_max = 64;
inline constexpr std::int64_t rows_of_a_mention = 8;        ///< one observation may have many

/// At most `max` rows of an end: all, or some of any predicate (is_cut).
/// @errors  timeout, io, corrupt. @thread the snapshot's connection's.
[[nodiscard]] Result<BoundedRows> rows_of_end(Snapshot& snapshot, const RowEnd& end, std::int64_t max);
/// Those of one predicate: where there are more than `max`, the newest of the tail and the first of the sorted part by
/// key, at most `max` of each.
[[nodiscard]] Result<BoundedRows> rows_of_predicate(Snapshot& snapshot, const RowEnd& end, std::int64_t predicate,
                                                    std::int64_t max);
/// The predicates of an end, ascending by id, `spelled as` left out; each costs a probe. Perhaps some without a row.
[[nodiscard]] Result<std::vector<std::int64_t>> predicates_of_end(Snapshot& snapshot, const RowEnd& end);

/// Whether a row of the tail above `low` names the entity; with `predicates` one that has it as subject and one of these.
[[nodiscard]] Result<bool> is_named_since(Snapshot& snapshot, std::int64_t entity, std::int64_t low,
                                          const std::vector<std::int64_t>& predicates = {});

/// Rows with this object, up to the limits above.
[[nodiscard]] Result<BoundedRows> rows_of_object(Snapshot& snapshot, const RowObject& object);

struct NamingObservations {
  std::vector<std::int64_t> ids;  ///< ascending
  bool is_full = false;           ///< there may be more
};

/// Observations with a row that names the entity, at most `max`. For each of them up to `rows_of_a_mention` sorted rows of
/// either end are looked at, in all at most `rows_of_entity_max`.
[[nodiscard]] Result<NamingObservations> observations_naming(Snapshot& snapshot, std::int64_t entity, std::int64_t max);

struct SpelledText {
  std::string text;
  std::int64_t observation = 0;
};

struct SpelledTexts {
  std::vector<SpelledText> texts;
  std::int64_t observations = 0;  ///< that were asked; `mentions_max` where there may be more
  bool has_rows = false;          ///< some of the texts stand in rows of their own
};

/// What is asked of spelled_texts(): all texts, or, where there are `mentions_max` observations, no more of them than decide
/// which text is the most common.
enum class SpellingsWanted : std::uint8_t { all, most_common };

/// How an entity is spelled, and by whom: in the rows of the first `mentions_max` observations that name it, and in its
/// own rows, of which at most `rows_of_predicate_max` of each spelling and the first `spellings_max` spellings.
/// @errors  corrupt: a row's spellings can't be read.
[[nodiscard]] Result<SpelledTexts> spelled_texts(Snapshot& snapshot, std::int64_t entity, SpellingsWanted wanted);

/// The same of one observation.
/// @param own    the entity's own spelling, read when it is first needed.
/// @param texts  what is found is added to them. @errors  as above.
[[nodiscard]] Result<void> add_texts(Snapshot& snapshot, std::int64_t entity, std::int64_t observation,
                                     std::optional<std::string>& own, std::vector<SpelledText>& texts);

/// As the entity's own row spells it: as whoever named it first. @errors  corrupt: it has none.
[[nodiscard]] Result<std::string> own_spelling(Snapshot& snapshot, std::int64_t entity);

/// Literal objects of a predicate between two encoded texts: the first `rows_of_entity_max` rows of any predicate there.
[[nodiscard]] Result<BoundedRows> rows_of_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from,
                                                std::string_view to);

}  // namespace commonbook::storage
