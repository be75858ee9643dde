// The one-line answers that sentences of documents give: the value, the person or the reason first, then who says so.
#pragma once
#include "question_statements.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

struct StatementAnswer {
  std::string line;   ///< empty: no sentence answers
  std::string value;  ///< what the line says is asked for; empty: the line is a quotation alone
  std::vector<Citation> citations;
  std::int64_t time_ms = 0;  ///< of the document quoted
};

struct StatementMaterial {
  const std::vector<Statement>& statements;
  const std::vector<Person>& everybody;
  const TimeZone& home;  ///< in which the days of messages are shown
};

/// "3,940 EUR: We order 200 at 3,940 EUR. (Ann Lee, 2026-03-04)" for sums, numbers, "which" and "what is the";
/// "Ann Lee: I will sign. (2026-03-04)" for who; the reason for why. Thread: any.
[[nodiscard]] StatementAnswer answer_from_statements(const QuestionDetails& details, const StatementMaterial& material);

/// The sentence with who says so: "They are here. (Ann Lee, 2026-03-04)".
/// @param known      a name that the line has said already.
/// @param bytes_max  a longer sentence is cut at a word.
[[nodiscard]] std::string quoted(const Statement& statement, const TimeZone& home, const std::string& known = {},
                                 std::size_t bytes_max = 160);

/// What is said in the turn of a dialogue that the excerpt is, as far as it is short; empty where the excerpt is no
/// turn or shares little with the question. Thread: any.
[[nodiscard]] StatementAnswer quoted_turn(const Excerpt& excerpt, const StatementMaterial& material);

/// True where the sentence speaks of another one of a kind that the question names by its number: "Phase 1" for "Phase
/// 2".
[[nodiscard]] bool speaks_of_another(const QuestionDetails& details, const Statement& statement);

}  // namespace commonbook::agents
