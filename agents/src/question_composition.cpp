// An answer from what the plan gave back: calendar facts first where they answer, passages for the rest.
#include "commonbook/agents/question.hpp"
#include "commonbook/agents/vocabulary.hpp"
#include "answer_order.hpp"
#include "answer_parts.hpp"
#include "answer_statements.hpp"
#include "question_answers.hpp"
#include "question_excerpts.hpp"
#include "question_facts.hpp"
#include "question_passages.hpp"

#include <algorithm>
#include <set>

namespace commonbook::agents {
namespace {

/// From which share of the question's words on a sentence is quoted as the answer.
constexpr double quoted_coverage_min = 0.45;
constexpr std::size_t quoted_sentence_bytes_max = 240;
/// A second document is quoted too where the first holds less than this share.
constexpr double sure_coverage = 0.85;

WordWeights weights_of(const Answer& found, const std::vector<Event>& events) {
  WordWeights weights;
  for (const Event& event : events) weights.add_text(event_words(event));
  for (const Passage& passage : found.passages)
    if (passage.citation.kind != DocumentKind::event)
      weights.add_text(stems_of(passage.citation.title + '\n' + passage.text));
  return weights;
}

std::vector<std::string> document_ids(const Answer& found) {
  std::vector<std::string> ids;
  for (const Passage& passage : found.passages) ids.push_back(passage.citation.document_id);
  return ids;
}

/// The asked days as the best event reads them, else in the nearest year that has documents about then.
std::optional<DayRange> asked_days(const QuestionDetails& details, const std::vector<EventMatch>& matches) {
  if (!matches.empty() && matches.front().days) return matches.front().days;
  const DatePhrase* date = main_date(details);
  if (date == nullptr) return std::nullopt;
  const std::vector<int> years = candidate_years(*date, details.today);
  return years.empty() ? std::nullopt : days_of(*date, years.front());
}

/// Could this be an answer? To when one that tells a time, to how many one that tells a number.
bool is_of_kind(const QuestionDetails& details, const std::string& quotation, const CivilDate& written) {
  const bool asks_time = details.asked == Asked::when || details.asked == Asked::what_time ||
                         details.asked == Asked::which_day;
  const bool asks_number = details.asked == Asked::how_many || details.asked == Asked::how_much;
  if (!asks_time && !asks_number) return true;
  const std::vector<Token> tokens = tokenise(quotation);
  if (asks_time && !find_dates(tokens, written, details.past).empty()) return true;
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const Token& token) { return token.text.front() >= '0' && token.text.front() <= '9'; });
}

/// "They are here. (Ann Lee, 2026-03-04)": quotations, so that the reader sees who says so; empty where no sentence
/// is close enough to the question.
std::string quotation(const QuestionDetails& details, const std::vector<RankedPassage>& passages,
                      const TimeZone& home) {
  // An event's text repeats its fields; what they answer was answered before.
  constexpr std::size_t looked_at = 3;
  constexpr std::size_t quoted_max = 2;
  const bool asks_twice = std::any_of(details.tokens.begin(), details.tokens.end(),
                                      [](const Token& token) { return token.text == "and"; });
  std::string line;
  std::size_t quoted = 0;
  for (std::size_t i = 0; i < std::min(looked_at, passages.size()) && quoted < quoted_max; ++i) {
    const RankedPassage& each = passages[i];
    const Citation& citation = each.passage->citation;
    if (citation.kind == DocumentKind::event) continue;
    if (each.sentence.empty() || each.sentence_coverage < quoted_coverage_min ||
        each.sentence.size() > quoted_sentence_bytes_max) {
      if (quoted == 0) break;  // what follows is further from the question than what can't answer it
      continue;
    }
    if (!is_of_kind(details, each.quotation, home.to_local(citation.time).date)) continue;
    line += (line.empty() ? "" : "; ") + each.quotation;
    if (citation.kind == DocumentKind::message) {
      const std::string date = format_date(home.to_local(citation.time).date);
      line += " (" + (each.author.empty() ? date : each.author + ", " + date) + ")";
    }
    ++quoted;
    if (each.sentence_coverage >= sure_coverage && !asks_twice) break;
  }
  return line;
}

/// The fact that says most of what the question asks, where no document does: agents state things without one.
const Fact* answering_fact(const QuestionDetails& details, const Answer& found) {
  constexpr double clearly = 0.6;
  WeightedWords query;
  for (const std::string& word : details.content_words) query[stem(word)] = 1;
  const std::vector<RankedFact> ranked = rank_facts(query, found);
  const auto best = std::find_if(ranked.begin(), ranked.end(), [](const RankedFact& each) {
    return !each.fact->superseded && each.coverage >= clearly;
  });
  return best == ranked.end() ? nullptr : best->fact;
}

