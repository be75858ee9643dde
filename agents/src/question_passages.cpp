#include "question_passages.hpp"
#include "question_statements.hpp"
#include "question_synonyms.hpp"
#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

namespace commonbook::agents {
namespace {

constexpr std::size_t quoted_bytes_max = 240;

/// A document as the rankings see it.
struct Candidate {
  const Passage* passage = nullptr;
  std::set<std::string> title;
  std::set<std::string> body;
  std::set<std::string> author;  ///< words of name and address
  std::set<std::string> people;  ///< of everybody named in its facts
  std::string author_name;
  std::int64_t thread = 0;  ///< id of the thread's entity; 0: none
  std::int64_t time_ms = 0;
  double coverage = 0;
  double thread_coverage = 0;
  double sentence_score = 0;
  double sentence_coverage = 0;
  std::string sentence;
  std::string quotation;
  bool answers_kind = false;  ///< some sentence could be an answer of the asked kind
  std::size_t search_rank = 0;
};

void add_words(const EntityView& person, std::set<std::string>& words) {
  words.merge(stems_of(person.spelling));
  words.merge(stems_of(person.key.value));
}

Candidate candidate_of(const Passage& passage, const FactIndex& facts, std::size_t rank) {
  Candidate candidate;
  candidate.passage = &passage;
  candidate.title = stems_of(passage.citation.title);
  candidate.body = stems_of(passage.text);
  candidate.time_ms = passage.citation.time.unix_ms;
  candidate.search_rank = rank;
  if (!passage.subject) return candidate;
  const std::int64_t subject = passage.subject->id;
  for (const std::string_view predicate :
       {predicate::from, predicate::to, predicate::cc, predicate::organised_by, predicate::attended_by})
    for (const Fact* fact : facts.current(subject, predicate))
      if (const auto* person = std::get_if<EntityView>(&fact->object)) {
        add_words(*person, predicate == predicate::from ? candidate.author : candidate.people);
        if (predicate == predicate::from && candidate.author_name.empty()) candidate.author_name = person_name(*person);
      }
  if (const Fact* thread = facts.one(subject, predicate::part_of_thread))
    if (const auto* first = std::get_if<EntityView>(&thread->object)) candidate.thread = first->id;
  return candidate;
}

bool has_word(const std::vector<Token>& tokens, std::initializer_list<std::string_view> words) {
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return std::find(words.begin(), words.end(), token.text) != words.end();
  });
}

bool has_number(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const Token& token) { return token.text.front() >= '0' && token.text.front() <= '9'; });
}

// An amount is a number beside a currency: "3,940 EUR", "$20", "89 euros".
bool has_amount(const std::string& sentence, const std::vector<Token>& tokens) {
  if (!has_number(tokens)) return false;
  return has_word(tokens, {"eur", "euro", "euros", "usd", "dollar", "dollars", "gbp", "pound", "pounds", "chf", "yen",
                           "jpy"}) ||
         sentence.find('$') != std::string::npos || sentence.find("€") != std::string::npos ||
         sentence.find("£") != std::string::npos;
}

