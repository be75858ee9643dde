#include "extraction_values.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace commonbook::agents {
namespace {

constexpr std::array<std::string_view, 24> small_numbers{
    "zero",    "one",       "two",      "three",    "four",   "five",     "six",      "seven",
    "eight",   "nine",      "ten",      "eleven",   "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",   "forty",    "fifty"};
constexpr std::array<int, 24> small_values{0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                           12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 40, 50};

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool all_decimal(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_decimal); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower_word(std::string_view raw) {
  return std::all_of(raw.begin(), raw.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Digits in groups of three behind each separator: "75,000", "1,234,567".
bool is_grouped(std::string_view text, char separator) {
  std::size_t at = text.find(separator);
  if (at == std::string_view::npos || at == 0 || at > 3 || text.front() == '0') return false;
  for (; at < text.size(); at += 4)
    if (text[at] != separator || !all_decimal(text.substr(at + 1, 3)) || text.substr(at + 1, 3).size() != 3)
      return false;
  return true;
}

std::string without(std::string_view text, char dropped) {
  std::string result{text};
  std::erase(result, dropped);
  return result;
}

/// "75,000" is 75000, "12.50" stays, "3,5" is 3.5, "2.4.1" is no number. Of a sum of money "4.180" is 4180.
std::optional<std::string> normal_number(std::string_view text, bool is_amount) {
  const auto commas = std::count(text.begin(), text.end(), ',');
  const auto dots = std::count(text.begin(), text.end(), '.');
  const bool is_plain =
      std::all_of(text.begin(), text.end(), [](char c) { return is_decimal(c) || c == ',' || c == '.'; });
  if (text.empty() || !is_plain) return std::nullopt;
  if (commas == 0 && dots == 0) return all_decimal(text) ? std::optional{std::string{text}} : std::nullopt;
  if (commas > 0 && dots > 0) {
    const bool dot_last = text.rfind('.') > text.rfind(',');
    const char decimal = dot_last ? '.' : ',';
    const char group = dot_last ? ',' : '.';
    const std::size_t at = text.rfind(decimal);
    if (std::count(text.begin(), text.end(), decimal) != 1 || !is_grouped(text.substr(0, at), group))
      return std::nullopt;
    return without(text.substr(0, at), group) + '.' + std::string{text.substr(at + 1)};
  }
  const char separator = commas > 0 ? ',' : '.';
  const bool thousands = is_grouped(text, separator) && (separator == ',' || is_amount || dots > 1);
  if (thousands) return without(text, separator);
  if (commas + dots > 1) return std::nullopt;
  const std::size_t at = text.find(separator);
  return std::string{text.substr(0, at)} + '.' + std::string{text.substr(at + 1)};
}

class ValueFinder {
 public:
  explicit ValueFinder(const Sentence& sentence) : sentence_(sentence) {}

  std::vector<ValueMention> find() {
    for (std::size_t at = 0; at < sentence_.size();) {
      auto value = reference_at(at);
      if (!value) value = named_reference_at(at);
      if (!value) value = amount_at(at);
      if (!value) value = quantity_at(at);
      if (!value) {
        ++at;
        continue;
      }
      at = value->token_end;
      values_.push_back(std::move(*value));
    }
    return std::move(values_);
  }

 private:
  [[nodiscard]] std::string_view raw(std::size_t at) const {
    return at < sentence_.size() ? std::string_view{sentence_.tokens[at].raw} : std::string_view{};
  }
  [[nodiscard]] bool hyphenated(std::size_t at) const {
    return at < sentence_.size() && at > 0 && sentence_.tokens[at].after_hyphen && sentence_.gap_before(at) == "-";
  }

  /// "QB-2026-007", "K2-300", "RX-20391": capitals, then digits, at least three of them together.
  [[nodiscard]] std::optional<ValueMention> reference_at(std::size_t at) const {
    const std::string_view prefix = raw(at);
    if (prefix.size() < 2 || prefix.size() > 8 || !is_upper(prefix.front()) || hyphenated(at)) return std::nullopt;
    if (!std::all_of(prefix.begin(), prefix.end(), [](char c) { return is_upper(c) || is_decimal(c); }))
      return std::nullopt;
    constexpr std::array<std::string_view, 28> standards{
        "ISO", "UTF",  "RFC", "IEC", "DIN", "EN", "IEEE", "ANSI", "SHA", "MD5", "CP",  "KOI8", "GB",    "AES",
        "RSA", "BIG5", "EUC", "US",  "VT",  "PC", "X86",  "UTC",  "GMT", "USB", "PCI", "JIS",  "ASCII", "WINDOWS"};
    if (std::find(standards.begin(), standards.end(), prefix) != standards.end()) return std::nullopt;
    std::size_t end = at + 1;
    bool long_enough = false;
    while (hyphenated(end) && all_decimal(raw(end))) long_enough = raw(end++).size() >= 3 || long_enough;
    if (!long_enough || hyphenated(end)) return std::nullopt;
    // "SC-2008-01-01T..." and the like go on without a blank.
    const std::string_view behind = sentence_.gap_before(end);
    if (end < sentence_.size() && (behind == "_" || behind == "@" || behind == "/")) return std::nullopt;
    if (at > 0 && (sentence_.gap_before(at).ends_with('/') || sentence_.gap_before(at).ends_with('_')))
      return std::nullopt;
    return ValueMention{FactKind::reference, at, end, std::string{sentence_.raw(at, end)}, 0.95};
  }

  /// "order no. 4711", "invoice #20391": a number behind what it numbers.
  [[nodiscard]] std::optional<ValueMention> named_reference_at(std::size_t at) const {
    if (!sentence_.is_one_of(at, {"order", "invoice", "quotation", "quote", "ticket", "contract", "booking", "tracking",
                                  "reference", "receipt", "customer", "delivery", "shipment", "po"}))
      return std::nullopt;
    std::size_t number = at + 1;
    const auto in_gap = [&](char c) { return sentence_.gap_before(number).find(c) != std::string_view::npos; };
    bool numbered = false;
    while (sentence_.is_one_of(number, {"no", "number", "nr", "id", "code"})) {
      numbered = true;
      ++number;
    }
    if (sentence_.is_one_of(number, {"is"}) && numbered) ++number;
    numbered = numbered || in_gap('#');
    const std::string_view gap = sentence_.gap_before(number);
    if (gap.find_first_not_of(" \n\r#.:") != std::string_view::npos) return std::nullopt;
    const std::string_view value = raw(number);
    const auto digits = std::count_if(value.begin(), value.end(), is_decimal);
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return is_decimal(c) || is_upper(c); });
    if (!plain || digits < (numbered ? 3 : 4) || hyphenated(number + 1)) return std::nullopt;
    const bool counts_something = sentence_.joined(number + 1) && all_decimal(value) && quantity_at(number).has_value();
    if (counts_something || amount_at(number)) return std::nullopt;
    return ValueMention{FactKind::reference, at, number + 1, std::string{value}, 0.85};
  }

  [[nodiscard]] std::optional<ValueMention> amount_at(std::size_t at) const {
    std::string_view digits = raw(at);
    std::string_view code;
    std::size_t begin = at;
    std::size_t end = at + 1;
    double confidence = 0.97;
    if (!currency_code(digits).empty() && sentence_.joined(at + 1) && is_upper(digits.front()) &&
        digits.size() == 3) {  // "EUR 20"
      code = currency_code(digits);
      digits = raw(at + 1);
      end = at + 2;
    }
    std::string_view scale;
    // Unlike the other signs, the euro's counts as a letter: "€20" is one word.
    constexpr std::string_view euro = "\xE2\x82\xAC";
    if (digits.starts_with(euro) || digits.ends_with(euro)) {
      code = currency_code(euro);
      if (digits.starts_with(euro)) digits.remove_prefix(euro.size());
      if (digits.ends_with(euro)) digits.remove_suffix(euro.size());
    }
    for (const auto& [letters, zeros] : {std::pair{"k", "000"}, std::pair{"K", "000"}, std::pair{"m", "000000"},
                                         std::pair{"M", "000000"}, std::pair{"bn", "000000000"}}) {
      if (!digits.ends_with(letters) || !scale.empty()) continue;
      scale = zeros;
      digits.remove_suffix(std::string_view{letters}.size());
    }
    if (digits.empty() || !is_decimal(digits.front())) return std::nullopt;
    if (code.empty()) {
      const std::string_view gap = sentence_.gap_before(begin);
      for (const std::string_view symbol : {"\xE2\x82\xAC", "$", "\xC2\xA3", "\xC2\xA5"})
        if (gap.ends_with(symbol)) code = currency_code(symbol);
      // "$1" is a shell's or a pattern's; money has two digits, or cents.
      if (!code.empty() && gap.ends_with('$') && digits.size() < 2) return std::nullopt;
      confidence = code.empty() ? confidence : 0.9;
    }
    if (sentence_.is_one_of(end, {"million", "thousand"}) && sentence_.joined(end)) {
      scale = sentence_.word(end) == "million" ? "000000" : "000";
      ++end;
    }
    if (code.empty()) {
      const std::string_view gap = sentence_.gap_before(end);
      for (const std::string_view symbol : {"\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"})
        if (gap.starts_with(symbol) || gap.starts_with(std::string{" "} + std::string{symbol}))
          code = currency_code(symbol);
      if (code.empty() && sentence_.joined(end)) {
        code = currency_code(raw(end));
        if (!code.empty()) ++end;
      }
    }
    auto number = normal_number(digits, true);
    if (code.empty() || !number || hyphenated(at)) return std::nullopt;
    if (!scale.empty()) number = scaled(*number, scale.size());
    return ValueMention{FactKind::amount, begin, end, *number + ' ' + std::string{code}, confidence};
  }

  /// 1.2 million: the point moves.
  static std::string scaled(const std::string& number, std::size_t zeros) {
    const std::size_t point = number.find('.');
    if (point == std::string::npos) return number + std::string(zeros, '0');
    std::string fraction = number.substr(point + 1);
    fraction.resize(std::max(fraction.size(), zeros), '0');
    std::string result = number.substr(0, point) + fraction.substr(0, zeros);
    const std::string rest = fraction.substr(zeros);
    return rest.empty() ? result : result + '.' + rest;
  }

  [[nodiscard]] std::optional<std::string> number_at(std::size_t at) const {
    const std::string_view word = sentence_.word(at);
    const auto named = std::find(small_numbers.begin() + 2, small_numbers.end(), word);
    if (named != small_numbers.end())
      return std::to_string(small_values[static_cast<std::size_t>(named - small_numbers.begin())]);
    return is_number(word) ? normal_number(word, false) : std::nullopt;
  }

  /// "sample 9", "Apollo 11", "page 3", "version 1.0": the number names what stands before it.
  [[nodiscard]] bool names_something(std::size_t at) const {
    if (at == 0 || !sentence_.joined(at))
      return at > 0 && (sentence_.gap_before(at) == "-" || sentence_.gap_before(at) == "/");
    const std::string_view before = raw(at - 1);
    if (sentence_.is_one_of(at - 1, {"below", "over", "under", "within", "around", "nearly", "almost", "another",
                                     "roughly", "approximately", "up", "least", "without", "exactly"}))
      return false;
    if (is_upper(before.front()) && !is_stop_word(sentence_.word(at - 1)) && !is_number(sentence_.word(at - 1)) &&
        !number_at(at - 1) && !is_month(sentence_.word(at - 1)))
      return true;
    return sentence_.is_one_of(
        at - 1,
        {"page",  "version", "revision", "rev",     "room",  "chapter", "section", "sample",  "unit",     "step",
         "item",  "line",    "figure",   "table",   "type",  "level",   "no",      "number",  "nr",       "bug",
         "issue", "patch",   "patches",  "release", "part",  "point",   "phase",   "chamber", "terminal", "port",
         "gate",  "floor",   "building", "python",  "emacs", "id",      "commit"});
  }

  static bool is_month(std::string_view word) {
    constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};
    return std::find(months.begin(), months.end(), word) != months.end();
  }

