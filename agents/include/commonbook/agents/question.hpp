// Questions in plain English: what is asked becomes a query plan, what the book gives back becomes an answer.
// Both steps are pure functions; the question agent runs them round one snapshot.
#pragma once
#include "commonbook/model/answer.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/query_plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

struct Question {
  std::string text;
  Timestamp now;             ///< what "today" and "last week" are relative to
  std::string zone = "UTC";  ///< IANA name: how times are shown where the question names no place
};

/// What sort of thing is asked for.
enum class Asked : std::uint8_t { when = 1, what_time, which_day, where, who, how_many, how_much, yes_no, why, what };

/// A question as understood: kept beside its plan, since composing the answer needs it.
struct UnderstoodQuestion {
  Question question;
  Asked asked = Asked::what;
  std::vector<std::string> content_words;    ///< lower case, without stop words
  std::vector<std::string> mentions;         ///< capitalised runs: candidate names
  std::optional<TimeWindow> window;          ///< local days that the question names, in its zone
  bool window_is_one_day = false;
  std::optional<std::string> answer_zone;    ///< "in Berlin time", "in UTC": IANA name
  QueryPlan plan;
};

/// @param question  any text up to 4 KiB; longer is cut. Never fails: an odd question gets a plain word search.
/// @thread  any.
[[nodiscard]] UnderstoodQuestion understand(const Question& question);

/// Ranks facts and passages, computes instances of recurring events over the asked days, writes the one-line answer
/// where a fact answers directly, and puts the citations in order of support, one a document.
/// @param found  what the plan gave back; its passages and facts are kept.
/// @thread  any.
[[nodiscard]] Answer compose(const UnderstoodQuestion& understood, Answer found);

}  // namespace commonbook::agents
