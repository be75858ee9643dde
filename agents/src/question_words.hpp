// Words of questions and documents: folding, tokens, stems, stop words, sentences. One way for both sides, so that
// "Zoë's call" in a question finds "calls of Zoe" in a document.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A run of letters and digits; "2.4.1" and "3,940" are one token, "kick-off" is two.
struct Token {
  std::string text;       ///< folded: lower case, no diacritics
  std::string raw;        ///< as it stands
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;
  bool capital = false;       ///< starts with a capital letter or a digit
  bool after_hyphen = false;  ///< joined to the token before it, as in "kick-off"
};

/// Lower case, diacritics and zero-width characters removed, full-width forms made plain. Thread: any.
[[nodiscard]] std::string fold(std::string_view text);
[[nodiscard]] std::vector<Token> tokenise(std::string_view text);
/// A light English stem of a folded word: "visits", "visited" and "visit" are one.
[[nodiscard]] std::string stem(std::string_view folded);
/// Words that say nothing about the matter of a question: articles, auxiliaries, question words.
[[nodiscard]] bool is_stop_word(std::string_view folded);
[[nodiscard]] bool is_number(std::string_view folded);

/// Stems of all words that are not stop words, each once.
[[nodiscard]] std::set<std::string> stems_of(std::string_view text);

/// Sentences and list items of running text, trimmed, each at most 400 bytes. Line breaks inside a sentence are spaces.
[[nodiscard]] std::vector<std::string> sentences_of(std::string_view text);

/// How much a word tells: the rarer in the texts at hand, the more. Thread: any, once filled.
class WordWeights {
 public:
  void add_text(const std::set<std::string>& stems);
  /// Between about 0.3 (in every text) and ln(texts) + 1 (in none).
  [[nodiscard]] double weight(const std::string& stem) const;

 private:
  std::map<std::string, int> texts_with_;
  int texts_ = 0;
};

}  // namespace commonbook::agents
