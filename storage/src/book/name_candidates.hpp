// The names of a book that a name may be alike to, found through the table name_block: a few seeks a key, whatever the size
// of the book.
#pragma once
#include "book/name_blocks.hpp"
#include "engine/connection.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace commonbook::storage {

/// A block with more entities says nothing about any two of them; it is passed over, so that no name costs more than its
/// keys times this.
inline constexpr std::int64_t block_entities_max = 32;

struct CandidateNames {
  std::vector<BlockedName> names;   ///< all names of the candidates, by entity
  std::int64_t rows_read = 0;       ///< of name_block and alias, those of blocks that were passed over included
};

/// The names that were filed under one of the blocks.
/// @param except  the entity whose own names these are; 0: none.
/// @errors  busy, io, corrupt. @thread the connection's.
Result<CandidateNames> find_candidates(Connection& connection, std::span<const std::uint64_t> blocks,
                                       std::int64_t except);

/// Files an entity under a block, in the caller's transaction. Filing twice changes nothing.
Result<void> file_name(Connection& connection, std::int64_t block, std::int64_t entity);

}  // namespace commonbook::storage
