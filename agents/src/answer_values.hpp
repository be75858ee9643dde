// The value that a question asks for, where a sentence says it: a sum, a number, a measure, a reference, what a noun is
// called by.
#pragma once
#include "question_statements.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// A value as the sentence writes it.
struct SaidValue {
  std::string text;
  double score = 0;             ///< 0 to 1: how well it fits in its sentence
  std::size_t token_begin = 0;  ///< in the sentence
};

/// Does the question ask for a value that sentences state: "how much", "how many", "which NOUN", "what is the NOUN"?
[[nodiscard]] bool asks_for_value(const QuestionDetails& details);

/// Stems of the nouns that the question wants told: of "which drift limit is", "what is the tracking number of".
[[nodiscard]] std::vector<std::string> asked_nouns(const QuestionDetails& details);

/// The best value in the sentence, or in the title above it that says what the sentence is about; nullopt where none is
/// of the asked kind.
[[nodiscard]] std::optional<SaidValue> value_in(const QuestionDetails& details, const Statement& statement);

/// For "how many ..., and for how much": "150 units for 13,350 EUR (89 EUR each)" from "150 units at 89 EUR each".
[[nodiscard]] std::optional<std::string> number_and_sum(const QuestionDetails& details, const Statement& statement);

/// Words between the sentence's token and the nearest word of the question, in its clause; nullopt: no such word.
[[nodiscard]] std::optional<std::size_t> distance_to_matter(const QuestionDetails& details, const Sentence& sentence,
                                                            std::size_t token_begin, std::size_t token_end);

}  // namespace commonbook::agents
