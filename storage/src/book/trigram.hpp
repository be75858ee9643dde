// How alike two spellings are by their three-letter pieces, and what a word could have been before one slip of a finger.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// Dice's coefficient of the sets of three-letter pieces, 0 to 1, by code point; two blanks stand before the text and one
/// behind it, so that beginnings count for more. Thread: any.
/// @source  R. Angell, G. Freund, P. Willett, "Automatic Spelling Correction Using a Trigram Similarity Measure", 1983.
[[nodiscard]] double trigram_similarity(std::string_view left, std::string_view right);

/// Every text that one letter more, one less, another one, or two neighbours exchanged make of an ASCII text, each once,
/// sorted; letters are a to z. About 54 for each letter; empty for texts of more than `edited_bytes_max` bytes or with
/// other bytes than ASCII. Thread: any.
/// @source  F. Damerau, "A Technique for Computer Detection and Correction of Spelling Errors", 1964.
[[nodiscard]] std::vector<std::string> one_edit_away(std::string_view text);

inline constexpr std::size_t edited_bytes_max = 32;

}  // namespace commonbook::storage
