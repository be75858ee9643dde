// What readers of a process remember of a book from one question to the next. An answer is a function of its snapshot, so
// each entry says for which snapshots it holds: those of one epoch, since within it rows are added and none changes; of a
// name those in which nobody has named the entity since.
#pragma once
#include "book/generation_cache.hpp"
#include "commonbook/model/key.hpp"

#include <cstdint>
#include <string>

namespace commonbook::storage {

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
};

using KnownNames = GenerationCache<KnownName>;
inline constexpr std::size_t known_names_max = 64 * 1024;  ///< some 200 bytes each

}  // namespace commonbook::storage
