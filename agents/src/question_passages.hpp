// Ranks the documents that the search found by more than its words: who wrote, when, what kind of answer a sentence
// could be, which message of a thread has the last word. The single rankings are fused by reciprocal rank.
#pragma once
#include "fact_index.hpp"
#include "question_details.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

struct RankedPassage {
  const Passage* passage = nullptr;
  double score = 0;
  double coverage = 0;           ///< 0 to 1: share of the question's words that title and text hold
  std::string sentence;          ///< that matches best
  double sentence_coverage = 0;  ///< 0 to 1: the same of this sentence together with the title
  std::string quotation;         ///< that sentence with what stands beside it, as far as it stays short
  std::string author;            ///< name of who sent it; empty for others than messages
};

/// @param weights  over all texts at hand.
/// @param days     the asked days, where the question names some and their year is known.
/// @param excerpts the documents' best pieces, best first.
/// @returns  one for each document, best first. Points into `answer`.
[[nodiscard]] std::vector<RankedPassage> rank_passages(const QuestionDetails& details, const Answer& answer,
                                                       const FactIndex& facts, const WordWeights& weights,
                                                       const std::optional<DayRange>& days,
                                                       const std::vector<Excerpt>& excerpts);

}  // namespace commonbook::agents