  [[nodiscard]] std::optional<ValueMention> quantity_at(std::size_t at) const {
    std::string number;
    std::size_t end = at + 1;
    std::string attached;  // the unit of "5V" and "10ms"
    if (const auto plain = number_at(at)) {
      number = *plain;
    } else {
      const std::string_view word = raw(at);
      std::size_t digits = 0;
      while (digits < word.size() && (is_decimal(word[digits]) || word[digits] == '.' || word[digits] == ',')) ++digits;
      const auto value =
          digits > 0 && digits < word.size() ? normal_number(word.substr(0, digits), false) : std::nullopt;
      if (!value) return std::nullopt;
      number = *value;
      attached = word.substr(digits);
    }
    if (names_something(at)) return std::nullopt;
    std::size_t begin = at;
    // "3 to 5 days": one quantity from its first number on.
    if (attached.empty() && sentence_.is_one_of(end, {"to", "or"}) && sentence_.joined(end)) {
      const auto upper = quantity_at(end + 1);
      if (upper && number_at(end + 1) && number_at(end + 1) != number && upper->token_begin == end + 1)
        return ValueMention{FactKind::quantity, begin, upper->token_end,
                            number + ' ' + std::string{sentence_.word(end)} + ' ' + upper->value, upper->confidence};
    }
    if (!attached.empty()) {
      const std::string_view unit = unit_symbol(attached);
      // "the 1950s" and "the 80s" are times.
      if (unit.empty() || attached == "s") return std::nullopt;
      return ValueMention{FactKind::quantity, begin, end, number + ' ' + std::string{unit}, 0.9};
    }
    const std::string unit = unit_behind(end);
    if (!unit.empty()) return ValueMention{FactKind::quantity, begin, end, number + ' ' + unit, 0.95};
    return counted(begin, number);
  }

