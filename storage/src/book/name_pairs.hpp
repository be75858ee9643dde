// Two names that met under a block: are they alike enough to be suggested, or to be merged silently?
#pragma once
#include "book/book_shared.hpp"
#include "book/name_blocks.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::storage {

struct FoundPair {
  double score = 0;
  std::string reason;
  bool merges = false;  // silently
};
/// By the entities, the lesser first.
using FoundPairs = std::map<std::pair<std::int64_t, std::int64_t>, FoundPair>;

/// A name that is being compared, with what is derived from it.
struct NewName {
  BlockedName name;
  NameProfile profile;
  std::vector<std::uint64_t> blocks;
};

/// Adds the pair where the options' threshold is reached. Its score does not depend on which name came first.
/// @errors  those of the embedder. @thread any.
Result<void> compare_pair(const detail::BookShared& book, const BlockedName& older, const NewName& newer,
                          FoundPairs& found);

}  // namespace commonbook::storage
