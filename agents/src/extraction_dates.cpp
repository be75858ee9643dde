#include "extraction_dates.hpp"

#include "question_dates.hpp"

#include "commonbook/agents/time_zone.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace commonbook::agents {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 12> hours{"one",   "two",   "three", "four", "five",   "six",
                                                 "seven", "eight", "nine",  "ten",  "eleven", "twelve"};

template <class Words>
std::optional<int> index_of(const Words& words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? std::nullopt : std::optional{static_cast<int>(found - words.begin())};
}

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

/// A time of day without its zone.
struct Clock {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::size_t end = 0;  // the token behind it
};

class DateFinder {
 public:
  DateFinder(const Sentence& sentence, const std::optional<CivilDate>& today) : sentence_(sentence), today_(today) {}

  std::vector<DateMention> find() {
    const CivilDate anchor = today_.value_or(CivilDate{});
    const auto ahead = find_dates(sentence_.tokens, anchor, false);
    const auto back = find_dates(sentence_.tokens, anchor, true);
    std::size_t at = 0;
    for (std::size_t i = 0; i < ahead.size(); ++i) {
      find_days_of_month(at, ahead[i].token_begin);
      at = ahead[i].token_end;
      if (ahead[i].shape != DateShape::day && ahead[i].shape != DateShape::days) continue;
      const bool past = i < back.size() && back[i].token_begin == ahead[i].token_begin && is_past(ahead[i].token_begin);
      add(past ? back[i] : ahead[i]);
    }
    find_days_of_month(at, sentence_.size());
    return std::move(mentions_);
  }

 private:
  void add(DatePhrase phrase) {
    const bool with_year = has_year(phrase);
    if (!today_ && !with_year) return;
    std::size_t begin = phrase.token_begin;
    while (begin + 1 < phrase.token_end && sentence_.is_one_of(begin, {"from", "between", "the"})) ++begin;
    if (phrase.token_end - begin == 1 && !stands_alone(begin)) return;
    // "March 4.1": a version or a section, no day.
    const std::string_view last = sentence_.tokens[phrase.token_end - 1].raw;
    if (last.find_first_of(".,:") != std::string_view::npos) return;
    if (!is_written_as_text(begin, phrase.token_end)) return;
    std::optional<DayRange> days;
    for (const int year :
         with_year || phrase.year_known ? std::vector<int>{phrase.first.year} : candidate_years(phrase, *today_)) {
      days = days_of(phrase, year);
      if (days) break;
    }
    if (!days) return;
    finish(begin, phrase.token_end, days->first, days->last);
  }

  /// "19+February+2010" stands in an address, "following Sunday" counts from another day.
  [[nodiscard]] bool is_written_as_text(std::size_t begin, std::size_t end) const {
    if (sentence_.is_one_of(begin, {"following", "coming"})) return false;
    for (std::size_t at = begin + 1; at < end; ++at)
      if (sentence_.gap_before(at).find_first_of("+%/=&_") != std::string_view::npos) return false;
    return true;
  }

  [[nodiscard]] bool has_year(const DatePhrase& phrase) const {
    for (std::size_t at = phrase.token_begin; at < phrase.token_end; ++at)
      if (const auto year = number_of(sentence_.word(at)); sentence_.word(at).size() == 4 && year && *year >= 1900)
        return true;
    return false;
  }

  /// "today" and a weekday behind a word that asks for a day; not "the Tuesday call", "Tuesday's", "Friday and Monday".
  [[nodiscard]] bool stands_alone(std::size_t at) const {
    if (sentence_.is_one_of(at, {"today", "tomorrow", "yesterday", "tonight"}))
      return sentence_.gap_before(at + 1) != "'";
    if (!index_of(weekdays, sentence_.word(at))) return true;
    if (at == 0 || !sentence_.joined(at)) return false;
    if (sentence_.is_one_of(at + 1, {"mornings", "evenings", "afternoons", "nights", "s"})) return false;
    const std::string_view behind = sentence_.word(at + 1) == "the" ? sentence_.word(at + 2) : std::string_view{};
    if (!behind.empty() && behind.front() >= '0' && behind.front() <= '9')
      return false;  // "Friday the 13th" is one day
    return sentence_.is_one_of(at - 1,
                               {"on", "by", "until", "till", "since", "before", "after", "for", "next", "last"});
  }

