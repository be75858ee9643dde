// Which spelling of an entity is the most common, known as soon as no other can be: most entities are spelled alike by most
// who name them, so that half of those who count need not be read.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// Counts texts that its owner keeps, in the order in which they come.
class SpellingTally {
 public:
  /// Counts the texts from the last call's `count` up to this one's.
  /// @param text_of  gives a pointer to the text at a place, the same text each time; null where it does not count.
  template <class TextOf>
  void add_up_to(std::size_t count, TextOf text_of) {
    for (; counted_ < count; ++counted_) {
      const std::string* text = text_of(counted_);
      if (text == nullptr) continue;
      auto known = counts_.begin();
      while (known != counts_.end() && *text_of(known->first) != *text) ++known;
      if (known == counts_.end()) known = counts_.insert(known, {counted_, 0});
      ++known->second;
    }
  }

  /// True where one text stays the most common though `left` more sources follow, each of which may say any text once.
  [[nodiscard]] bool is_decided(std::int64_t left) const noexcept {
    std::int64_t most = 0;
    std::int64_t next = 0;
    for (const auto& [first, count] : counts_) {
      if (count > most) next = std::exchange(most, count);
      else if (count > next) next = count;
    }
    return most > next + left;
  }

 private:
  std::vector<std::pair<std::size_t, std::int64_t>> counts_;  // of each text, by the place of its first
  std::size_t counted_ = 0;
};

}  // namespace commonbook::storage
