// Yes or no by two times: "Did the boxes arrive before the fair?"
#pragma once
#include "answer_statements.hpp"

#include <functional>
#include <vector>

namespace commonbook::agents {

/// Events for a part of the question, best first.
using FindEvents = std::function<std::vector<EventMatch>(const QuestionDetails&)>;

struct OrderRequest {
  const Question& question;
  const QuestionDetails& details;
  const WordWeights& weights;
  const Display& display;
  FindEvents find_events;
};

/// For a yes/no question with "before" or "after" between two events: by the calendar. Between two happenings: the
/// first by a sentence that says it happened, the second by the calendar. An empty line where either is not found, or
/// the sentence denies it. Thread: any.
[[nodiscard]] StatementAnswer answer_by_order(const OrderRequest& request, const StatementMaterial& material);

/// For other yes/no questions: a sentence that begins with yes or no in a document about what the question names, else
/// the sentence closest to the question. Quoted, so that the reader sees to what it was said. Thread: any.
[[nodiscard]] StatementAnswer quoted_verdict(const QuestionDetails& details, const StatementMaterial& material);

}  // namespace commonbook::agents
