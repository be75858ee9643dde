#include "question_details.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace commonbook::agents {
namespace {

using Tokens = std::vector<Token>;

template <class Words>
bool is_any_of(std::string_view word, const Words& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_any(const Tokens& tokens, std::initializer_list<std::string_view> words) {
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) { return is_any_of(token.text, words); });
}

std::string_view word_at(const Tokens& tokens, std::size_t at) {
  return at < tokens.size() ? std::string_view{tokens[at].text} : std::string_view{};
}

bool has_run(const Tokens& tokens, std::initializer_list<std::string_view> run) {
  for (std::size_t at = 0; at + run.size() <= tokens.size(); ++at)
    if (std::equal(run.begin(), run.end(), tokens.begin() + static_cast<std::ptrdiff_t>(at),
                   [](std::string_view wanted, const Token& token) { return token.text == wanted; }))
      return true;
  return false;
}

constexpr std::array place_nouns = {"room",  "rooms",  "place",      "building",  "chamber",    "hall",
                                    "city",  "town",   "office",     "location",  "venue",      "street",
                                    "floor", "lab",    "laboratory", "classroom", "restaurant", "address",
                                    "site",  "studio", "workshop",   "theatre",   "auditorium", "country"};
constexpr std::array auxiliaries = {"is",    "are", "was",  "were", "do",     "does", "did", "will", "would", "can",
                                    "could", "has", "have", "had",  "should", "am",   "may", "must", "shall"};

/// What "which" or "what" at `at` asks for, by the noun after it.
Asked asked_by_noun(const Tokens& tokens, std::size_t at) {
  const std::string_view noun = word_at(tokens, at + 1);
  if (noun == "time" || noun == "hour") return Asked::what_time;
  if (noun == "day" || noun == "date" || noun == "weekday" || noun == "days" || noun == "dates")
    return Asked::which_day;
  if (is_any_of(noun, place_nouns)) return Asked::where;
  if (noun == "person" || noun == "people" || noun == "colleague") return Asked::who;
  if (has_run(tokens, {"what", "is", "the", "date"}) || has_run(tokens, {"what", "is", "the", "day"}))
    return Asked::which_day;
  if (has_run(tokens, {"what", "is", "the", "time"}) || has_run(tokens, {"what", "is", "the", "start", "time"}))
    return Asked::what_time;
  if (has_run(tokens, {"what", "is", "the", "location"}) || has_run(tokens, {"what", "is", "the", "venue"}))
    return Asked::where;
  return Asked::what;
}

/// The noun that "which" or "what" stands before, stemmed; empty before a verb.
std::string noun_of_which(const Tokens& tokens) {
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at)
    if ((tokens[at].text == "which" || tokens[at].text == "what") && !is_stop_word(tokens[at + 1].text))
      return stem(tokens[at + 1].text);
  return {};
}

Asked asked_of(const Tokens& tokens) {
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const std::string_view word = tokens[at].text;
    if (at == 0 && is_any_of(word, auxiliaries)) return Asked::yes_no;
    if (word == "why") return Asked::why;
    if (word == "when") return Asked::when;
    if (word == "where") return Asked::where;
    if (word == "who" || word == "whom" || word == "whose") return Asked::who;
    if (word == "how" && word_at(tokens, at + 1) == "many") return Asked::how_many;
    if (word == "how" && word_at(tokens, at + 1) == "much") return Asked::how_much;
    if (word == "which" || word == "what") return asked_by_noun(tokens, at);
  }
  return Asked::what;
}

struct ZonePhrase {
  TimeZone zone;
  std::size_t begin;
  std::size_t end;
};

std::optional<ZonePhrase> city_at(const Tokens& tokens, std::size_t at) {
  std::string name;
  std::optional<ZonePhrase> found;
  for (std::size_t length = 1; length <= 3 && at + length <= tokens.size(); ++length) {
    if (length > 1) name += ' ';
    name += tokens[at + length - 1].raw;
    if (const auto zone = TimeZone::of_city(name)) found = ZonePhrase{*zone, at, at + length};
  }
  return found;
}

/// "in UTC", "time in Berlin", "Berlin time"; for a question about the time of day "in Berlin" alone is enough.
std::optional<ZonePhrase> zone_phrase(const Tokens& tokens, Asked asked) {
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens[at].text == "utc" || tokens[at].text == "gmt" || tokens[at].raw == "Zulu")
      if (const auto utc = TimeZone::find("UTC")) return ZonePhrase{*utc, at, at + 1};
    const auto city = city_at(tokens, at);
    if (!city) continue;
    const bool time_after = word_at(tokens, city->end) == "time" ||
                            (word_at(tokens, city->end) == "local" && word_at(tokens, city->end + 1) == "time") ||
                            (word_at(tokens, city->end) == "s" && word_at(tokens, city->end + 1) == "time");
    const bool in_before = at > 0 && tokens[at - 1].text == "in";
    const bool time_before =
        in_before && at > 1 &&
        (tokens[at - 2].text == "time" || tokens[at - 2].text == "clock" || tokens[at - 2].text == "it");
    if (time_after) return ZonePhrase{city->zone, at, city->end + 1};
    if (time_before || (in_before && asked == Asked::what_time)) return city;
  }
  return std::nullopt;
}

