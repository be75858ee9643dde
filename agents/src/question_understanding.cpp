// A question becomes a query plan: words for the search, names and days to start the walk from.
#include "commonbook/agents/question.hpp"
#include "commonbook/agents/vocabulary.hpp"
#include "question_details.hpp"
#include "question_synonyms.hpp"

#include <algorithm>

namespace commonbook::agents {
namespace {

constexpr std::size_t terms_max = 40;
constexpr int days_before_max = 7;  // an absence that covers the asked day may have begun some days earlier

CivilDate plus_days(const CivilDate& date, std::int64_t days) { return date_of_days(days_since_epoch(date) + days); }

LiteralRange day_range(std::string_view predicate, LiteralType type, const CivilDate& first, const CivilDate& last) {
  const std::string midnight = type == LiteralType::timestamp ? "T00:00:00" : "";
  return {std::string{predicate}, {type, format_date(first) + midnight}, {type, format_date(last) + midnight}};
}

/// Finds events by the asked days: those that start about then, and those that moved away from them.
void add_ranges(const DayRange& days, QueryPlan& plan) {
  const CivilDate first = plus_days(days.first, -days_before_max);
  const CivilDate last = plus_days(days.last, 2);  // the text of a timestamp is local: a day off at most
  plan.ranges.push_back(day_range(predicate::starts, LiteralType::timestamp, first, last));
  plan.ranges.push_back(day_range(predicate::starts, LiteralType::date, first, last));
  plan.ranges.push_back(day_range(predicate::replaces, LiteralType::timestamp, plus_days(days.first, -1), last));
  plan.ranges.push_back(day_range(predicate::replaces, LiteralType::date, days.first, last));
}

/// What belongs together more closely than by being named in one place.
std::vector<PredicateWeight> walk_weights() {
  std::vector<PredicateWeight> weights;
  for (const auto& [name, weight] :
       {std::pair{predicate::part_of_series, 0.9}, {predicate::part_of_thread, 0.9}, {predicate::replies_to, 0.8},
        {predicate::invites_to, 0.8}, {predicate::organised_by, 0.6}, {predicate::from, 0.6}, {predicate::to, 0.4},
        {predicate::attended_by, 0.4}, {predicate::cc, 0.3}})
    weights.push_back({std::string{name}, weight});
  return weights;
}

QueryPlan plan_of(const QuestionDetails& details, const RetrievalParts& parts) {
  QueryPlan plan;
  plan.parts = parts;
  plan.terms = details.content_words;
  plan.terms.insert(plan.terms.end(), details.date_words.begin(), details.date_words.end());
  for (const std::string& word : details.content_words)
    for (std::string& synonym : synonyms_of(word)) plan.terms.push_back(std::move(synonym));
  if (plan.terms.size() > terms_max) plan.terms.resize(terms_max);
  plan.names = details.mentions;
  const DatePhrase* date = main_date(details);
  const bool narrow = date != nullptr && (date->shape == DateShape::day || date->shape == DateShape::days ||
                                          date->shape == DateShape::week);
  if (narrow && parts.time) {
    for (const int year : candidate_years(*date, details.today))
      if (const auto days = days_of(*date, year)) add_ranges(*days, plan);
    // Without a title to search for, any series may have an instance on that day.
    if (details.content_words.size() <= 2 || details.wants_list)
      plan.literals.push_back({LiteralType::text, "recurring event"});
  }
  plan.walk_depth = 1;
  plan.walk_weights = walk_weights();
  plan.documents_max = 40;
  plan.entities_max = 400;
  plan.facts_max = 8000;
  return plan;
}

}  // namespace

UnderstoodQuestion understand(const Question& question) {
  UnderstoodQuestion understood;
  understood.question = question;
  if (understood.question.text.size() > question_bytes_max) understood.question.text.resize(question_bytes_max);
  const QuestionDetails details = details_of(understood.question);
  understood.asked = details.asked;
  understood.content_words = details.content_words;
  understood.mentions = details.mentions;
  if (details.answer_zone) understood.answer_zone = details.answer_zone->name();
  if (const DatePhrase* date = main_date(details)) {
    const TimeZone zone = details.answer_zone ? *details.answer_zone : zone_or_utc(question.zone);
    const std::vector<int> years = candidate_years(*date, details.today);
    const auto days = years.empty() ? std::nullopt : days_of(*date, years.front());
    if (days) {
      understood.window =
          TimeWindow{zone.to_utc({days->first, 0, 0, 0}), zone.to_utc({plus_days(days->last, 1), 0, 0, 0})};
      understood.window_is_one_day = days->first == days->last;
    }
  }
  understood.plan = plan_of(details, question.parts);
  return understood;
}

}  // namespace commonbook::agents