  /// The unit behind a number; moves `end` behind it.
  [[nodiscard]] std::string unit_behind(std::size_t& end) const {
    const std::string_view gap = sentence_.gap_before(end);
    const std::size_t sign = gap.find_first_not_of(' ');
    if (sign != std::string_view::npos && sign < 2 && gap.substr(sign).starts_with('%')) {
      // "%RH" is relative humidity; "% of" a share.
      if (gap.substr(sign) == "%" && sentence_.word(end) == "rh") {
        ++end;
        return "%RH";
      }
      return "%";
    }
    if (sign != std::string_view::npos && sign < 2 && gap.substr(sign) == "\xC2\xB0" &&
        (raw(end) == "C" || raw(end) == "F"))
      return std::string{"\xC2\xB0"} + std::string{raw(end++)};
    if (!sentence_.joined(end)) return {};
    const std::string_view unit = unit_symbol(raw(end));
    if (unit.empty()) return {};
    // "5 m n": one letter among words is a unit only where nothing like it goes on.
    if (raw(end).size() == 1 && sentence_.joined(end + 1) && raw(end + 1).size() == 1 && sentence_.word(end + 1) != "a")
      return {};
    ++end;
    return std::string{unit};
  }

  /// "12 apples", "200 green apples", "500 AB-7": at most two words before what is counted.
  [[nodiscard]] std::optional<ValueMention> counted(std::size_t at, const std::string& number) const {
    if (number == "0" || number == "1" || number.find('.') != std::string::npos) return std::nullopt;
    const bool like_year =
        number.size() == 4 && (number.starts_with("19") || number.starts_with("20")) && raw(at).size() == 4;
    if (like_year) return std::nullopt;
    if (sentence_.joined(at + 1) && raw(at + 1).size() >= 2 && hyphenated(at + 2) && all_decimal(raw(at + 2)) &&
        std::all_of(raw(at + 1).begin(), raw(at + 1).end(), is_upper))
      return ValueMention{FactKind::quantity, at, at + 3, number + ' ' + sentence_.raw(at + 1, at + 3), 0.85};
    for (std::size_t noun = at + 1; noun <= at + 3; ++noun) {
      const std::string_view word = raw(noun);
      const bool in_phrase = sentence_.joined(noun) || (noun > at + 1 && hyphenated(noun));
      if (!in_phrase || word.size() < 3 || !is_lower_word(word) || is_stop_word(word)) return std::nullopt;
      if (hyphenated(noun + 1)) continue;
      if (!is_plural(word)) continue;
      return ValueMention{FactKind::quantity, at, noun + 1, number + ' ' + sentence_.raw(at + 1, noun + 1), 0.9};
    }
    return std::nullopt;
  }

  static bool is_plural(std::string_view word) {
    if (word.size() < 4 || !word.ends_with('s') || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is"))
      return word == "people" || word == "children";
    constexpr std::array<std::string_view, 22> vague{
        "things",  "ways",  "others", "ones",  "reasons", "points", "words",  "times",   "sides", "comes", "cases",
        "options", "kinds", "sorts",  "types", "works",   "makes",  "always", "perhaps", "does",  "needs", "looks"};
    return std::find(vague.begin(), vague.end(), word) == vague.end();
  }

  const Sentence& sentence_;
  std::vector<ValueMention> values_;
};

}  // namespace

std::vector<ValueMention> find_values(const Sentence& sentence) { return ValueFinder{sentence}.find(); }

}  // namespace commonbook::agents
