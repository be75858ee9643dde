// Cuts a document's text into passages: the turns of a dialogue, or paragraphs of a readable length. What stands beside a
// passage is its neighbour, so that an answer can show its context.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A piece of a text; points into it.
struct CutPassage {
  std::string_view text;
  std::string_view speaker;  ///< who says it, of a dialogue's turn; else empty
  std::size_t begin = 0;     ///< byte offset in the text
  std::size_t end = 0;
};

/// A text most of whose lines begin with a name and a colon ("Ann: Hello.") is a dialogue: one passage a turn; lines
/// without a name go on with the turn before them. Anything else is cut at empty lines; short paragraphs are joined up
/// to `passage_bytes`, long ones cut at the ends of sentences. Blank passages are left out.
/// @param bytes_max  what stands beyond it is not cut.
/// @returns  in the order of the text, without overlap. Thread: any.
[[nodiscard]] std::vector<CutPassage> cut_passages(std::string_view text, std::size_t bytes_max);

inline constexpr std::size_t passage_bytes = 500;

}  // namespace commonbook::agents
