#include "answer_statements.hpp"

#include "answer_people.hpp"
#include "answer_reasons.hpp"
#include "answer_values.hpp"
#include "question_synonyms.hpp"

#include <algorithm>
#include <map>

namespace commonbook::agents {
namespace {

constexpr double said_coverage_min = 0.3;

/// What may be or was only proposed.
bool is_hedged(const Sentence& sentence) {
  return says_any(sentence, {"if", "would", "could", "might", "perhaps", "maybe", "propose", "suggest", "unless"});
}

/// Share of the question's words that stand in the sentence in the very form: "signed" for "signed".
double same_forms(const QuestionDetails& details, const Sentence& sentence) {
  if (details.content_words.empty()) return 0;
  double found = 0;
  for (const std::string& word : details.content_words)
    for (std::size_t at = 0; at < sentence.size(); ++at)
      if (sentence.word(at) == word) {
        found += 1;
        break;
      }
  return found / static_cast<double>(details.content_words.size());
}

struct Said {
  const Statement* statement = nullptr;
  std::string value;
  double score = 0;
};

double basic_score(const QuestionDetails& details, const Statement& statement) {
  double score = 0.5 * statement.own + statement.coverage + 0.2 * same_forms(details, statement.sentence) +
                 0.5 / (1.0 + static_cast<double>(statement.rank));
  if (speaks_of_another(details, statement)) score -= 0.5;
  if (is_hedged(statement.sentence)) score -= 0.25;
  return score;
}

/// Of values in the present tense the last one of a thread holds.
void favour_latest(const QuestionDetails& details, std::vector<Said>& said) {
  if (details.past) return;
  std::map<std::int64_t, std::int64_t> latest;
  for (const Said& each : said) {
    std::int64_t& time = latest[each.statement->thread];
    time = std::max(time, each.statement->time_ms);
  }
  const double in_force = details.wants_current ? 0.3 : 0.15;
  for (Said& each : said)
    if (each.statement->thread != 0 && each.statement->time_ms == latest[each.statement->thread])
      each.score += in_force;
}

const Said* best_of(const std::vector<Said>& said) {
  const auto best = std::max_element(said.begin(), said.end(),
                                     [](const Said& left, const Said& right) { return left.score < right.score; });
  return best == said.end() ? nullptr : &*best;
}

StatementAnswer answer_of(const Said& said, const TimeZone& home) {
  StatementAnswer answer;
  const std::string quotation = quoted(*said.statement, home, said.value);
  answer.value = said.value;
  // "3.3 V. (Ann Lee, 2026-03-04)" says its value first by itself.
  answer.line = quotation.starts_with(said.value) ? quotation : said.value + ": " + quotation;
  answer.citations = {said.statement->citation};
  answer.time_ms = said.statement->time_ms;
  return answer;
}

/// Every firmware is a firmware: a sentence must say something else of the question too, where it holds more.
bool says_more_than(const std::vector<std::string>& nouns, const QuestionDetails& details, const Statement& statement) {
  std::set<std::string> words = stems_of(statement.text);
  words.merge(stems_of(statement.citation.title));
  words.insert(statement.author.words.begin(), statement.author.words.end());
  bool has_others = false;
  for (const std::string& word : details.content_words) {
    if (nouns.empty() || std::find(nouns.begin(), nouns.end(), stem(word)) != nouns.end()) continue;
    has_others = true;
    if (match_of(stem(word), words) > 0) return true;
  }
  return !has_others;
}

StatementAnswer best_value(const QuestionDetails& details, const StatementMaterial& material) {
  std::vector<Said> said;
  const std::vector<Statement>& statements = material.statements;
  const std::vector<std::string> nouns = asked_nouns(details);
  for (std::size_t at = 0; at < statements.size(); ++at) {
    const Statement& statement = statements[at];
    if (statement.sentence.is_question || statement.coverage < said_coverage_min) continue;
    const auto value = value_in(details, statement);
    if (!value) continue;
    Said each{&statement, value->text, basic_score(details, statement) + 0.6 * value->score};
    if (!says_more_than(nouns, details, statement)) each.score -= 0.5;
    // A reply begins with the value alone: "3.3 V." What is followed by "Which is it?" leaves it open.
    if (value->token_begin == 0) each.score += 0.3;
    const bool is_asked_about = at + 1 < statements.size() && statements[at + 1].document == statement.document &&
                                statements[at + 1].sentence.is_question;
    if (is_asked_about && statements[at + 1].sentence.word(0) == "which") continue;
    if (is_asked_about) each.score -= 0.3;
    if (const auto both = number_and_sum(details, statement)) {
      each.value = *both;
      each.score += 0.3;
    }
    said.push_back(std::move(each));
  }
  favour_latest(details, said);
  const Said* best = best_of(said);
  return best == nullptr ? StatementAnswer{} : answer_of(*best, material.home);
}

StatementAnswer best_person(const QuestionDetails& details, const StatementMaterial& material) {
  std::vector<Said> said;
  for (const Statement& statement : material.statements) {
    if (statement.sentence.is_question || statement.coverage < said_coverage_min) continue;
    if (const auto person = person_in(details, statement, material.everybody))
      said.push_back({&statement, person->name, basic_score(details, statement) + 0.6 * person->score});
  }
  const Said* best = best_of(said);
  return best == nullptr ? StatementAnswer{} : answer_of(*best, material.home);
}

}  // namespace

std::string quoted(const Statement& statement, const TimeZone& home, const std::string& known, std::size_t bytes_max) {
  std::string text = statement.text;
  if (text.size() > bytes_max) {
    std::size_t length = bytes_max;
    while (length > 0 && text[length] != ' ') --length;
    text = text.substr(0, length) + " ...";
  }
  if (statement.citation.kind != DocumentKind::message) {
    std::string source = statement.author.name == known ? "" : statement.author.name;
    if (!statement.citation.title.empty()) source += (source.empty() ? "" : ", ") + statement.citation.title;
    return source.empty() ? text : text + " (" + source + ")";
  }
  const std::string date = format_date(home.to_local(statement.citation.time).date);
  return text + " (" +
         (statement.author.name.empty() || statement.author.name == known ? date
                                                                          : statement.author.name + ", " + date) +
         ")";
}

StatementAnswer quoted_turn(const Excerpt& excerpt, const StatementMaterial& material) {
  constexpr double shared_min = 0.2;
  constexpr std::size_t whole_turn_bytes_max = 200;
  const Statement* best = nullptr;
  std::string whole;
  for (const Statement& statement : material.statements) {
    if (statement.turn != excerpt.begin || statement.citation.document_id != excerpt.citation.document_id) continue;
    whole += (whole.empty() ? "" : " ") + statement.text;
    if (best == nullptr || statement.own > best->own) best = &statement;
  }
  if (best == nullptr || best->coverage < shared_min) return {};
  Statement said = *best;
  if (whole.size() <= whole_turn_bytes_max) said.text = whole;
  return {quoted(said, material.home, {}, whole_turn_bytes_max), {}, {best->citation}, best->time_ms};
}

bool speaks_of_another(const QuestionDetails& details, const Statement& statement) {
  const std::vector<Token>& words = statement.sentence.tokens;
  for (std::size_t at = 0; at + 1 < details.tokens.size(); ++at) {
    if (!details.tokens[at].capital || !is_number(details.tokens[at + 1].text)) continue;
    bool same = false;
    bool other = false;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      if (words[i].text != details.tokens[at].text || !is_number(words[i + 1].text)) continue;
      (words[i + 1].text == details.tokens[at + 1].text ? same : other) = true;
    }
    if (other && !same) return true;
  }
  return false;
}

StatementAnswer answer_from_statements(const QuestionDetails& details, const StatementMaterial& material) {
  if (details.asked == Asked::who) return best_person(details, material);
  if (details.asked == Asked::why) return best_reason(details, material);
  if (asks_for_value(details)) return best_value(details, material);
  return {};
}

}  // namespace commonbook::agents
