#include "question_dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace commonbook::agents {
namespace {

struct NamedNumber {
  std::string_view name;
  int number;
};

constexpr std::array months = {
    NamedNumber{"january", 1},   NamedNumber{"february", 2}, NamedNumber{"march", 3},     NamedNumber{"april", 4},
    NamedNumber{"may", 5},       NamedNumber{"june", 6},     NamedNumber{"july", 7},      NamedNumber{"august", 8},
    NamedNumber{"september", 9}, NamedNumber{"october", 10}, NamedNumber{"november", 11}, NamedNumber{"december", 12},
    NamedNumber{"jan", 1},       NamedNumber{"feb", 2},      NamedNumber{"mar", 3},       NamedNumber{"apr", 4},
    NamedNumber{"jun", 6},       NamedNumber{"jul", 7},      NamedNumber{"aug", 8},       NamedNumber{"sep", 9},
    NamedNumber{"sept", 9},      NamedNumber{"oct", 10},     NamedNumber{"nov", 11},      NamedNumber{"dec", 12}};
constexpr std::array weekdays = {NamedNumber{"monday", 0},   NamedNumber{"tuesday", 1}, NamedNumber{"wednesday", 2},
                                 NamedNumber{"thursday", 3}, NamedNumber{"friday", 4},  NamedNumber{"saturday", 5},
                                 NamedNumber{"sunday", 6}};
constexpr std::array ordinals = {
    NamedNumber{"first", 1},       NamedNumber{"second", 2},       NamedNumber{"third", 3},
    NamedNumber{"fourth", 4},      NamedNumber{"fifth", 5},        NamedNumber{"sixth", 6},
    NamedNumber{"seventh", 7},     NamedNumber{"eighth", 8},       NamedNumber{"ninth", 9},
    NamedNumber{"tenth", 10},      NamedNumber{"eleventh", 11},    NamedNumber{"twelfth", 12},
    NamedNumber{"thirteenth", 13}, NamedNumber{"fourteenth", 14},  NamedNumber{"fifteenth", 15},
    NamedNumber{"sixteenth", 16},  NamedNumber{"seventeenth", 17}, NamedNumber{"eighteenth", 18},
    NamedNumber{"nineteenth", 19}, NamedNumber{"twentieth", 20}};

template <class Table>
std::optional<int> look_up(const Table& table, std::string_view word) {
  for (const NamedNumber& entry : table)
    if (entry.name == word) return entry.number;
  return std::nullopt;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

CivilDate plus_days(const CivilDate& date, std::int64_t days) { return date_of_days(days_since_epoch(date) + days); }

CivilDate month_last(int year, int month) {
  return month == 12 ? CivilDate{year, 12, 31} : plus_days({year, month + 1, 1}, -1);
}

/// Reads one phrase at a time from the tokens; each reader returns nullopt and leaves `at_` alone when it does not fit.
class DateReader {
 public:
  DateReader(const std::vector<Token>& tokens, CivilDate today, bool past)
      : tokens_(tokens), today_(today), past_(past) {}

  std::vector<DatePhrase> read_all() {
    std::vector<DatePhrase> phrases;
    while (at_ < tokens_.size()) {
      const std::size_t begin = at_;
      if (auto phrase = read_one()) {
        phrase->token_begin = begin;
        phrase->token_end = at_;
        phrases.push_back(*phrase);
      } else {
        at_ = begin + 1;
      }
    }
    return phrases;
  }

 private:
  std::optional<DatePhrase> read_one() {
    const std::size_t begin = at_;
    using Reading = std::optional<DatePhrase> (DateReader::*)();
    for (const Reading reading :
         {&DateReader::read_week_of, &DateReader::read_part_of_month, &DateReader::read_iso, &DateReader::read_range,
          &DateReader::read_day, &DateReader::read_month, &DateReader::read_quarter, &DateReader::read_relative,
          &DateReader::read_weekday, &DateReader::read_year}) {
      at_ = begin;
      if (auto phrase = (this->*reading)()) return phrase;
    }
    at_ = begin;
    return std::nullopt;
  }

  [[nodiscard]] std::string_view word(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? std::string_view{tokens_[at_ + ahead].text} : std::string_view{};
  }
  bool skip(std::string_view wanted) {
    if (word() != wanted) return false;
    ++at_;
    return true;
  }

  // "may" and "march" are verbs too: a month is written with a capital, or stands beside a day.
  std::optional<int> month_here() const {
    const auto month = look_up(months, word());
    if (!month) return std::nullopt;
    const bool capital = tokens_[at_].capital;
    const bool beside_day = at_ > 0 && day_number(tokens_[at_ - 1].text);
    if ((word() == "may" || word() == "march" || word() == "mar" || word() == "dec" || word() == "sun") && !capital &&
        !beside_day)
      return std::nullopt;
    if (word() == "may" && at_ == 0) return std::nullopt;
    return month;
  }

  // "3", "3rd", "third"; nothing outside 1 to 31.
  static std::optional<int> day_number(std::string_view text) {
    if (const auto named = look_up(ordinals, text)) return named;
    if (text.size() > 2)
      for (const std::string_view suffix : {"st", "nd", "rd", "th"})
        if (text.ends_with(suffix)) text.remove_suffix(2);
    const auto day = whole_number(text);
    return day && *day >= 1 && *day <= 31 ? day : std::nullopt;
  }

  std::optional<int> year_here() {
    const auto year = word().size() == 4 ? whole_number(word()) : std::nullopt;
    if (!year || *year < 1900 || *year > 2200) return std::nullopt;
    ++at_;
    return year;
  }

  DatePhrase phrase_of(DateShape shape, CivilDate first, bool year_known) const {
    return {shape, first, first, year_known, std::nullopt, 0, 0};
  }

  std::optional<DatePhrase> read_iso() {
    if (at_ + 2 >= tokens_.size() || !tokens_[at_ + 1].after_hyphen || !tokens_[at_ + 2].after_hyphen)
      return std::nullopt;
    const auto date = parse_date(tokens_[at_].text + "-" + tokens_[at_ + 1].text + "-" + tokens_[at_ + 2].text);
    if (!date) return std::nullopt;
    at_ += 3;
    return phrase_of(DateShape::day, *date, true);
  }

  // "Tuesday, 17 March 2026", "the 17th of March", "March 17".
  std::optional<DatePhrase> read_day() {
    const auto weekday = look_up(weekdays, word());
    if (weekday) ++at_;
    skip("the");
    std::optional<int> day = day_number(word());
    std::optional<int> month;
    if (day) {
      ++at_;
      skip("of");
      month = month_here();
      if (!month) return std::nullopt;
      ++at_;
    } else {
      month = month_here();
      if (!month) return std::nullopt;
      ++at_;
      skip("the");
      day = day_number(word());
      if (!day) return std::nullopt;
      ++at_;
    }
    const auto year = year_here();
    const CivilDate date{year.value_or(today_.year), *month, *day};
    // 29 February is a date although this year may lack it.
    if (!is_valid(date) && !(*month == 2 && *day == 29)) return std::nullopt;
    DatePhrase phrase = phrase_of(DateShape::day, date, year.has_value());
    phrase.weekday = weekday;
    return phrase;
  }

  // "3 to 5 March", "16-18 March", "from 27 February to 3 March".
  std::optional<DatePhrase> read_range() {
    skip("from");
    skip("between");
    const std::size_t begin = at_;
    std::optional<DatePhrase> first = read_day();
    if (!first) {
      at_ = begin;
      if (!day_number(word()) || is_stop_word(word())) return std::nullopt;
      ++at_;
    }
    const bool joined = at_ < tokens_.size() && tokens_[at_].after_hyphen;
    if (!joined && !skip("to") && !skip("until") && !skip("till") && !skip("and")) return std::nullopt;
    const std::optional<DatePhrase> last = read_day();
    if (!last) return std::nullopt;
    CivilDate from =
        first ? first->first : CivilDate{last->first.year, last->first.month, *day_number(tokens_[begin].text)};
    if (first && !first->year_known) from.year = last->first.year;
    if (!is_valid(from) || last->first < from) return std::nullopt;
    DatePhrase phrase = phrase_of(DateShape::days, from, last->year_known);
    phrase.last = last->first;
    return phrase;
  }

  std::optional<DatePhrase> read_week_of() {
    if (!skip("week") || !(skip("of") || skip("from") || skip("starting") || skip("beginning"))) return std::nullopt;
    auto day = read_iso();
    if (!day) day = read_day();
    if (!day) return std::nullopt;
    day->shape = DateShape::week;
    return day;
  }

  std::optional<DatePhrase> read_part_of_month() {
    const std::string_view part = word();
    const DateShape shape = part == "end" || part == "late"                             ? DateShape::month_end
                            : part == "beginning" || part == "start" || part == "early" ? DateShape::month_start
                                                                                        : DateShape::month_middle;
    if (shape == DateShape::month_middle && part != "middle" && part != "mid") return std::nullopt;
    ++at_;
    skip("of");
    auto month = read_month();
    if (!month) return std::nullopt;
    month->shape = shape;
    return month;
  }

  std::optional<DatePhrase> read_month() {
    const auto month = month_here();
    // "31 February" is no day, and not the month either.
    if (!month || (at_ > 0 && is_number(tokens_[at_ - 1].text) && day_number(tokens_[at_ - 1].text)))
      return std::nullopt;
    ++at_;
    const auto year = year_here();
    return phrase_of(DateShape::month, {year.value_or(today_.year), *month, 1}, year.has_value());
  }

  std::optional<DatePhrase> read_quarter() {
    std::optional<int> number = look_up(ordinals, word());
    if (number && word(1) == "quarter")
      at_ += 2;
    else if (word().size() == 2 && word()[0] == 'q')
      number = whole_number(word().substr(1)), ++at_;
    else
      return std::nullopt;
    if (!number || *number < 1 || *number > 4) return std::nullopt;
    skip("of");
    const auto year = year_here();
    return phrase_of(DateShape::quarter, {year.value_or(today_.year), *number * 3 - 2, 1}, year.has_value());
  }

  std::optional<DatePhrase> read_relative() {
    if (skip("today") || skip("tonight")) return phrase_of(DateShape::day, today_, true);
    if (skip("yesterday")) return phrase_of(DateShape::day, plus_days(today_, -1), true);
    if (skip("tomorrow")) return phrase_of(DateShape::day, plus_days(today_, 1), true);
    if (word() == "day" && word(1) == "after" && word(2) == "tomorrow") {
      at_ += 3;
      return phrase_of(DateShape::day, plus_days(today_, 2), true);
    }
    if (word() == "day" && word(1) == "before" && word(2) == "yesterday") {
      at_ += 3;
      return phrase_of(DateShape::day, plus_days(today_, -2), true);
    }
    const auto step = step_here();
    if (!step) return std::nullopt;
    ++at_;
    if (skip("week")) return phrase_of(DateShape::week, plus_days(today_, *step * 7), true);
    if (skip("year")) return phrase_of(DateShape::year, {today_.year + *step, 1, 1}, true);
    const bool quarter = word() == "quarter";
    if (quarter || word() == "month") {
      ++at_;
      const int base = quarter ? (today_.month - 1) / 3 * 3 : today_.month - 1;
      const int months_on = today_.year * 12 + base + *step * (quarter ? 3 : 1);
      return phrase_of(quarter ? DateShape::quarter : DateShape::month, {months_on / 12, months_on % 12 + 1, 1}, true);
    }
    return std::nullopt;
  }

  std::optional<int> step_here() const {
    if (word() == "this" || word() == "current") return 0;
    if (word() == "next" || word() == "coming" || word() == "following") return 1;
    if (word() == "last" || word() == "previous" || word() == "past") return -1;
    return std::nullopt;
  }

  // "next Monday" is the first one after today; "last Monday" the latest before it; "on Monday" follows the tense.
  std::optional<DatePhrase> read_weekday() {
    const auto step = step_here();
    if (step) ++at_;
    const auto weekday = look_up(weekdays, word());
    if (!weekday) return std::nullopt;
    // "every Tuesday" names a habit, "Ash Wednesday" a feast: a day is asked for by a preposition.
    constexpr std::array openers = {"on",     "by",    "until", "till", "since", "for", "from",
                                    "before", "after", "of",    "the",  "and",   "or",  "to"};
    if (!step && at_ > 0 && std::find(openers.begin(), openers.end(), tokens_[at_ - 1].text) == openers.end())
      return std::nullopt;
    ++at_;
    const int ahead = (*weekday - weekday_of(today_) + 7) % 7;
    const bool back = step ? *step < 0 : past_;
    const bool strict = step && *step != 0;
    const int days = back ? (ahead == 0 && !strict ? 0 : ahead - 7) : (ahead == 0 && strict ? 7 : ahead);
    return phrase_of(DateShape::day, plus_days(today_, days), true);
  }

  std::optional<DatePhrase> read_year() {
    if (at_ == 0 ||
        (tokens_[at_ - 1].text != "in" && tokens_[at_ - 1].text != "of" && tokens_[at_ - 1].text != "since"))
      return std::nullopt;
    const auto year = year_here();
    if (!year) return std::nullopt;
    return phrase_of(DateShape::year, {*year, 1, 1}, true);
  }

  const std::vector<Token>& tokens_;
  CivilDate today_;
  bool past_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<DatePhrase> find_dates(const std::vector<Token>& tokens, const CivilDate& today, bool past) {
  return DateReader{tokens, today, past}.read_all();
}

std::optional<DayRange> days_of(const DatePhrase& phrase, int year) {
  CivilDate first = phrase.first;
  CivilDate last = phrase.last;
  if (!phrase.year_known) {
    last.year += year - first.year;
    first.year = year;
  }
  if (!is_valid(first) || !is_valid(last)) return std::nullopt;
  if (phrase.weekday && weekday_of(first) != *phrase.weekday) return std::nullopt;
  switch (phrase.shape) {
    case DateShape::day: return DayRange{first, first};
    case DateShape::days: return DayRange{first, last};
    case DateShape::week: {
      const CivilDate monday = plus_days(first, -weekday_of(first));
      return DayRange{monday, plus_days(monday, 6)};
    }
    case DateShape::month_start: return DayRange{first, {first.year, first.month, 10}};
    case DateShape::month_middle: return DayRange{{first.year, first.month, 10}, {first.year, first.month, 20}};
    case DateShape::month_end: return DayRange{{first.year, first.month, 20}, month_last(first.year, first.month)};
    case DateShape::month: return DayRange{first, month_last(first.year, first.month)};
    case DateShape::quarter: return DayRange{first, month_last(first.year, first.month + 2)};
    case DateShape::year: return DayRange{first, {first.year, 12, 31}};
  }
  return std::nullopt;
}

std::vector<int> candidate_years(const DatePhrase& phrase, const CivilDate& today) {
  if (phrase.year_known) return {phrase.first.year};
  std::vector<int> years;
  for (const int step : {-1, 0, 1})
    if (days_of(phrase, today.year + step)) years.push_back(today.year + step);
  const auto away = [&](int year) {
    return std::llabs(days_since_epoch(days_of(phrase, year)->first) - days_since_epoch(today));
  };
  std::stable_sort(years.begin(), years.end(), [&](int left, int right) { return away(left) < away(right); });
  return years;
}

}  // namespace commonbook::agents