  /// "the 15th", "Friday the 27th": a day of this month or the next.
  void find_days_of_month(std::size_t from, std::size_t to) {
    if (!today_) return;
    for (std::size_t at = from; at < to; ++at) {
      const std::string_view word = sentence_.word(at);
      if (word.size() < 3 || word.size() > 4) continue;
      const std::string_view ending = word.substr(word.size() - 2);
      if (ending != "st" && ending != "nd" && ending != "rd" && ending != "th") continue;
      const auto day = number_of(word.substr(0, word.size() - 2));
      if (!day || *day < 1 || *day > 31 || at == 0 || !sentence_.joined(at)) continue;
      std::size_t begin = at;
      if (sentence_.word(at - 1) == "the") begin = at - 1;
      std::optional<int> weekday;
      if (begin > 0 && (weekday = index_of(weekdays, sentence_.word(begin - 1)))) --begin;
      if (begin == at || !is_followed_well(at + 1, begin)) continue;
      if (const auto date = day_of_month(*day, weekday, is_past(begin))) finish(begin, at + 1, *date, *date);
    }
  }

  /// "the 4th time", "the 16th century": counted, no day.
  [[nodiscard]] bool is_followed_well(std::size_t next, std::size_t begin) const {
    if (next >= sentence_.size() || !sentence_.joined(next)) return true;
    if (begin > 0 && sentence_.word(begin - 1) == "on" &&
        sentence_.is_one_of(next, {"we", "i", "you", "they", "he", "she"}))
      return true;
    return sentence_.is_one_of(next,
                               {"is",   "are", "was",   "at",    "in",  "from", "to",      "instead", "and", "or",
                                "will", "if",  "would", "could", "too", "then", "because", "so",      "but", "works"});
  }

  [[nodiscard]] std::optional<CivilDate> day_of_month(int day, std::optional<int> weekday, bool past) const {
    for (int step = 0; step <= 2; ++step) {
      const int months = today_->year * 12 + today_->month - 1 + (past ? -step : step);
      const CivilDate date{months / 12, months % 12 + 1, day};
      if (!is_valid(date) || (past ? date > *today_ : date <= *today_)) continue;
      if (weekday && weekday_of(date) != *weekday) continue;
      return date;
    }
    return std::nullopt;
  }

  /// Does the clause before the word speak of the past? "the mould cracked on Friday", not "has promised it for
  /// Friday".
  [[nodiscard]] bool is_past(std::size_t before) const {
    for (std::size_t at = before; at > 0; --at) {
      const std::string_view word = sentence_.word(at - 1);
      if (sentence_.is_one_of(at - 1,
                              {"will", "shall", "would", "could", "can", "must", "should", "let", "may", "is", "are"}))
        return false;
      const bool auxiliary = at > 1 && sentence_.is_one_of(at - 2, {"has", "have", "is", "are", "be", "been", "being"});
      const bool past_form =
          (word.size() > 4 && word.ends_with("ed") && word != "need" && word != "indeed") ||
          sentence_.is_one_of(at - 1, {"was", "were", "had", "came", "went", "met", "said", "did", "sent", "saw",
                                       "took", "made", "wrote", "got", "broke", "left", "arrived"});
      if (past_form) return !auxiliary;
      if (at - 1 > 0 && sentence_.gap_before(at - 1).find_first_of(";:.") != std::string_view::npos) return false;
    }
    return false;
  }

  /// A day with the time that stands behind or before it.
  void finish(std::size_t begin, std::size_t end, const CivilDate& first, const CivilDate& last) {
    DateMention mention{begin, end, {{first, 0, 0, 0}, true, {}, std::nullopt}, std::nullopt};
    if (last != first) {
      mention.last = EventTime{{last, 0, 0, 0}, true, {}, std::nullopt};
    } else if (!read_times_behind(mention)) {
      read_time_before(mention);
    }
    mentions_.push_back(std::move(mention));
  }

  bool read_times_behind(DateMention& mention) {
    std::size_t at = mention.token_end;
    for (int skipped = 0; skipped < 2 && sentence_.is_one_of(at, {"at", "from", "instead", "between"}); ++skipped) ++at;
    const auto from = clock_at(at);
    if (!from || sentence_.gap_before(mention.token_end).find_first_of(".;:(") != std::string_view::npos) return false;
    std::size_t end = from->end;
    std::optional<Clock> to;
    if (sentence_.is_one_of(end, {"to", "until", "till", "and"})) to = clock_at(end + 1);
    if (!to && (sentence_.gap_before(end) == "-" || sentence_.gap_before(end) == "\xE2\x80\x93")) to = clock_at(end);
    if (to) end = to->end;
    const CivilDate day = mention.first.local.date;
    const auto zone = zone_at(end);
    mention.first = time_on(day, *from, zone);
    if (to) mention.last = time_on(day, *to, zone);
    mention.token_end = end;
    return true;
  }

