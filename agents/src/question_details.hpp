// What a question's own words say, before anything is looked up. understand() makes a plan of it; compose() reads it
// again, since UnderstoodQuestion keeps only what other parts need.
#pragma once
#include "question_dates.hpp"
#include "question_words.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/agents/time_zone.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

struct QuestionDetails {
  std::vector<Token> tokens;
  std::vector<DatePhrase> dates;
  Asked asked = Asked::what;
  std::optional<TimeZone> answer_zone;  ///< "in Berlin time", "in UTC"
  bool answer_in_event_zone = false;    ///< "local time"
  bool also_where = false;              ///< "When is it, and where?"
  bool also_when = false;
  bool past = false;            ///< "did", "was", "were"
  bool wants_amount = false;    ///< how much, pay, price, cost
  bool wants_number = false;    ///< how many
  bool wants_current = false;   ///< in force, now, final, still
  bool wants_span = false;      ///< down, closed, away: from when to when
  bool wants_total = false;     ///< "in all", "altogether"
  bool wants_end = false;       ///< "when does it end"
  bool wants_duration = false;  ///< "how long"
  bool wants_next = false;      ///< "the next call"
  bool wants_last = false;      ///< "the last call"
  bool wants_original = false;  ///< "originally planned": before it was moved
  bool wants_status = false;    ///< "is it cancelled", "does it still take place"
  std::string asked_noun;       ///< "firmware" in "which firmware"; empty: none
  bool wants_list = false;      ///< "what is on", "which meetings"
  Timestamp now;
  CivilDate today;                         ///< in the question's zone
  std::vector<std::string> content_words;  ///< folded, without stop words, dates and zone phrase; in order, each once
  std::vector<std::string> date_words;     ///< folded words of the date phrases that a text might hold
  std::vector<std::string> mentions;       ///< capitalised runs without dates and zones: "Anna Lind", "Phase 2"
};

/// Longest text that is read; more is cut.
inline constexpr std::size_t question_bytes_max = 4096;

[[nodiscard]] QuestionDetails details_of(const Question& question);

/// The first date phrase that names days rather than a month or more, else the first of all.
[[nodiscard]] const DatePhrase* main_date(const QuestionDetails& details);

/// The zone by its name, or UTC where the name is not known.
[[nodiscard]] TimeZone zone_or_utc(const std::string& name);

}  // namespace commonbook::agents