bool covered(std::size_t at, const std::vector<DatePhrase>& dates, const std::optional<ZonePhrase>& zone) {
  if (zone && at >= zone->begin && at < zone->end) return true;
  return std::any_of(dates.begin(), dates.end(),
                     [&](const DatePhrase& date) { return at >= date.token_begin && at < date.token_end; });
}

// "Anna Lind", "Phase 2", "Blue Corp": a number goes on with a name, and starts none.
std::vector<std::string> mentions_of(const Tokens& tokens, const std::vector<DatePhrase>& dates,
                                     const std::optional<ZonePhrase>& zone) {
  std::vector<std::string> mentions;
  std::string run;
  std::string previous_text;
  const auto finish = [&] {
    if (!run.empty() && std::find(mentions.begin(), mentions.end(), run) == mentions.end()) mentions.push_back(run);
    run.clear();
  };
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const Token& token = tokens[at];
    const bool number = token.text.front() >= '0' && token.text.front() <= '9';
    const bool first_word = at == 0 && is_stop_word(token.text);
    if (!token.capital || first_word || covered(at, dates, zone) || (number && run.empty()) ||
        is_stop_word(token.text)) {
      finish();
      continue;
    }
    // A comma or a full stop between two capitals ends the name before it.
    if (!run.empty() && token.begin > tokens[at - 1].end + 1) finish();
    if (!run.empty()) run += token.after_hyphen ? '-' : ' ';
    run += token.raw;
  }
  finish();
  return mentions;
}

}  // namespace

TimeZone zone_or_utc(const std::string& name) {
  if (const auto zone = TimeZone::find(name)) return *zone;
  return *TimeZone::find("UTC");
}

QuestionDetails details_of(const Question& question) {
  QuestionDetails details;
  details.tokens = tokenise(std::string_view{question.text}.substr(0, question_bytes_max));
  const Tokens& tokens = details.tokens;
  details.asked = asked_of(tokens);
  details.past = has_any(tokens, {"did", "was", "were", "had"});
  details.also_where = details.asked != Asked::where && has_any(tokens, {"where"});
  details.also_when = details.asked == Asked::where && has_any(tokens, {"when"});
  details.wants_number = details.asked == Asked::how_many;
  details.wants_amount =
      details.asked == Asked::how_much || has_any(tokens, {"pay", "paid", "price", "cost", "costs", "charge", "charges",
                                                           "fee", "amount", "spend", "spent"});
  details.wants_current =
      has_run(tokens, {"in", "force"}) ||
      has_any(tokens, {"now", "current", "currently", "final", "finally", "latest", "valid", "still", "today"});
  details.wants_span =
      has_any(tokens, {"down", "closed", "away", "absent", "unavailable", "offline", "holiday", "vacation", "leave"}) ||
      has_run(tokens, {"how", "long"});
  details.wants_list = has_any(tokens, {"meetings", "events", "appointments", "calendar", "agenda", "schedule",
                                        "scheduled", "planned", "happens", "happening"}) ||
                       has_run(tokens, {"what", "is", "on"});
  details.wants_total =
      has_run(tokens, {"in", "all"}) || has_run(tokens, {"in", "total"}) || has_any(tokens, {"altogether", "total"});
  details.wants_duration = has_run(tokens, {"how", "long"});
  details.wants_status = has_any(tokens, {"cancelled", "canceled", "still", "happening", "confirmed", "off"}) ||
                         has_run(tokens, {"take", "place"}) || has_run(tokens, {"taking", "place"});
  details.wants_original = has_any(tokens, {"originally", "original"}) || has_run(tokens, {"first", "planned"}) ||
                           has_run(tokens, {"was", "moved", "from"});
  details.asked_noun = noun_of_which(tokens);
  details.answer_in_event_zone = has_run(tokens, {"local", "time"});
  details.now = question.now;
  details.today = zone_or_utc(question.zone).to_local(question.now).date;
  details.dates = find_dates(tokens, details.today, details.past);
  const auto zone = zone_phrase(tokens, details.asked);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (covered(at, details.dates, zone)) continue;  // "next week" and "end of March" are dates
    const std::string& word = tokens[at].text;
    details.wants_next = details.wants_next || word == "next" || word == "upcoming";
    details.wants_last = details.wants_last || word == "last" || word == "previous" || word == "latest";
    details.wants_end = details.wants_end || word == "end" || word == "ends" || word == "ended" || word == "finish" ||
                        word == "finishes" || word == "over" || word == "until";
  }
  if (zone) details.answer_zone = zone->zone;
  std::set<std::string> seen;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const std::string& word = tokens[at].text;
    if (is_stop_word(word) || !seen.insert(word).second) continue;
    const bool in_date = covered(at, details.dates, std::nullopt);
    const bool clock = is_number(word) && word.find(':') != std::string::npos;
    if (in_date || clock)
      details.date_words.push_back(word);
    else if (!covered(at, details.dates, zone))
      details.content_words.push_back(word);
  }
  details.mentions = mentions_of(tokens, details.dates, zone);
  return details;
}

const DatePhrase* main_date(const QuestionDetails& details) {
  const auto narrow = [](const DatePhrase& phrase) {
    return phrase.shape == DateShape::day || phrase.shape == DateShape::days || phrase.shape == DateShape::week;
  };
  const auto found = std::find_if(details.dates.begin(), details.dates.end(), narrow);
  if (found != details.dates.end()) return &*found;
  return details.dates.empty() ? nullptr : &details.dates.front();
}

}  // namespace commonbook::agents
