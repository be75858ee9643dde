#include "question_statements.hpp"

#include "passage_cut.hpp"
#include "question_synonyms.hpp"
#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace commonbook::agents {
namespace {

constexpr std::size_t documents_max = 16;
constexpr std::size_t heard_bytes_max = std::size_t{256} << 10;
constexpr std::size_t sentences_max = 60;  // of one document
constexpr double about_it = 0.5;           // from which coverage on an event's description is heard

/// "In force", "pay": what sort of answer is asked for, which the rankings heed anyway; no word of the matter itself.
bool only_asks(const QuestionDetails& details, const std::string& word) {
  constexpr std::array current = {"force",  "current", "currently", "final", "finally",
                                  "latest", "valid",   "still",     "now"};
  constexpr std::array amount = {"pay",     "paid", "price",  "cost",  "costs", "charge",
                                 "charges", "fee",  "amount", "spend", "spent"};
  return (details.wants_current && std::find(current.begin(), current.end(), word) != current.end()) ||
         (details.wants_amount && std::find(amount.begin(), amount.end(), word) != amount.end());
}

Person person_of(const EntityView& entity) {
  Person person{person_name(entity), stems_of(entity.spelling)};
  person.words.merge(stems_of(entity.key.value));
  person.words.merge(stems_of(person.name));
  return person;
}

void add_person(const Person& person, std::vector<Person>& people) {
  if (std::find(people.begin(), people.end(), person) == people.end()) people.push_back(person);
}

constexpr std::array roles = {predicate::from, predicate::organised_by, predicate::attended_by, predicate::to,
                              predicate::cc};

/// People of a message or event; the author is who sent it.
void add_people(std::int64_t subject, const FactIndex& facts, Statement& statement) {
  for (const std::string_view role : roles)
    for (const Fact* fact : facts.current(subject, role))
      if (const auto* entity = std::get_if<EntityView>(&fact->object)) {
        const Person person = person_of(*entity);
        if (role == predicate::from && statement.author.name.empty()) statement.author = person;
        add_person(person, statement.people);
      }
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  // The mark or number of a list's item is no word of it.
  std::size_t begin = line.starts_with("- ") || line.starts_with("* ") ? 2 : 0;
  std::size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') ++digits;
  if (digits > 0 && digits < 3 && line.compare(digits, 2, ". ") == 0) begin = digits + 2;
  return line.substr(begin);
}

class Collector {
 public:
  explicit Collector(const StatementRequest& request)
      : facts_(request.facts), query_(query_words(request.details, request.weights)) {
    for (const Excerpt& excerpt : request.excerpts) excerpts_[excerpt.citation.document_id].insert(excerpt.begin);
  }

  void add(const Statement& head, std::string_view text) {
    const std::set<std::string> title = stems_of(head.citation.title);
    std::size_t count = 0;
    for (Sentence& sentence : split_sentences(text, TextPart::text)) {
      if (++count > sentences_max) break;
      Statement statement = head;
      statement.document = documents_;
      statement.text = one_line(sentence.text);
      const std::set<std::string> words = stems_of(statement.text);
      statement.own = coverage_of(query_, [&](const std::string& stem) { return match_of(stem, words); });
      statement.coverage = coverage_of(query_, [&](const std::string& stem) {
        return std::max({match_of(stem, words), 0.7 * match_of(stem, title), 0.6 * match_of(stem, head.author.words)});
      });
      statement.sentence = std::move(sentence);
      statements_.push_back(std::move(statement));
    }
    ++documents_;
  }

  void add_passage(const Passage& passage, std::size_t rank) {
    if (passage.citation.kind == DocumentKind::event) return;  // the description is heard; the rest are its fields
    Statement head;
    head.citation = passage.citation;
    head.rank = rank;
    head.time_ms = passage.citation.time.unix_ms;
    if (passage.subject) {
      add_people(passage.subject->id, facts_, head);
      if (const Fact* thread = facts_.one(passage.subject->id, predicate::part_of_thread))
        if (const auto* first = std::get_if<EntityView>(&thread->object)) head.thread = first->id;
    }
    const auto found = excerpts_.find(passage.citation.document_id);
    const std::vector<CutPassage> pieces = cut_passages(passage.text, heard_bytes_max);
    if (pieces.empty() || pieces.front().speaker.empty()) return add(head, passage.text);
    if (found != excerpts_.end()) add_turns(head, pieces, found->second);
  }

