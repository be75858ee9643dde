// Words and names that nobody wrote, read as the nearest that somebody did. The work is bounded by the length of the
// word, not by the book: every text one slip away is looked up, and of those that begin alike so many are compared.
#pragma once
#include "book/triple_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::storage {

inline constexpr std::size_t corrected_bytes_min = 5;  ///< shorter words have too many neighbours
inline constexpr std::size_t similar_words_max = 2;

/// Words of the search index that are most like `word`, the nearest first, at most `similar_words_max`; empty where none
/// is near, for short words and for numbers. Remembered until a document is added.
/// @param word  one word that no document holds. @errors timeout, io, corrupt.
[[nodiscard]] Result<std::vector<std::string>> similar_words(Snapshot& snapshot, std::string_view word);

/// The name that is most like `name`, in normal form; empty where none is near. @param name in normal form, no entity's.
[[nodiscard]] Result<std::string> similar_name(Snapshot& snapshot, std::string_view name);

/// True where one of the words of `text` stands in no document.
[[nodiscard]] Result<bool> holds_unknown_word(Snapshot& snapshot, std::string_view text);

}  // namespace commonbook::storage