/// 0 to 1: could this sentence be an answer of the asked kind?
double answers_kind(const QuestionDetails& details, const std::string& sentence) {
  const std::vector<Token> tokens = tokenise(sentence);
  if (details.wants_amount) {
    const bool total = !details.wants_total || has_word(tokens, {"together", "total", "all", "sum", "altogether"});
    return has_amount(sentence, tokens) ? (total ? 1 : 0.4) : 0;
  }
  switch (details.asked) {
    case Asked::how_many:
      return has_number(tokens) ? 1
             : has_word(tokens,
                        {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"})
                 ? 0.8
                 : 0;
    case Asked::why:
      if (has_word(tokens, {"because", "since", "due", "therefore", "reason", "so"})) return 1;
      return has_word(tokens, {"must", "sorry", "can", "not", "no", "late", "instead", "unfortunately", "ill", "sick",
                               "away", "broke", "broken", "would", "have", "out"})
                 ? 0.6
                 : 0;
    case Asked::when:
    case Asked::what_time:
    case Asked::which_day: return has_number(tokens) ? 1 : 0;
    case Asked::who:
      return std::any_of(tokens.begin() + (tokens.empty() ? 0 : 1), tokens.end(),
                         [](const Token& token) { return token.capital && !is_number(token.text); }) ||
                     has_word(tokens, {"i"})
                 ? 0.6
                 : 0;
    case Asked::what: return has_number(tokens) ? 0.4 : 0;
    case Asked::yes_no: return !tokens.empty() && (tokens.front().text == "yes" || tokens.front().text == "no") ? 1 : 0;
    default: return 0;
  }
}

/// A sentence often answers together with its neighbours: "3.3 V. The 5 V is a leftover." The one behind goes before the
/// one in front of it where both would be too long.
std::string quotation_of(const std::vector<std::string>& sentences, std::size_t at) {
  std::string quotation = sentences[at];
  const auto fits = [&](const std::string& more) { return quotation.size() + 1 + more.size() <= quoted_bytes_max; };
  if (at + 1 < sentences.size() && fits(sentences[at + 1])) quotation += ' ' + sentences[at + 1];
  if (at > 0 && fits(sentences[at - 1])) quotation = sentences[at - 1] + ' ' + quotation;
  return quotation;
}

void measure(const QuestionDetails& details, const std::vector<QueryWord>& query, Candidate& candidate) {
  candidate.coverage = coverage_of(query, [&](const std::string& stem) {
    return std::max({match_of(stem, candidate.body), match_of(stem, candidate.title),
                     0.8 * match_of(stem, candidate.author), 0.5 * match_of(stem, candidate.people)});
  });
  const std::vector<std::string> sentences = sentences_of(candidate.passage->text);
  for (std::size_t at = 0; at < sentences.size(); ++at) {
    const std::string& sentence = sentences[at];
    const std::set<std::string> words = stems_of(sentence);
    const double own = coverage_of(query, [&](const std::string& stem) { return match_of(stem, words); });
    const double with_title = coverage_of(query, [&](const std::string& stem) {
      return std::max(
          {match_of(stem, words), 0.7 * match_of(stem, candidate.title), 0.6 * match_of(stem, candidate.author)});
    });
    const double kind = answers_kind(details, sentence);
    candidate.answers_kind = candidate.answers_kind || kind > 0;
    const double score = 0.5 * own + with_title + 0.45 * kind;
    if (score <= candidate.sentence_score) continue;
    candidate.sentence_score = score;
    candidate.sentence_coverage = with_title;
    candidate.sentence = sentence;
    candidate.quotation = quotation_of(sentences, at);
  }
}

void measure_threads(const std::vector<QueryWord>& query, std::vector<Candidate>& candidates) {
  std::map<std::int64_t, std::set<std::string>> words;
  for (const Candidate& candidate : candidates) {
    if (candidate.thread == 0) continue;
    words[candidate.thread].insert(candidate.body.begin(), candidate.body.end());
    words[candidate.thread].insert(candidate.title.begin(), candidate.title.end());
  }
  for (Candidate& candidate : candidates) {
    candidate.thread_coverage = candidate.coverage;
    if (candidate.thread == 0) continue;
    candidate.thread_coverage =
        coverage_of(query, [&](const std::string& stem) { return match_of(stem, words[candidate.thread]); });
  }
}

/// Adds weight / (k + rank) for each candidate, ranked by `value`; equal values share a rank, and zero gets nothing.
void fuse(std::vector<Candidate>& candidates, std::vector<double>& scores, double weight,
          const std::function<double(const Candidate&)>& value) {
  constexpr double k = 6;
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < candidates.size(); ++i) order.emplace_back(value(candidates[i]), i);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  std::size_t rank = 0;
  for (std::size_t i = 0; i < order.size() && order[i].first > 0; ++i) {
    if (i > 0 && order[i].first < order[i - 1].first) rank = i;
    scores[order[i].second] += weight / (k + static_cast<double>(rank));
  }
}

/// Share of the question's mentions that name the author.
double author_share(const QuestionDetails& details, const Candidate& candidate) {
  double named = 0;
  for (const std::string& mention : details.mentions)
    for (const Token& token : tokenise(mention))
      if (!is_number(token.text) && candidate.author.count(stem(token.text)) > 0) named += 1;
  return named;
}

double date_share(const std::optional<DayRange>& days, const Candidate& candidate) {
  if (!days || candidate.passage->citation.kind != DocumentKind::message) return 0;
  constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
  const std::int64_t day = candidate.time_ms / day_ms;
  const std::int64_t before = days_since_epoch(days->first) - day;
  const std::int64_t after = day - days_since_epoch(days->last);
  const std::int64_t away = std::max<std::int64_t>({before, after, 0});
  return away > 45 ? 0 : 1.0 / (1.0 + static_cast<double>(away) / 7);
}

}  // namespace

