#include "answer_order.hpp"

#include "question_synonyms.hpp"

#include <algorithm>
#include <optional>

namespace commonbook::agents {
namespace {

constexpr std::size_t passages_max = 8;

/// The question cut at "before" or "after".
struct TwoHappenings {
  QuestionDetails first;
  QuestionDetails second;
  bool before = true;
  std::string verb;  ///< folded, of the first
};

/// What is done: a plain word before a name, an article, a preposition or the end, and not behind an article itself:
/// "reach" of "the pilot units reach Boston".
std::string verb_of(const std::vector<Token>& tokens) {
  const auto opens_phrase = [&](std::size_t at) {
    return at == tokens.size() || tokens[at].capital ||
           is_among(tokens[at].text,
                    {"the", "a", "an", "in", "at", "on", "to", "by", "for", "with", "from", "it", "them"});
  };
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const bool after_article =
        at > 0 && is_among(tokens[at - 1].text, {"the", "a", "an", "of", "our", "my", "their", "his", "her"});
    if (!is_stop_word(tokens[at].text) && !tokens[at].capital && !after_article && opens_phrase(at + 1))
      return tokens[at].text;
  }
  return {};
}

std::optional<TwoHappenings> two_happenings(const Question& question, const QuestionDetails& details) {
  const std::vector<Token>& tokens = details.tokens;
  for (std::size_t at = 2; at + 1 < tokens.size(); ++at) {
    if (!is_among(tokens[at].text, {"before", "after"})) continue;
    TwoHappenings parts;
    parts.before = tokens[at].text == "before";
    const auto part = [&](std::size_t begin, std::size_t end) {
      Question sub = question;
      sub.text = question.text.substr(begin, end - begin);
      return details_of(sub);
    };
    parts.first = part(tokens[1].begin, tokens[at].begin);
    parts.second = part(tokens[at + 1].begin, question.text.size());
    parts.verb = verb_of(parts.first.tokens);
    // "Is the bill paid before it is due": what "it" is stands in the first part.
    const bool refers_back =
        std::any_of(parts.second.tokens.begin(), parts.second.tokens.end(), [](const Token& token) {
          return is_among(token.text, {"it", "they", "he", "she"});
        });
    if (refers_back)
      for (const std::string& word : parts.first.content_words)
        if (word != parts.verb) parts.second.content_words.push_back(word);
    return parts;
  }
  return std::nullopt;
}

bool happened(const Sentence& sentence) {
  return !sentence.is_question && !says_any(sentence, {"will", "shall", "would", "could", "must", "if", "please", "not",
                                                       "never", "no", "cannot", "should", "may", "might"});
}

/// When what the sentence says happened: the day it names, else when it was written.
Timestamp time_of(const Statement& statement, const TimeZone& home) {
  const CivilDate written = home.to_local(statement.citation.time).date;
  for (const DatePhrase& phrase : find_dates(statement.sentence.tokens, written, true)) {
    const std::vector<int> years = candidate_years(phrase, written);
    const auto days = years.empty() ? std::nullopt : days_of(phrase, years.front());
    if (days && days->first != written) return home.to_utc({days->first, 0, 0, 0});
  }
  return statement.citation.time;
}

/// An event of the question, and the instance of it that takes place.
std::optional<std::pair<EventMatch, EventInstance>> live_event(const std::vector<EventMatch>& matches) {
  constexpr double about_it = 0.5;
  if (matches.empty() || matches.front().coverage < about_it) return std::nullopt;
  for (const EventInstance& instance : matches.front().asked)
    if (!instance.cancelled) return std::pair{matches.front(), instance};
  return std::nullopt;
}

/// "Is the visit before the fair?": the calendar has both.
StatementAnswer order_of_events(const OrderRequest& request, const TwoHappenings& parts, const EventMatch& named) {
  const auto first = live_event({named});
  const auto second = live_event(request.find_events(parts.second));
  if (!first || !second || first->first.event == second->first.event) return {};
  const bool earlier = instant(first->second.start) < instant(second->second.start);
  StatementAnswer answer;
  answer.value = earlier == parts.before ? "yes" : "no";
  answer.line = answer.value + ':';
  for (const auto* each : {&*first, &*second}) {
    answer.line += (each == &*first ? " " : "; ") + each->first.event->main.title + " is on " +
                   when_text(each->second, request.display, false);
    for (const Citation& citation : each->first.event->main.citations) answer.citations.push_back(citation);
  }
  return answer;
}

}  // namespace

