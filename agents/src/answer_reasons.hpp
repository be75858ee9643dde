// Why, where a sentence says it: "because ...", an excuse before a request, what somebody can't do.
#pragma once
#include "answer_statements.hpp"

namespace commonbook::agents {

/// The sentence that most likely gives the reason for what the question names; a second one of another document where
/// it is nearly as likely. @returns an empty line where no sentence gives a reason. Thread: any.
[[nodiscard]] StatementAnswer best_reason(const QuestionDetails& details, const StatementMaterial& material);

}  // namespace commonbook::agents