std::vector<RankedPassage> rank_passages(const QuestionDetails& details, const Answer& answer, const FactIndex& facts,
                                         const WordWeights& weights, const std::optional<DayRange>& days,
                                         const std::vector<Excerpt>& excerpts) {
  std::map<std::string, double> best_excerpts;
  for (const Excerpt& excerpt : excerpts) best_excerpts.emplace(excerpt.citation.document_id, excerpt.score);
  std::vector<Candidate> candidates;
  std::set<std::string> seen;
  for (const Passage& passage : answer.passages)
    if (passage.citation.kind != DocumentKind::question && seen.insert(passage.citation.document_id).second)
      candidates.push_back(candidate_of(passage, facts, candidates.size()));
  const std::vector<QueryWord> query = query_words(details, weights);
  for (Candidate& candidate : candidates) measure(details, query, candidate);
  measure_threads(query, candidates);

  std::vector<double> scores(candidates.size(), 0.0);
  fuse(candidates, scores, 1.0,
       [](const Candidate& candidate) { return 1.0 / (1.0 + static_cast<double>(candidate.search_rank)); });
  fuse(candidates, scores, 1.2, [](const Candidate& candidate) { return candidate.coverage; });
  fuse(candidates, scores, 1.6, [](const Candidate& candidate) { return candidate.sentence_score; });
  fuse(candidates, scores, 0.6, [](const Candidate& candidate) { return candidate.thread_coverage; });
  fuse(candidates, scores, 0.7, [&](const Candidate& candidate) { return author_share(details, candidate); });
  fuse(candidates, scores, 0.3, [&](const Candidate& candidate) { return date_share(days, candidate); });
  fuse(candidates, scores, 1.0, [&](const Candidate& candidate) {
    const auto found = best_excerpts.find(candidate.passage->citation.document_id);
    return found == best_excerpts.end() ? 0.0 : found->second;
  });
  // What is in force is what was said last: the later message of a thread supersedes the earlier.
  if (details.wants_current)
    fuse(candidates, scores, 2.2, [](const Candidate& candidate) {
      return candidate.thread_coverage > 0.4 ? static_cast<double>(candidate.time_ms) : 0.0;
    });

  // A text without any amount can't say how much.
  if (details.wants_amount || details.wants_number)
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (!candidates[i].answers_kind) scores[i] *= 0.7;

  std::vector<std::size_t> order(candidates.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return scores[left] > scores[right]; });
  std::vector<RankedPassage> ranked;
  for (const std::size_t i : order) {
    Candidate& candidate = candidates[i];
    ranked.push_back({candidate.passage, scores[i], candidate.coverage, std::move(candidate.sentence),
                      candidate.sentence_coverage, std::move(candidate.quotation), std::move(candidate.author_name)});
  }
  return ranked;
}

}  // namespace commonbook::agents
