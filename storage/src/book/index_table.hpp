// A hash table of places in a vector that its owner keeps: no copy of a key, no allocation for an entry. Made for as many
// entries as there can be, for the short lists of one observation.
#pragma once
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace commonbook::storage {

class IndexTable {
 public:
  /// @param entries_max  more are never added.
  explicit IndexTable(std::size_t entries_max) : slots_(std::bit_ceil(2 * entries_max + 1)) {}

  /// The place for which `equals(place)` is true, or `fresh`, which then belongs to the key.
  /// @returns  the place, and true where it is `fresh`.
  template <class Equals>
  std::pair<std::size_t, bool> find_or_add(std::size_t hash, std::size_t fresh, Equals equals) {
    for (std::size_t at = hash;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.place == 0) {
        slot = {hash, fresh + 1};
        return {fresh, true};
      }
      if (slot.hash == hash && equals(slot.place - 1)) return {slot.place - 1, false};
    }
  }

 private:
  struct Slot {
    std::size_t hash = 0;
    std::size_t place = 0;  // 1 + the index; 0: free
  };
  std::vector<Slot> slots_;
};

}  // namespace commonbook::storage