/// "Ada Lovelace wrote about the Analytical Engine (stated by notes)".
std::string fact_line(const Fact& fact) {
  std::string line = fact.subject.spelling + ' ' + fact.predicate + ' ' + shown(fact);
  if (fact.citation.document_id.empty()) line += " (stated by " + fact.citation.agent + ")";
  return line.size() <= quoted_sentence_bytes_max ? line : std::string{};
}

struct ComposedFrom {
  const Question& question;
  const QuestionDetails& details;
  const Answer& found;
  const std::vector<Event>& events;
  const WordWeights& weights;
  const FactIndex& facts;
  const Display& display;
  const std::vector<Excerpt>& excerpts;
};

/// The answer by sentences of documents, where no calendar fact gives one.
StatementAnswer answer_from_texts(const ComposedFrom& from, const std::vector<RankedPassage>& passages,
                                  const std::vector<EventMatch>& matches) {
  const std::optional<QuestionParts> parts = parts_of(from.question, from.details);
  const QuestionDetails& details = parts ? parts->first : from.details;
  const std::vector<Statement> statements = statements_of({details, from.weights, from.facts, from.excerpts}, passages, matches);
  const std::vector<Person> everybody = people_of(from.facts);
  const StatementMaterial material{statements, everybody, from.display.home};
  if (details.asked == Asked::yes_no) {
    const FindEvents find_events = [&](const QuestionDetails& part) {
      return rank_events(part, from.question, from.events, from.weights, document_ids(from.found), from.display);
    };
    StatementAnswer said =
        answer_by_order({from.question, details, from.weights, from.display, find_events}, material);
    if (said.line.empty()) said = quoted_verdict(details, material);
    return said.line.empty() && !from.excerpts.empty() ? quoted_turn(from.excerpts.front(), material) : said;
  }
  StatementAnswer said = answer_from_statements(details, material);
  if (said.line.empty() && !from.excerpts.empty()) said = quoted_turn(from.excerpts.front(), material);
  if (!parts || said.value.empty()) return said;
  const StatementAnswer more = answer_second(parts->second, said, material);
  if (!more.line.empty()) said.line += "; " + more.line;
  said.citations.insert(said.citations.end(), more.citations.begin(), more.citations.end());
  return said;
}

/// Puts citations in order of support, one a document.
class CitationList {
 public:
  void add(const Citation& citation) {
    if (!citation.document_id.empty() && seen_.insert(citation.document_id).second) citations_.push_back(citation);
  }
  [[nodiscard]] std::vector<Citation> take() { return std::move(citations_); }

 private:
  std::set<std::string> seen_;
  std::vector<Citation> citations_;
};

}  // namespace

Answer compose(const UnderstoodQuestion& understood, Answer found, const EmbedText& embed) {
  const Question& question = understood.question;
  const QuestionDetails details = details_of(question);
  const Display display{details.answer_zone, zone_or_utc(question.zone)};
  const FactIndex facts{found};
  const std::vector<Event> events = events_of(facts);
  const WordWeights weights = weights_of(found, events);
  const std::vector<EventMatch> matches = rank_events(details, question, events, weights, document_ids(found), display);
  const std::optional<DayRange> days = question.parts.time ? asked_days(details, matches) : std::nullopt;
  std::vector<Excerpt> excerpts = find_excerpts({details, question.parts, display.home, days, embed}, found, facts);
  const std::vector<RankedPassage> passages = rank_passages(details, found, facts, weights, days, excerpts);
  const EventAnswer direct = answer_from_events(details, matches, display);
  const StatementAnswer said =
      direct.line.empty() ? answer_from_texts({question, details, found, events, weights, facts, display, excerpts}, passages, matches)
                          : StatementAnswer{};

  CitationList citations;
  for (const Citation& citation : direct.citations) citations.add(citation);
  for (const Citation& citation : said.citations) citations.add(citation);
  // Where no event answers, one that is clearly about the matter still supports an answer made of messages.
  constexpr double about_it = 0.65;
  const bool event_supports = direct.line.empty() && !matches.empty() && matches.front().coverage >= about_it;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    if (i == 2 && event_supports)
      for (const Citation& citation : matches.front().event->main.citations) citations.add(citation);
    citations.add(passages[i].passage->citation);
  }
  std::string line = !direct.line.empty() ? direct.line : said.line;
  if (line.empty()) line = quotation(details, passages, display.home);
  if (line.empty() && question.parts.facts && details.asked != Asked::yes_no)
    if (const Fact* fact = answering_fact(details, found)) line = fact_line(*fact);
  std::replace(line.begin(), line.end(), '\n', ' ');

  Answer answer = std::move(found);
  answer.line = std::move(line);
  answer.excerpts = std::move(excerpts);
  answer.citations = citations.take();
  return answer;
}

}  // namespace commonbook::agents
