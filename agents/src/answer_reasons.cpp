#include "answer_reasons.hpp"

#include <algorithm>
#include <map>

namespace commonbook::agents {
namespace {

constexpr double reason_coverage_min = 0.2;
constexpr double cause_min = 0.3;
constexpr double restating = 0.6;  // from which share on a sentence says again what is to be explained

/// "Could we meet on Tuesday instead?", "Can somebody else go?": what is asked for stands beside its reason.
bool requests_change(const Statement& statement) {
  return statement.sentence.is_question &&
         says_any(statement.sentence,
                  {"could", "can", "would", "possible", "anything", "else", "instead", "another", "may"});
}

/// 0 to 1: how plainly the sentence gives a reason.
double cause_of(const std::vector<Statement>& statements, std::size_t at) {
  const Sentence& sentence = statements[at].sentence;
  if (says_any(sentence, {"because", "reason", "therefore"})) return 1;
  const auto has_run = [&](std::string_view first, std::string_view second) {
    for (std::size_t i = 0; i + 1 < sentence.size(); ++i)
      if (sentence.word(i) == first && sentence.word(i + 1) == second) return true;
    return false;
  };
  if (has_run("due", "to") || has_run("so", "that") || has_run("owing", "to") || has_run("thanks", "to")) return 1;
  const auto same_document = [&](std::size_t other) { return statements[other].document == statements[at].document; };
  // Greetings and signatures give no reasons.
  constexpr std::size_t words_min = 3;
  if (sentence.size() < words_min) return 0;
  if (at + 1 < statements.size() && same_document(at + 1) && requests_change(statements[at + 1])) return 0.9;
  if (at > 0 && same_document(at - 1) && requests_change(statements[at - 1])) return 0.7;
  if (has_run("wish", "of") || has_run("request", "of")) return 0.5;  // who, rather than why
  if (says_any(sentence, {"sorry", "unfortunately", "instead", "late", "ill", "sick", "away", "broke", "broken",
                          "cracked", "failed", "cannot", "must"}))
    return 0.6;
  return says_any(sentence, {"not", "no", "can", "would", "have", "out", "so", "since"}) ? 0.35 : 0;
}

struct Reason {
  const Statement* statement = nullptr;
  double score = 0;
};

}  // namespace

StatementAnswer best_reason(const QuestionDetails& details, const StatementMaterial& material) {
  const std::vector<Statement>& statements = material.statements;
  // What is to be explained: the sentence closest to the question. Its thread, before it, gives reasons more often.
  const auto effect =
      std::max_element(statements.begin(), statements.end(), [](const Statement& left, const Statement& right) {
        return left.own - 0.05 * static_cast<double>(left.rank) < right.own - 0.05 * static_cast<double>(right.rank);
      });
  std::map<std::size_t, double> closest;  // sentence of a document, how close it is to the question
  for (const Statement& statement : statements) {
    double& best = closest[statement.document];
    best = std::max(best, statement.coverage);
  }
  std::vector<Reason> reasons;
  for (std::size_t at = 0; at < statements.size(); ++at) {
    const Statement& statement = statements[at];
    if (statement.sentence.is_question || closest[statement.document] < reason_coverage_min) continue;
    const double cause = cause_of(statements, at);
    if (cause < cause_min) continue;
    // "I must move the test. The parts come late.": what is explained stands beside.
    const double matter = std::max(statement.coverage, 0.9 * closest[statement.document]);
    constexpr double event_share = 0.25;
    double score = 0.3 * statement.own + 0.8 * matter + 0.9 * cause +
                   (statement.of_event ? event_share : 0.5 / (1.0 + static_cast<double>(statement.rank)));
    if (speaks_of_another(details, statement)) score -= 0.5;
    if (effect->thread != 0 && statement.thread == effect->thread && statement.document != effect->document &&
        statement.time_ms <= effect->time_ms)
      score += 0.2;
    // "Why can't Ann come?": she says so herself.
    const bool by_whom_is_asked =
        std::any_of(details.mentions.begin(), details.mentions.end(), [&](const std::string& mention) {
          const std::set<std::string> words = stems_of(mention);
          return !words.empty() && std::includes(statement.author.words.begin(), statement.author.words.end(),
                                                 words.begin(), words.end());
        });
    if (by_whom_is_asked) score += 0.3;
    if (statement.own > restating && cause < 0.7) score -= 0.6;
    reasons.push_back({&statement, score});
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& left, const Reason& right) { return left.score > right.score; });
  StatementAnswer answer;
  if (reasons.empty()) return answer;
  answer.line = quoted(*reasons.front().statement, material.home);
  answer.citations = {reasons.front().statement->citation};
  answer.time_ms = reasons.front().statement->time_ms;
  constexpr double nearly = 0.9;
  for (const Reason& other : reasons) {
    if (other.statement->document == reasons.front().statement->document || other.statement->own > restating) continue;
    if (other.score >= nearly * reasons.front().score) {
      answer.line += "; " + quoted(*other.statement, material.home);
      answer.citations.push_back(other.statement->citation);
    }
    break;
  }
  return answer;
}

}  // namespace commonbook::agents
