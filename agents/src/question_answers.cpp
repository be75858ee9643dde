#include "question_answers.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

/// From which share of the question's words on an event is taken to be the one asked about.
constexpr double coverage_min = 0.5;
constexpr std::size_t listed_max = 12;

bool mentions_any(const QuestionDetails& details, std::initializer_list<std::string_view> words) {
  return std::any_of(details.tokens.begin(), details.tokens.end(), [&](const Token& token) {
    return std::find(words.begin(), words.end(), token.text) != words.end();
  });
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

const EventInstance* first_live(const std::vector<EventInstance>& instances) {
  const auto found = std::find_if(instances.begin(), instances.end(),
                                  [](const EventInstance& instance) { return !instance.cancelled; });
  return found == instances.end() ? nullptr : &*found;
}

std::vector<Citation> citations_of(const EventMatch& match, const EventInstance* instance) {
  std::vector<Citation> citations;
  if (instance != nullptr) citations = instance->record->citations;
  for (const Citation& citation : match.event->main.citations) citations.push_back(citation);
  return citations;
}

std::string title_of(const EventMatch& match, const EventInstance& instance) {
  return instance.record->title.empty() ? match.event->main.title : instance.record->title;
}

std::string location_of(const EventMatch& match, const EventInstance& instance) {
  return instance.record->location.empty() ? match.event->main.location : instance.record->location;
}

/// ": Weekly status (Tuesday this week)", with what is not certain about it.
std::string tail_of(const EventMatch& match, const EventInstance& instance) {
  std::string tail = ": " + title_of(match, instance);
  if (instance.record->status == "tentative") tail += " (tentative)";
  return tail;
}

/// What is said where the event does not take place on the asked days.
EventAnswer not_then(const EventMatch& match, const Display& display) {
  const EventInstance* dropped = match.asked.empty() ? nullptr : &match.asked.front();
  EventAnswer answer{"no", citations_of(match, dropped)};
  const DayRange& days = *match.days;
  const std::string asked =
      days.first == days.last ? format_date(days.first) : format_date(days.first) + " to " + format_date(days.last);
  if (dropped != nullptr) {
    answer.line +=
        ": " + title_of(match, *dropped) + (dropped->moved ? " was moved away from " : " is cancelled on ") + asked;
    if (dropped->moved && dropped->record->start)
      answer.line += " to " + when_text({*dropped->record->start, dropped->record->end, dropped->record, false, true},
                                        display, false);
    if (!dropped->record->description.empty() && dropped->record != &match.event->main)
      answer.line += "; " + dropped->record->description;
    return answer;
  }
  answer.line += ": no " + match.event->main.title + " on " + asked;
  if (!match.event->main.recurring())
    if (const EventInstance* other = first_live(match.around))
      answer.line += "; it is on " + when_text(*other, display, false);
  return answer;
}

/// "9:15" or "15:00" among the words of the question, as "09:15".
std::string clock_asked(const QuestionDetails& details) {
  for (const Token& token : details.tokens) {
    const std::size_t colon = token.text.find(':');
    if (colon == std::string::npos || colon == 0 || colon > 2 || token.text.size() != colon + 3) continue;
    return colon == 1 ? "0" + token.text : token.text;
  }
  return {};
}

/// "Is the visit still on?", without a day: by the event's own status.
EventAnswer by_status(const QuestionDetails& details, const EventMatch& match, const Display& display) {
  const bool cancelled = match.event->main.cancelled();
  const bool yes = mentions_any(details, {"cancelled", "canceled", "off"}) ? cancelled : !cancelled;
  const EventInstance* live = first_live(match.asked);
  EventAnswer answer{yes ? "yes" : "no", citations_of(match, live)};
  answer.line += ": " + match.event->main.title;
  if (cancelled)
    answer.line += " is cancelled";
  else if (live != nullptr)
    answer.line += " is on " + when_text(*live, display, false);
  if (cancelled && !match.event->main.description.empty()) answer.line += "; " + match.event->main.description;
  return answer;
}

EventAnswer yes_or_no(const QuestionDetails& details, const EventMatch& match, const Display& display) {
  const EventInstance* live = first_live(match.asked);
  const bool asks_cancelled = mentions_any(details, {"cancelled", "canceled"});
  if (live == nullptr) {
    EventAnswer answer = not_then(match, display);
    if (asks_cancelled) answer.line.replace(0, 2, "yes");
    return answer;
  }
  EventAnswer answer{asks_cancelled ? "no" : "yes", citations_of(match, live)};
  const std::string clock = clock_asked(details);
  if (!clock.empty() && !asks_cancelled && clock != time_of_day(show(live->start, display))) answer.line = "no";
  answer.line +=
      ": " + when_text(*live, display, details.wants_span) + time_note(*live, display) + tail_of(match, *live);
  return answer;
}

std::string value_of(const QuestionDetails& details, const EventMatch& match, const EventInstance& instance,
                     const Display& display) {
  const std::string place = location_of(match, instance);
  if (details.wants_duration) return duration_text(instance);
  if (details.wants_end && details.asked != Asked::where) {
    const bool time_only = details.asked == Asked::what_time && instance.end;
    return time_only ? time_of_day(show(*instance.end, display)) : end_text(instance, display);
  }
  switch (details.asked) {
    case Asked::what_time: {
      const std::string time = time_of_day(show(instance.start, display));
      return details.also_where && !place.empty() ? time + ", " + place : time;
    }
    case Asked::which_day: {
      const DayRange days = shown_days(instance, display);
      return days.first == days.last ? format_date(days.first)
                                     : format_date(days.first) + " to " + format_date(days.last);
    }
    case Asked::where: return details.also_when ? place + ", " + when_text(instance, display, false) : place;
    default: {
      const std::string time = when_text(instance, display, details.wants_span);
      return details.also_where && !place.empty() ? time + ", " + place : time;
    }
  }
}

/// When it would have been before it was moved: by its rule, by an earlier revision, or as its description says.
EventAnswer originally(const EventMatch& match, const Display& display) {
  for (const EventInstance& instance : match.asked) {
    const EventRecord& record = *instance.record;
    if (instance.moved && record.replaces)
      return {date_and_time(show(*record.replaces, display)) + tail_of(match, instance),
              citations_of(match, &instance)};
    if (!record.earlier_starts.empty())
      return {date_and_time(show(record.earlier_starts.back(), display)) + tail_of(match, instance),
              citations_of(match, &instance)};
    const std::vector<Token> words = tokenise(record.description);
    if (std::any_of(words.begin(), words.end(), [](const Token& word) { return is_number(word.text); }))
      return {record.description + " (" + title_of(match, instance) + ")", citations_of(match, &instance)};
  }
  return {};
}

EventAnswer when_or_where(const QuestionDetails& details, const EventMatch& match, const Display& display) {
  if (details.wants_original) return originally(match, display);
  const EventInstance* live = first_live(match.asked);
  if (live == nullptr) {
    if (match.asked.empty() && !match.days) return {};
    if (match.days) return not_then(match, display);
    if (!match.event->main.cancelled()) return {};
    return {"cancelled: " + match.event->main.title, citations_of(match, &match.asked.front())};
  }
  if (details.wants_next && !match.days && instant(live->start) < details.now) {
    const std::string last =
        "no further " + match.event->main.title + "; the last was on " + when_text(*live, display, false);
    return {last, citations_of(match, live)};
  }
  const std::string value = value_of(details, match, *live, display);
  if (value.empty()) return {};
  EventAnswer answer{value, citations_of(match, live)};
  // What the value leaves out: the day of a time, the time of a place, what it is, and when else within the asked days.
  const bool utc = show(live->start, display).zone == "UTC";
  if (details.asked == Asked::what_time && !live->start.date_only && !utc &&
      !(match.days && match.days->first == match.days->last))
    answer.line += " on " + format_date(show(live->start, display).local.date);
  if (details.wants_duration || (details.asked == Asked::where && !details.also_when))
    answer.line += " (" + when_text(*live, display, false) + ")";
  else if (details.wants_end)
    answer.line += " (from " + when_text(*live, display, false) + ")";
  else
    answer.line += time_note(*live, display);
  answer.line += tail_of(match, *live);
  std::string others;
  std::size_t count = 0;
  for (const EventInstance& other : match.asked)
    if (&other != live && !other.cancelled && ++count <= listed_max)
      others += (others.empty() ? "" : ", ") + when_text(other, display, false);
  if (match.days && !others.empty()) answer.line += "; also " + others;
  return answer;
}

/// Who organises, attends, accepted or declined.
EventAnswer who(const QuestionDetails& details, const EventMatch& match, const Display& display) {
  const EventInstance* live = first_live(match.asked);
  const EventRecord& record = live != nullptr ? *live->record : match.event->main;
  std::vector<std::string> names;
  // An override that repeats nobody leaves the people of its series.
  const auto take = [&](std::vector<std::string> EventRecord::*people) {
    names = (record.*people).empty() ? match.event->main.*people : record.*people;
  };
  if (mentions_any(details, {"organises", "organizes", "organised", "organized", "organise", "organize", "organiser",
                             "organizer", "hosts", "host", "leads", "runs", "chairs"}))
    take(&EventRecord::organisers);
  else if (mentions_any(details, {"declined", "declines", "refused"}))
    take(&EventRecord::declined);
  else if (mentions_any(details, {"accepted", "confirmed"}))
    take(&EventRecord::accepted);
  else if (mentions_any(details, {"attends", "attend", "attended", "invited", "participates", "participants",
                                  "participate", "joins", "join", "joined", "comes", "come", "attendees"}))
    take(&EventRecord::attendees);
  // "Who is on call on Monday?": the title of what takes place then names the person.
  constexpr double clearly = 0.75;
  if (names.empty() && match.days && live != nullptr && match.coverage >= clearly)
    return {title_of(match, *live) + ", " + when_text(*live, display, false), citations_of(match, live)};
  if (names.empty()) return {};
  return {joined(names) + tail_of(match, {*match.event->main.start, std::nullopt, &record, false, false}),
          citations_of(match, live)};
}

/// The other event that a note names: "Site visit instead." where a site visit takes place on the asked days.
const EventMatch* named_in(const std::string& note, const std::vector<EventMatch>& others, const EventMatch& own) {
  const std::set<std::string> words = stems_of(note);
  constexpr std::size_t words_min = 2;
  for (const EventMatch& other : others) {
    if (other.event == own.event || first_live(other.asked) == nullptr) continue;
    const std::set<std::string> title = stems_of(other.event->main.title);
    const auto named = static_cast<std::size_t>(
        std::count_if(words.begin(), words.end(), [&](const std::string& word) { return title.count(word) > 0; }));
    if (named >= words_min && named * 3 >= words.size() * 2) return &other;
  }
  return nullptr;
}

/// The reason that the calendar itself gives for a moved or cancelled instance.
EventAnswer why(const std::vector<EventMatch>& matches, const Display& display) {
  const EventMatch& match = matches.front();
  for (const EventInstance& instance : match.asked) {
    if (instance.record == &match.event->main || instance.record->description.empty() || !match.days) continue;
    EventAnswer answer{instance.record->description + " (" + title_of(match, instance) + ", " +
                           format_date(shown_days(instance, display).first) + ")",
                       citations_of(match, &instance)};
    if (const EventMatch* other = named_in(instance.record->description, matches, match)) {
      const EventInstance& takes_place = *first_live(other->asked);
      answer.line +=
          "; " + title_of(*other, takes_place) + " takes place on " + when_text(takes_place, display, false);
      for (const Citation& citation : citations_of(*other, &takes_place)) answer.citations.push_back(citation);
    }
    return answer;
  }
  return {};
}

/// "Is Ann invited?", "Has Ann accepted?": the people that the question names among those of the event.
EventAnswer takes_part(const QuestionDetails& details, const EventMatch& match) {
  const EventInstance* live = first_live(match.asked);
  const EventRecord& main = match.event->main;
  const EventRecord& record = live != nullptr && !live->record->attendees.empty() ? *live->record : main;
  const bool asks_declined = mentions_any(details, {"declined", "decline"});
  const bool asks_accepted = mentions_any(details, {"accepted", "accept", "confirmed"});
  const std::vector<std::string>& people = asks_declined   ? record.declined
                                           : asks_accepted ? record.accepted
                                                           : record.attendees;
  for (const std::string& mention : details.mentions) {
    const std::set<std::string> asked = stems_of(mention);
    const auto is_asked = [&](const std::string& person) {
      const std::set<std::string> name = stems_of(person);
      return std::includes(name.begin(), name.end(), asked.begin(), asked.end());
    };
    // Names that no list holds may be those of the event; they say nothing.
    if (std::any_of(people.begin(), people.end(), is_asked))
      return {"yes: " + mention + ", " + main.title, citations_of(match, live)};
    if (std::any_of(record.attendees.begin(), record.attendees.end(), is_asked))
      return {"no: " + mention + ", " + main.title, citations_of(match, live)};
  }
  return {};
}

/// "How many stand-ups are there in March?", "How many people attend?"
EventAnswer how_many(const QuestionDetails& details, const EventMatch& match, const Display& display) {
  const std::string& title = match.event->main.title;
  if (mentions_any(details, {"people", "persons", "attendees", "participants", "guests"})) {
    const EventInstance* live = first_live(match.asked);
    const std::vector<std::string>& names = live != nullptr ? live->record->attendees : match.event->main.attendees;
    if (names.empty()) return {};
    return {std::to_string(names.size()) + ": " + joined(names) + " (" + title + ")", citations_of(match, live)};
  }
  if (!match.days || !match.event->main.recurring()) return {};
  const auto count = std::count_if(match.asked.begin(), match.asked.end(),
                                   [](const EventInstance& instance) { return !instance.cancelled; });
  EventAnswer answer{std::to_string(count) + ": " + title, citations_of(match, nullptr)};
  std::size_t listed = 0;
  for (const EventInstance& instance : match.asked)
    if (!instance.cancelled && ++listed <= listed_max)
      answer.line += (listed == 1 ? " on " : ", ") + format_date(shown_days(instance, display).first);
  return answer;
}

struct ListedInstance {
  const EventMatch* match;
  const EventInstance* instance;
};

/// Everything that takes place on the asked days, by time; only with the people that the question names.
EventAnswer list_of(const QuestionDetails& details, const std::vector<EventMatch>& matches, const Display& display) {
  std::vector<ListedInstance> listed;
  for (const EventMatch& match : matches) {
    const std::set<std::string> words = event_words(*match.event);
    const bool concerned =
        std::all_of(details.mentions.begin(), details.mentions.end(), [&](const std::string& mention) {
          const std::set<std::string> named = stems_of(mention);
          return std::all_of(named.begin(), named.end(),
                             [&](const std::string& word) { return words.count(word) > 0; });
        });
    if (!concerned) continue;
    for (const EventInstance& instance : match.asked)
      if (!instance.cancelled) listed.push_back({&match, &instance});
  }
  std::stable_sort(listed.begin(), listed.end(), [](const ListedInstance& left, const ListedInstance& right) {
    return instant(left.instance->start) < instant(right.instance->start);
  });
  EventAnswer answer;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (i < listed_max)
      answer.line += (i == 0 ? "" : "; ") + when_text(*listed[i].instance, display, false) + " " +
                     title_of(*listed[i].match, *listed[i].instance);
    for (const Citation& citation : citations_of(*listed[i].match, listed[i].instance))
      answer.citations.push_back(citation);
  }
  if (listed.size() > listed_max) answer.line += "; and " + std::to_string(listed.size() - listed_max) + " more";
  return answer;
}