  /// "at 14:00 on Thursday, 18 June".
  void read_time_before(DateMention& mention) {
    if (mention.token_begin < 2 || sentence_.word(mention.token_begin - 1) != "on") return;
    const std::size_t at = mention.token_begin - 2;
    const auto clock = clock_at(at);
    if (!clock || clock->end != at + 1) return;
    mention.first = time_on(mention.first.local.date, *clock, std::nullopt);
    mention.token_begin = at;
  }

  static EventTime time_on(const CivilDate& day, const Clock& clock, const std::optional<TimeZone>& zone) {
    EventTime time{{day, clock.hour, clock.minute, clock.second}, false, {}, std::nullopt};
    if (!zone) return time;
    time.zone = zone->name();
    time.utc = zone->to_utc(time.local);
    return time;
  }

  /// "17:00", "8:45", "10am", "10 in the morning", "nine", "ten o'clock".
  [[nodiscard]] std::optional<Clock> clock_at(std::size_t at) const {
    std::string_view word = sentence_.word(at);
    if (word.empty()) return std::nullopt;
    Clock clock{0, 0, 0, at + 1};
    const std::size_t colon = word.find(':');
    bool exact = colon != std::string_view::npos;
    bool afternoon = false;
    for (const std::string_view half : {std::string_view{"am"}, std::string_view{"pm"}})
      if (word.size() > 2 && word.ends_with(half) && word.front() >= '0' && word.front() <= '9') {
        word.remove_suffix(2);
        afternoon = half == "pm";
        exact = true;
      }
    const auto hour = number_of(word.substr(0, colon));
    const std::size_t second_colon = colon == std::string_view::npos ? colon : word.find(':', colon + 1);
    const auto minute = colon == std::string_view::npos ? std::optional{0}
                                                        : number_of(word.substr(colon + 1, second_colon - colon - 1));
    const auto second =
        second_colon == std::string_view::npos ? std::optional{0} : number_of(word.substr(second_colon + 1));
    if (hour && minute && second) {
      clock.hour = *hour;
      clock.minute = *minute;
      clock.second = *second;
    } else if (const auto named = index_of(hours, word)) {
      clock.hour = *named + 1;
    } else {
      return std::nullopt;
    }
    if (sentence_.is_one_of(clock.end, {"am", "pm"})) {
      afternoon = afternoon || sentence_.word(clock.end) == "pm";
      exact = true;
      ++clock.end;
    } else if (sentence_.word(clock.end) == "o" && sentence_.word(clock.end + 1) == "clock") {
      exact = true;
      clock.end += 2;
    } else if (sentence_.word(clock.end) == "in" && sentence_.word(clock.end + 1) == "the" &&
               sentence_.is_one_of(clock.end + 2, {"morning", "afternoon", "evening"})) {
      afternoon = sentence_.word(clock.end + 2) != "morning";
      exact = true;
      clock.end += 3;
    }
    // A bare number is a time only behind "at" or "from", with nothing counted behind it.
    const bool ends_there = clock.end >= sentence_.size() || !sentence_.joined(clock.end);
    if (!exact && (at == 0 || !sentence_.is_one_of(at - 1, {"at", "from", "to", "until"}) || !ends_there))
      return std::nullopt;
    if (afternoon && clock.hour < 12) clock.hour += 12;
    if (clock.hour > 23 || clock.minute > 59 || clock.second > 59) return std::nullopt;
    return clock;
  }

  /// "UTC", "Berlin time", "New York time"; moves `at` behind it.
  std::optional<TimeZone> zone_at(std::size_t& at) const {
    if (!sentence_.joined(at)) return std::nullopt;
    if (sentence_.is_one_of(at, {"utc", "gmt"})) {
      ++at;
      return TimeZone::find("UTC");
    }
    for (const std::size_t words : {std::size_t{1}, std::size_t{2}}) {
      if (sentence_.word(at + words) != "time") continue;
      if (auto zone = TimeZone::of_city(sentence_.raw(at, at + words))) {
        at += words + 1;
        return zone;
      }
    }
    return std::nullopt;
  }

  const Sentence& sentence_;
  const std::optional<CivilDate>& today_;
  std::vector<DateMention> mentions_;
};

}  // namespace

Literal to_literal(const DateMention& mention) {
  Literal first = to_literal(mention.first);
  if (!mention.last) return first;
  return {LiteralType::text, first.text + '/' + to_literal(*mention.last).text};
}

std::vector<DateMention> find_date_mentions(const Sentence& sentence, const std::optional<CivilDate>& today) {
  return DateFinder{sentence, today}.find();
}

}  // namespace commonbook::agents
