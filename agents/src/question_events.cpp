#include "question_events.hpp"
#include "question_synonyms.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace commonbook::agents {
namespace {

constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t around_days_max = 400;

/// Words of an event by where they stand; a word of the title tells more than one of the description.
struct FieldWords {
  std::set<std::string> stems;
  double weight;
};

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + ' ';
  return all;
}

// People write readable identifiers ("customer-call@..."): the part before the @ is a weak second title.
std::string identifier_words(const EventRecord& record) {
  return record.entity.key.value.substr(0, record.entity.key.value.find_first_of("@?"));
}

std::string without_brackets(const std::string& title) { return title.substr(0, title.find('(')); }

std::vector<FieldWords> fields_of(const Event& event) {
  const EventRecord& main = event.main;
  std::vector<FieldWords> fields = {{stems_of(without_brackets(main.title)), 1.0},
                                    {stems_of(main.title), 0.6},
                                    {stems_of(identifier_words(main)), 0.6},
                                    {stems_of(main.location), 0.6},
                                    {stems_of(joined(main.organisers) + joined(main.attendees)), 0.5},
                                    {stems_of(main.description), 0.4}};
  for (const EventRecord& record : event.overrides)
    fields.push_back({stems_of(record.title + ' ' + record.location + ' ' + record.description), 0.35});
  return fields;
}

// "Who attends the call?": the verb asks, it is no word of the event.
constexpr std::array asking_words = {"attend", "invit",   "join",     "organis",     "organiz", "host", "particip",
                                     "part",   "accept",  "declin",   "cancel",      "cancell", "mov",  "list",
                                     "exact",  "schedul", "plan",     "appointment", "event",   "meet", "attende",
                                     "peopl",  "person",  "original", "originalli",  "locat",   "room", "o",
                                     "clock",  "last",    "begun",    "end",         "finish"};

// "When did the boxes arrive?": what happens to a thing tells less than the thing.
constexpr std::array verbs_of_happening = {"arriv", "come", "deliver", "leav",    "return", "run",  "go",
                                           "mak",   "hav",  "get",     "occur",   "open",   "clos", "mean",
                                           "need",  "want", "brought", "brought", "sit",    "stai"};

struct Query {
  std::string stem;
  double weight;
};

std::vector<Query> query_of(const QuestionDetails& details, const WordWeights& weights) {
  std::vector<Query> query;
  for (const std::string& word : details.content_words) {
    const std::string word_stem = stem(word);
    const bool asks = std::find(asking_words.begin(), asking_words.end(), word_stem) != asking_words.end();
    const bool happens =
        std::find(verbs_of_happening.begin(), verbs_of_happening.end(), word_stem) != verbs_of_happening.end();
    query.push_back({word_stem, weights.weight(word_stem) * (asks ? 0.15 : happens ? 0.4 : 1.0)});
  }
  return query;
}

double coverage_of(const std::vector<Query>& query, const std::vector<FieldWords>& fields) {
  double total = 0;
  double matched = 0;
  for (const Query& wanted : query) {
    double best = 0;
    for (const FieldWords& field : fields) best = std::max(best, field.weight * match_of(wanted.stem, field.stems));
    total += wanted.weight;
    matched += wanted.weight * best;
  }
  return total > 0 ? matched / total : 0;
}

/// Share of the title's words that the question names.
double precision_of(const std::vector<Query>& query, const Event& event) {
  const std::set<std::string> title = stems_of(without_brackets(event.main.title));
  if (title.empty()) return 0;
  std::set<std::string> wanted;
  for (const Query& word : query) wanted.insert(word.stem);
  double matched = 0;
  for (const std::string& word : title) matched += match_of(word, wanted);
  return matched / static_cast<double>(title.size());
}

bool starts_with_asked_word(const std::vector<Query>& query, const Event& event) {
  for (const Token& token : tokenise(event.main.title)) {
    if (is_stop_word(token.text)) continue;
    const std::string first = stem(token.text);
    return std::any_of(query.begin(), query.end(), [&](const Query& word) { return word.stem == first; });
  }
  return false;
}

TimeWindow window_of(const DayRange& days, std::int64_t margin_days) {
  return {{(days_since_epoch(days.first) - margin_days) * day_ms},
          {(days_since_epoch(days.last) + 1 + margin_days) * day_ms}};
}

bool on_days(const EventInstance& instance, const DayRange& days, const Display& display) {
  const DayRange shown = shown_days(instance, display);
  return shown.first <= days.last && shown.last >= days.first;
}

std::int64_t days_away(const EventInstance& instance, const DayRange& days, const Display& display) {
  const DayRange shown = shown_days(instance, display);
  if (on_days(instance, days, display)) return 0;
  return shown.first > days.last ? days_since_epoch(shown.first) - days_since_epoch(days.last)
                                 : days_since_epoch(days.first) - days_since_epoch(shown.last);
}