StatementAnswer answer_by_order(const OrderRequest& request, const StatementMaterial& material) {
  const auto parts = two_happenings(request.question, request.details);
  if (!parts || parts->verb.empty()) return {};
  constexpr double is_event = 0.8;
  const std::vector<EventMatch> named = request.find_events(parts->first);
  if (!named.empty() && named.front().coverage >= is_event) return order_of_events(request, *parts, named.front());
  const std::vector<QueryWord> query = query_words(parts->first, request.weights);
  const std::string verb = stem(parts->verb);
  constexpr double said_min = 0.35;
  const Statement* first = nullptr;
  double best = said_min;
  for (const Statement& statement : material.statements) {
    if (statement.of_event || !happened(statement.sentence)) continue;
    const std::set<std::string> words = stems_of(statement.text);
    if (match_of(verb, words) == 0) continue;
    // Something else may have arrived: what it was must be named too.
    const bool names_it =
        std::any_of(parts->first.content_words.begin(), parts->first.content_words.end(),
                    [&](const std::string& word) { return stem(word) != verb && match_of(stem(word), words) > 0; });
    if (!names_it) continue;
    const double said = coverage_of(query, [&](const std::string& word) { return match_of(word, words); });
    if (said <= best) continue;
    best = said;
    first = &statement;
  }
  if (first == nullptr) return {};
  const auto second = live_event(request.find_events(parts->second));
  if (!second) return {};
  const auto& [match, live] = *second;
  const bool earlier = time_of(*first, material.home) < instant(live.start);
  StatementAnswer answer;
  answer.value = earlier == parts->before ? "yes" : "no";
  answer.line = answer.value + ": " + quoted(*first, material.home) + "; " + match.event->main.title + " is on " +
                when_text(live, request.display, false);
  answer.citations = {first->citation};
  for (const Citation& citation : match.event->main.citations) answer.citations.push_back(citation);
  answer.time_ms = first->time_ms;
  return answer;
}

StatementAnswer quoted_verdict(const QuestionDetails& details, const StatementMaterial& material) {
  constexpr double closest_min = 0.45;
  const Statement* chosen = nullptr;
  double best = 0;
  for (const Statement& statement : material.statements) {
    if (statement.sentence.is_question || statement.rank >= passages_max || speaks_of_another(details, statement))
      continue;
    double score = statement.own + statement.coverage + 0.3 / (1.0 + static_cast<double>(statement.rank));
    if (is_among(statement.sentence.word(0), {"yes", "no"})) {
      std::set<std::string> known = stems_of(statement.citation.title);
      known.merge(stems_of(statement.text));
      const bool about_it =
          std::any_of(details.mentions.begin(), details.mentions.end(), [&](const std::string& mention) {
            const std::set<std::string> words = stems_of(mention);
            return std::includes(known.begin(), known.end(), words.begin(), words.end());
          });
      if (about_it) score += 1.0;
      if (!about_it && statement.coverage < closest_min) continue;
    } else if (statement.coverage < closest_min) {
      continue;
    }
    if (score <= best) continue;
    best = score;
    chosen = &statement;
  }
  if (chosen == nullptr) return {};
  StatementAnswer answer;
  answer.line = quoted(*chosen, material.home);
  answer.citations = {chosen->citation};
  answer.time_ms = chosen->time_ms;
  return answer;
}

}  // namespace commonbook::agents
