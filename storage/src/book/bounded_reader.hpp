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

/// Rows with this subject / this object. Who may speak of an entity is decided by all rows of the predicates in
/// `uncut`, so these are read whole.
/// @errors  timeout, io, corrupt. @thread the snapshot's connection's.
[[nodiscard]] Result<BoundedRows> rows_of_subject(Snapshot& snapshot, std::int64_t subject,
                                                  const std::vector<std::int64_t>& uncut);
[[nodiscard]] Result<BoundedRows> rows_of_object(Snapshot& snapshot, const RowObject& object);

/// How an entity is spelled: of each spelling at most `rows_of_predicate_max` rows, of the first `spellings_max` ones.
[[nodiscard]] Result<std::vector<TailRow>> spelling_rows(Snapshot& snapshot, std::int64_t subject);

/// Literal objects of a predicate between two encoded texts: the first `rows_of_entity_max` rows of any predicate there.
[[nodiscard]] Result<BoundedRows> rows_of_range(Snapshot& snapshot, std::int64_t predicate, std::string_view from,
                                                std::string_view to);

}  // namespace commonbook::storage
