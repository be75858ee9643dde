// Sentences of a document with their words, as the rules of extraction read them. Lines that are no prose (code,
// patches, tables of symbols) are left out.
#pragma once
#include "question_words.hpp"

#include "commonbook/agents/extractor.hpp"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace commonbook::agents {

struct Sentence {
  TextPart part = TextPart::text;
  std::size_t begin = 0;      ///< byte offset in the part
  std::string_view text;      ///< as it stands, line breaks included
  std::vector<Token> tokens;  ///< offsets count from `begin`
  bool is_question = false;

  [[nodiscard]] std::size_t size() const noexcept { return tokens.size(); }
  /// The folded word; empty outside.
  [[nodiscard]] std::string_view word(std::size_t at) const noexcept;
  /// What stands between a word and the one before it; the sentence's start before the first, its end behind the last.
  [[nodiscard]] std::string_view gap_before(std::size_t at) const noexcept;
  /// True when nothing but white space stands before the word.
  [[nodiscard]] bool joined(std::size_t at) const noexcept;
  /// True when a clause may begin at the word: at the start, behind punctuation.
  [[nodiscard]] bool begins_clause(std::size_t at) const noexcept;
  [[nodiscard]] bool is_one_of(std::size_t at, std::initializer_list<std::string_view> words) const noexcept;
  /// The words from `from` to before `to` as they stand, on one line.
  [[nodiscard]] std::string raw(std::size_t from, std::size_t to) const;
  /// Where the words stand in the part.
  [[nodiscard]] TextPosition position(std::size_t from, std::size_t to) const;
};

/// A text as a fact carries it: white space and control characters made one space, none at the ends. Thread: any.
[[nodiscard]] std::string on_one_line(std::string_view text);

/// `text` (UTF-8) must outlive the result. At most 256 KiB are read. Thread: any.
[[nodiscard]] std::vector<Sentence> split_sentences(std::string_view text, TextPart part);

}  // namespace commonbook::agents