/// Reads a date without a year in the year in which the event has its nearest instance.
void choose_days(const DatePhrase& phrase, const QuestionDetails& details, const Display& display, EventMatch& match) {
  std::optional<std::int64_t> best;
  for (const int year : candidate_years(phrase, details.today)) {
    const auto days = days_of(phrase, year);
    if (!days) continue;
    std::vector<EventInstance> around = instances_of(*match.event, window_of(*days, around_days_max));
    std::int64_t nearest = around_days_max * 2;
    for (const EventInstance& instance : around) nearest = std::min(nearest, days_away(instance, *days, display));
    if (best && nearest >= *best) continue;
    best = nearest;
    match.days = days;
    match.around = std::move(around);
  }
  if (!match.days) return;
  for (const EventInstance& instance : match.around)
    if (on_days(instance, *match.days, display)) match.asked.push_back(instance);
  // A day asked for is a start where the event has one: "the call of 17 March" is not the one that ends then.
  const auto begins = [&](const EventInstance& instance) {
    const CivilDate first = shown_days(instance, display).first;
    return first >= match.days->first && first <= match.days->last;
  };
  if (std::any_of(match.asked.begin(), match.asked.end(), begins))
    std::stable_partition(match.asked.begin(), match.asked.end(), begins);
}

/// Without asked days: what comes next counts, and where nothing comes, what was last.
void choose_nearest(const Question& question, bool last, EventMatch& match) {
  const std::int64_t now = question.now.unix_ms;
  const TimeWindow near{{now - around_days_max * day_ms}, {now + around_days_max * day_ms}};
  match.around = instances_of(*match.event, near);
  if (match.around.empty() && match.event->main.start) {
    const std::int64_t first = instant(*match.event->main.start).unix_ms;
    match.around = instances_of(*match.event, {{first - day_ms}, {first + around_days_max * day_ms}});
  }
  const auto live = [](const EventInstance& instance) { return !instance.cancelled; };
  const auto upcoming = std::find_if(match.around.begin(), match.around.end(), [&](const EventInstance& instance) {
    return live(instance) && instant(instance.start).unix_ms >= now;
  });
  const auto latest = std::find_if(match.around.rbegin(), match.around.rend(), [&](const EventInstance& instance) {
    return live(instance) && instant(instance.start).unix_ms < now;
  });
  if (last && latest != match.around.rend())
    match.asked.push_back(*latest);
  else if (upcoming != match.around.end())
    match.asked.push_back(*upcoming);
  else if (latest != match.around.rend())
    match.asked.push_back(*latest);
  else if (!match.around.empty())
    match.asked.push_back(match.around.front());
}

/// Of events with one title, the one to come is meant, else the one that was last.
double nearness(Timestamp start, Timestamp now) {
  constexpr std::int64_t year_ms = 365 * day_ms;
  if (start >= now)
    return 0.09 + 0.01 / (1.0 + static_cast<double>(start.unix_ms - now.unix_ms) / static_cast<double>(year_ms));
  return 0.08 / (1.0 + static_cast<double>(now.unix_ms - start.unix_ms) / static_cast<double>(30 * day_ms));
}

double rank_share(const Event& event, const std::vector<std::string>& passages) {
  for (const Citation& citation : event.main.citations) {
    const auto found = std::find(passages.begin(), passages.end(), citation.document_id);
    if (found != passages.end()) return 1.0 / (1.0 + static_cast<double>(found - passages.begin()));
  }
  return 0;
}

}  // namespace

std::set<std::string> event_words(const Event& event) {
  std::set<std::string> all;
  for (const FieldWords& field : fields_of(event)) all.insert(field.stems.begin(), field.stems.end());
  return all;
}

std::vector<EventMatch> rank_events(const QuestionDetails& details, const Question& question,
                                    const std::vector<Event>& events, const WordWeights& weights,
                                    const std::vector<std::string>& passages, const Display& display) {
  const std::vector<Query> query = query_of(details, weights);
  const DatePhrase* date = main_date(details);
  std::vector<EventMatch> matches;
  for (const Event& event : events) {
    EventMatch match;
    match.event = &event;
    match.coverage = coverage_of(query, fields_of(event));
    if (date != nullptr)
      choose_days(*date, details, display, match);
    else
      choose_nearest(question, details.past || details.wants_last, match);
    if (match.coverage <= 0 && (match.asked.empty() || date == nullptr)) continue;
    const bool live = std::any_of(match.asked.begin(), match.asked.end(),
                                  [](const EventInstance& instance) { return !instance.cancelled; });
    match.score = match.coverage + 0.15 * precision_of(query, event) +
                  (starts_with_asked_word(query, event) ? 0.1 : 0.0) + 0.08 * rank_share(event, passages);
    if (date != nullptr)
      match.score += live ? 0.3 : match.asked.empty() ? 0.0 : 0.2;
    else if (live)
      match.score += nearness(instant(match.asked.front().start), question.now);
    if (event.main.cancelled()) match.score -= 0.15;
    matches.push_back(std::move(match));
  }
  std::stable_sort(matches.begin(), matches.end(), [](const EventMatch& left, const EventMatch& right) {
    if (left.score != right.score) return left.score > right.score;
    // Equal words: the later one is more likely meant; the key decides last, so that order of arrival never does.
    const auto start = [](const EventMatch& match) {
      return match.event->main.start ? instant(*match.event->main.start).unix_ms : 0;
    };
    return start(left) > start(right);
  });
  return matches;
}

}  // namespace commonbook::agents
