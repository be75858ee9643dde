// The one-line answers that calendar facts give: when, what time, which day, where, who, is there.
#pragma once
#include "question_events.hpp"

#include <string>
#include <vector>

namespace commonbook::agents {

/// A line and the documents that carry it; an empty line means that the calendar does not answer.
struct EventAnswer {
  std::string line;
  std::vector<Citation> citations;
};

/// @param matches  as rank_events() gives them, best first.
[[nodiscard]] EventAnswer answer_from_events(const QuestionDetails& details, const std::vector<EventMatch>& matches,
                                             const Display& display);

}  // namespace commonbook::agents
