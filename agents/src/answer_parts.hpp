// Questions that ask two things: "Which sample failed, and did it pass later?"
#pragma once
#include "answer_statements.hpp"

#include <optional>

namespace commonbook::agents {

struct QuestionParts {
  QuestionDetails first;
  QuestionDetails second;
};

/// The question cut at ", and" where what follows asks something of its own; nullopt where it asks one thing. Thread:
/// any.
[[nodiscard]] std::optional<QuestionParts> parts_of(const Question& question, const QuestionDetails& details);

/// The sentence that answers the second part, about what the first part's answer named, later than it where the
/// question says so; an empty line where none does, or where the first line says it already. Thread: any.
[[nodiscard]] StatementAnswer answer_second(const QuestionDetails& second, const StatementAnswer& first,
                                            const StatementMaterial& material);

}  // namespace commonbook::agents
