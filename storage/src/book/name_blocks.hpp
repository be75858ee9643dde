// Which names are worth comparing: an index in memory from pieces of names to the names that hold them.
//
// Whether two names meet depends on these two names alone, never on the others or on which came first: a name is
// filed under the least hashes of its three-letter pieces, as many as any name that shares half of its pieces must
// meet at. Names whose numbers differ ("room 12", "room 13") never meet: a number tells things apart.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace commonbook::storage {

/// A key of scheme `name`, in normal form, and whose it is.
struct BlockedName {
  std::int64_t entity = 0;
  std::string space;
  std::string value;
};

class NameBlocks {
 public:
  static constexpr std::size_t keys_max = 32;  // of one name, so that a long one costs no more than a page

  /// Costs about 200 bytes a name. Thread: one at a time, as all of this class.
  void add(BlockedName name);
  /// Names of entities below `entity` that share a block with the name, each once, in the order of add().
  [[nodiscard]] std::vector<const BlockedName*> meet(const BlockedName& name) const;
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

 private:
  std::vector<BlockedName> names_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> blocks_;  // places in names_
};

/// The blocks of a name, sorted. Thread: any.
[[nodiscard]] std::vector<std::uint64_t> blocks_of(const BlockedName& name);

}  // namespace commonbook::storage
