// Finds the passages that support an answer inside the documents at hand. Each way of looking gives a ranking, and the
// rankings are fused by reciprocal rank: the words of a passage and of what stands beside it, its document's own rank,
// words learnt from the best passages, what facts say, the asked days, and likeness of embeddings.
#pragma once
#include "fact_index.hpp"
#include "question_details.hpp"

#include <optional>
#include <vector>

namespace commonbook::agents {

inline constexpr std::size_t excerpts_max = 50;

struct ExcerptRequest {
  const QuestionDetails& details;
  const RetrievalParts& parts;
  const TimeZone& home;            ///< in which days are counted
  std::optional<DayRange> days;    ///< the asked days, where their year is known
  const EmbedText& embed;          ///< may be empty
};

/// @returns  best first, at most `excerpts_max`; passages that no ranking knows are left out. Thread: any.
[[nodiscard]] std::vector<Excerpt> find_excerpts(const ExcerptRequest& request, const Answer& answer,
                                                 const FactIndex& facts);

}  // namespace commonbook::agents
