// Which event a question is about, and which of its instances: by words, by the asked days, by rank in the search.
#pragma once
#include "answer_line.hpp"
#include "event_instances.hpp"
#include "question_details.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// An event beside the question.
struct EventMatch {
  const Event* event = nullptr;
  double coverage = 0;                ///< 0 to 1: share of the question's words, by weight, that the event's texts hold
  double score = 0;                   ///< for order only
  std::optional<DayRange> days;       ///< the asked days, in the year that suits this event
  std::vector<EventInstance> asked;   ///< instances on the asked days; without asked days the nearest to `now`
  std::vector<EventInstance> around;  ///< further instances, up to a year from the asked days
};

/// Events that share a word or an asked day with the question, best first.
/// @param events   must outlive the result.
/// @param weights  filled with the texts at hand.
/// @param passages ranks of documents in the search: ids, best first.
[[nodiscard]] std::vector<EventMatch> rank_events(const QuestionDetails& details, const Question& question,
                                                  const std::vector<Event>& events, const WordWeights& weights,
                                                  const std::vector<std::string>& passages, const Display& display);

/// All words of an event's texts: title, place, people, description, categories, of overrides too.
[[nodiscard]] std::set<std::string> event_words(const Event& event);

}  // namespace commonbook::agents
