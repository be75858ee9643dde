// Reads what stands about one entity in bounded work. An entity that very many observations name has more rows than a
// question may read: of each predicate only so many are read then, so that no predicate crowds out the others.
#pragma once
#include "book/triple_reader.hpp"

#include <cstdint>
#include <vector>

namespace commonbook::storage {

/// Rows of one entity, spelling rows left out.
struct BoundedRows {
  std::vector<TailRow> rows;
  bool is_cut = false;  ///< more stand in the book
};

inline constexpr std::int64_t rows_of_entity_max = 4'096;   ///< up to so many, all are read
inline constexpr std::int64_t rows_of_predicate_max = 512;  ///< of each predicate, where there are more
inline constexpr std::int64_t predicates_max = 256;
inline constexpr std::int64_t spellings_max = 64;
inline constexpr std::int64_t mentions_max = 32;            ///< so many observations say how an entity is spelled

/// Rows with this subject / this object. Who may speak of an entity is decided by all rows of the predicates in
/// `uncut`, so these are read whole.
/// @errors  timeout, io, corrupt. @thread the snapshot's connection's.
[[nodiscard]] Result<BoundedRows> rows_of_subject(Snapshot& snapshot, std::int64_t subject,
                                                  const std::vector<std::int64_t>& uncut);
[[nodiscard]] Result<BoundedRows> rows_of_object(Snapshot& snapshot, const RowObject& object);

/// Observations with a row that names the entity, in ascending order, at most `max`.
[[nodiscard]] Result<std::vector<std::int64_t>> observations_naming(Snapshot& snapshot, std::int64_t entity,
                                                                    std::int64_t max);

struct SpelledText {
  std::string text;
  std::int64_t observation = 0;
};

/// How an entity is spelled, and by whom: in the rows of the first `mentions_max` observations that name it, and in its
/// own rows, of which at most `rows_of_predicate_max` of each spelling and the first `spellings_max` spellings.
/// @errors  corrupt: a row's spellings can't be read.
[[nodiscard]] Result<std::vector<SpelledText>> spelled_texts(Snapshot& snapshot, std::int64_t entity);

/// Literal objects of a predicate between two encoded texts: the first `rows_of_entity_max` rows of any predicate there.
[[nodiscard]] Result<BoundedRows> rows_of_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from,
                                                std::string_view to);

}  // namespace commonbook::storage
