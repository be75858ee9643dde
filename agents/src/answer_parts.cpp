#include "answer_parts.hpp"

#include "question_synonyms.hpp"

#include <algorithm>

namespace commonbook::agents {

std::optional<QuestionParts> parts_of(const Question& question, const QuestionDetails& details) {
  const std::vector<Token>& tokens = details.tokens;
  for (std::size_t at = 2; at + 1 < tokens.size(); ++at) {
    if (tokens[at].text != "and") continue;
    const std::string_view gap =
        std::string_view{question.text}.substr(tokens[at - 1].end, tokens[at].begin - tokens[at - 1].end);
    if (gap.find(',') == std::string_view::npos) continue;
    if (!is_among(tokens[at + 1].text, {"who", "what", "why", "which", "did", "does", "do", "is", "was", "were", "are",
                                        "has", "have", "will", "can"}))
      continue;
    Question first = question;
    first.text = question.text.substr(0, tokens[at - 1].end);
    Question second = question;
    second.text = question.text.substr(tokens[at + 1].begin);
    return QuestionParts{details_of(first), details_of(second)};
  }
  return std::nullopt;
}

StatementAnswer answer_second(const QuestionDetails& second, const StatementAnswer& first,
                              const StatementMaterial& material) {
  const bool later = std::any_of(second.tokens.begin(), second.tokens.end(), [](const Token& token) {
    return is_among(token.text, {"later", "afterwards", "then", "since"});
  });
  const std::set<std::string> named = stems_of(first.value);
  const Statement* best = nullptr;
  double best_share = 0;
  for (const Statement& statement : material.statements) {
    if (statement.sentence.is_question || statement.of_event || (later && statement.time_ms <= first.time_ms)) continue;
    const std::set<std::string> words = stems_of(statement.text);
    if (!std::includes(words.begin(), words.end(), named.begin(), named.end())) continue;
    double share = 0;
    for (const std::string& word : second.content_words)
      if (!is_among(word, {"later", "afterwards"})) share += match_of(stem(word), words);
    if (share <= best_share) continue;
    best_share = share;
    best = &statement;
  }
  if (best == nullptr) return {};
  StatementAnswer answer;
  answer.line = quoted(*best, material.home);
  if (first.line.find(best->text) != std::string::npos) return {};
  answer.citations = {best->citation};
  answer.time_ms = best->time_ms;
  return answer;
}

}  // namespace commonbook::agents