  /// A dialogue is long, and who says what matters: the turns that the excerpts chose, each by its speaker.
  void add_turns(Statement head, const std::vector<CutPassage>& pieces, const std::set<std::size_t>& chosen) {
    for (const CutPassage& piece : pieces) {
      if (chosen.count(piece.begin) == 0) continue;
      head.turn = piece.begin;
      head.author = {std::string{piece.speaker}, stems_of(piece.speaker)};
      add(head, piece.speaker.empty() ? piece.text : piece.text.substr(piece.speaker.size() + 1));
    }
  }

  void add_event(const EventMatch& match, std::size_t rank) {
    std::vector<const EventRecord*> records;
    for (const EventInstance& instance : match.asked)
      if (instance.record != &match.event->main) records.push_back(instance.record);
    records.push_back(&match.event->main);
    for (const EventRecord* record : records) {
      if (record->description.empty()) continue;
      Statement head;
      if (!record->citations.empty())
        head.citation = record->citations.front();
      else if (!match.event->main.citations.empty())
        head.citation = match.event->main.citations.front();
      else
        continue;
      head.citation.title = record->title.empty() ? match.event->main.title : record->title;
      head.rank = rank;
      head.of_event = true;
      if (match.event->main.start) head.time_ms = instant(*match.event->main.start).unix_ms;
      add_people(record->entity.id, facts_, head);
      add_people(match.event->main.entity.id, facts_, head);
      add(head, record->description);
    }
  }

  std::vector<Statement> take() { return std::move(statements_); }

 private:
  const FactIndex& facts_;
  std::vector<QueryWord> query_;
  std::map<std::string, std::set<std::size_t>> excerpts_;  // where they begin, by document
  std::vector<Statement> statements_;
  std::size_t documents_ = 0;
};

}  // namespace

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool says_any(const Sentence& sentence, std::initializer_list<std::string_view> words) noexcept {
  for (std::size_t at = 0; at < sentence.size(); ++at)
    if (sentence.is_one_of(at, words)) return true;
  return false;
}

std::vector<QueryWord> query_words(const QuestionDetails& details, const WordWeights& weights) {
  constexpr double asking_share = 0.3;
  constexpr double date_share = 0.35;
  // "Which firmware": a passage that does not speak of firmware can't say which.
  constexpr double asked_noun_share = 1.5;
  std::vector<QueryWord> query;
  for (const std::string& word : details.content_words) {
    const double share = stem(word) == details.asked_noun ? asked_noun_share
                         : only_asks(details, word)       ? asking_share
                                                          : 1.0;
    query.push_back({stem(word), weights.weight(stem(word)) * share});
  }
  for (const std::string& word : details.date_words)
    query.push_back({stem(word), date_share * weights.weight(stem(word))});
  return query;
}

double coverage_of(const std::vector<QueryWord>& query, const std::function<double(const std::string&)>& match) {
  double total = 0;
  double matched = 0;
  for (const QueryWord& wanted : query) {
    total += wanted.weight;
    matched += wanted.weight * match(wanted.stem);
  }
  return total > 0 ? matched / total : 0;
}

std::vector<Statement> statements_of(const StatementRequest& request, const std::vector<RankedPassage>& passages,
                                     const std::vector<EventMatch>& matches) {
  constexpr std::size_t events_max = 3;
  Collector collector{request};
  for (std::size_t rank = 0; rank < std::min(documents_max, passages.size()); ++rank)
    collector.add_passage(*passages[rank].passage, rank);
  for (std::size_t rank = 0; rank < std::min(events_max, matches.size()) && matches[rank].coverage >= about_it; ++rank)
    collector.add_event(matches[rank], rank);
  return collector.take();
}

std::vector<Person> people_of(const FactIndex& facts) {
  std::map<std::string, Person> by_name;
  for (const auto& [id, entity] : facts.subjects())
    for (const std::string_view role : roles)
      for (const Fact* fact : facts.current(id, role))
        if (const auto* person = std::get_if<EntityView>(&fact->object)) {
          const Person found = person_of(*person);
          by_name[found.name].name = found.name;
          by_name[found.name].words.insert(found.words.begin(), found.words.end());
        }
  std::vector<Person> people;
  for (auto& [name, person] : by_name) people.push_back(std::move(person));
  return people;
}

}  // namespace commonbook::agents