/// No word but those that any meeting could be called by, and names of people.
bool asks_generally(const QuestionDetails& details) {
  constexpr std::array general = {"meeting",      "meetings", "event",     "events",   "appointment",
                                  "appointments", "calendar", "agenda",    "schedule", "scheduled",
                                  "planned",      "going",    "happening", "today",    "diary"};
  return std::all_of(details.content_words.begin(), details.content_words.end(), [&](const std::string& word) {
    if (std::find(general.begin(), general.end(), word) != general.end()) return true;
    return std::any_of(details.mentions.begin(), details.mentions.end(),
                       [&](const std::string& mention) { return stems_of(mention).count(stem(word)) > 0; });
  });
}

}  // namespace

EventAnswer answer_from_events(const QuestionDetails& details, const std::vector<EventMatch>& matches,
                               const Display& display) {
  if (matches.empty()) return {};
  const EventMatch& best = matches.front();
  const bool lists = asks_generally(details) || (details.wants_list && best.coverage < 0.8);
  if (lists && !details.dates.empty() && details.asked == Asked::what) return list_of(details, matches, display);
  if (best.coverage < coverage_min) return {};
  switch (details.asked) {
    case Asked::when:
    case Asked::what_time:
    case Asked::which_day:
    case Asked::where: return when_or_where(details, best, display);
    case Asked::yes_no:
      if (mentions_any(details, {"invited", "attend", "attends", "attending", "accepted", "accept", "declined",
                                 "decline", "join", "joins", "coming"})) {
        EventAnswer answer = takes_part(details, best);
        if (!answer.line.empty()) return answer;
      }
      if (best.days && best.coverage >= 0.6) return yes_or_no(details, best, display);
      return details.wants_status && best.coverage >= 0.6 ? by_status(details, best, display) : EventAnswer{};
    case Asked::who: return who(details, best, display);
    case Asked::how_many: return best.coverage >= 0.6 ? how_many(details, best, display) : EventAnswer{};
    case Asked::what: return details.wants_duration ? when_or_where(details, best, display) : EventAnswer{};
    case Asked::why: return why(matches, display);
    default: return {};
  }
}

}  // namespace commonbook::agents
