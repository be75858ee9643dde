#include "answer_values.hpp"

#include "extraction_values.hpp"
#include "question_synonyms.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

using Tokens = std::vector<Token>;

bool names_a_code(const std::string& noun) {
  return is_among(noun, {"number", "code", "reference", "id", "serial", "identifier"});
}

/// "2.4.1", "7", "H2-110", "D": what follows a noun and tells it from others of its kind.
bool is_identifier(const Token& token) {
  const std::string& raw = token.raw;
  const bool has_digit = std::any_of(raw.begin(), raw.end(), [](char c) { return c >= '0' && c <= '9'; });
  return has_digit || (raw.size() <= 3 && token.capital && !is_stop_word(token.text));
}

/// "7 V" is a quantity, not the seventh of its kind.
bool inside_value(const std::vector<ValueMention>& values, std::size_t at) {
  return std::any_of(values.begin(), values.end(), [&](const ValueMention& value) {
    return value.kind != FactKind::reference && at >= value.token_begin && at < value.token_end;
  });
}

/// "5 V" is, "12 apples" is not.
bool is_measure(const std::string& value) {
  const std::string unit = value.substr(value.rfind(' ') + 1);
  return !unit_symbol(unit).empty() || unit.find('%') != std::string::npos || unit.starts_with("\xC2\xB0");
}

/// "not 5 V", "instead of 9", "than 20": named to be refused.
bool is_refused(const Sentence& sentence, std::size_t at) {
  if (at == 0) return false;
  return is_among(sentence.word(at - 1), {"not", "than", "except", "without"}) ||
         (at > 1 && sentence.word(at - 1) == "of" && sentence.word(at - 2) == "instead");
}

bool is_sum_of_all(const Sentence& sentence, std::size_t at) {
  for (std::size_t back = 1; back <= 3 && back <= at; ++back)
    if (is_among(sentence.word(at - back), {"together", "total", "altogether", "all", "sum"})) return true;
  return false;
}

class ValueChooser {
 public:
  ValueChooser(const QuestionDetails& details, const Statement& statement)
      : details_(details),
        sentence_(statement.sentence),
        title_(statement.citation.title),
        own_(statement.own),
        values_(find_values(statement.sentence)) {}

  std::optional<SaidValue> choose() {
    if (details_.wants_amount) {
      take(FactKind::amount, 0.6);
    } else if (details_.asked == Asked::how_many) {
      take_counts();
    } else {
      const std::vector<std::string> nouns = asked_nouns(details_);
      for (const std::string& noun : nouns) take_identifiers(noun, sentence_, 0.7);
      if (std::any_of(nouns.begin(), nouns.end(), names_a_code)) {
        take(FactKind::reference, 0.6);
      } else if (best_.text.empty()) {
        take_measures(nouns);
      }
      if (best_.text.empty() && own_ > 0) take_from_title(nouns);
    }
    return best_.text.empty() ? std::nullopt : std::optional{best_};
  }

 private:
  void offer(std::size_t begin, std::size_t end, double score, std::string text = {}) {
    if (is_refused(sentence_, begin)) return;
    const auto away = distance_to_matter(details_, sentence_, begin, end);
    if (away) score += 0.4 / (1.0 + 0.5 * static_cast<double>(*away));
    if (details_.wants_total && is_sum_of_all(sentence_, begin)) score += 0.4;
    if (score <= best_.score) return;
    best_ = {text.empty() ? as_written(begin, end) : std::move(text), score, begin};
  }

  /// With the sign behind or before it that no token holds: "40 %", "€20".
  [[nodiscard]] std::string as_written(std::size_t begin, std::size_t end) const {
    std::string text = sentence_.raw(begin, end);
    const std::string_view behind = sentence_.gap_before(end);
    for (const std::string_view sign : {"%", "\xC2\xB0", "\xE2\x82\xAC", "\xC2\xA3"}) {
      const std::size_t found = behind.find(sign);
      if (found <= 1) text += std::string{behind.substr(0, found + sign.size())};
    }
    const std::string_view before = sentence_.gap_before(begin);
    for (const std::string_view sign : {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"})
      if (before.ends_with(sign)) text.insert(0, sign);
    return text;
  }

  void take(FactKind kind, double score) {
    for (const ValueMention& value : values_)
      if (value.kind == kind) {
        std::size_t begin = value.token_begin;
        // "order no. 4711": the number alone.
        if (kind == FactKind::reference && value.value.find(' ') == std::string::npos)
          while (begin + 1 < value.token_end && sentence_.tokens[begin].raw != value.value &&
                 !value.value.starts_with(sentence_.tokens[begin].raw))
            ++begin;
        offer(begin, value.token_end, score);
      }
  }

  /// A number with its unit, where the sentence or the title above it names what is measured.
  void take_measures(const std::vector<std::string>& nouns) {
    std::set<std::string> words = stems_of(title_);
    for (const Token& token : sentence_.tokens) words.insert(stem(token.text));
    const bool named =
        std::any_of(nouns.begin(), nouns.end(), [&](const std::string& noun) { return match_of(noun, words) > 0; });
    if (!named) return;
    for (const ValueMention& value : values_)
      if (value.kind == FactKind::quantity && is_measure(value.value)) offer(value.token_begin, value.token_end, 0.5);
  }

  /// A number of what is asked for, of sums of money, times and names none.
  void take_counts() {
    for (std::size_t at = 0; at < sentence_.size(); ++at) {
      const std::string_view word = sentence_.word(at);
      const bool digits = is_number(word) && word.find(':') == std::string_view::npos;
      const bool spelled = is_among(word, {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
                                           "eleven", "twelve", "twenty", "thirty", "hundred"});
      if (!digits && !spelled) continue;
      const bool money = std::any_of(values_.begin(), values_.end(), [&](const ValueMention& value) {
        return value.kind != FactKind::quantity && at >= value.token_begin && at < value.token_end;
      });
      const bool hyphenated = sentence_.tokens[at].after_hyphen;
      if (!money && !hyphenated) offer(at, at + 1, digits ? 0.6 : 0.5);
    }
  }

  void take_identifiers(const std::string& noun, const Sentence& sentence, double score) {
    const bool in_title = &sentence != &sentence_;
    for (std::size_t at = 0; at + 1 < sentence.size(); ++at) {
      if (stem(sentence.word(at)) != noun || !sentence.joined(at + 1)) continue;
      if (!is_identifier(sentence.tokens[at + 1]) || (!in_title && inside_value(values_, at + 1))) continue;
      std::size_t end = at + 2;
      while (end < sentence.size() && sentence.tokens[end].after_hyphen) ++end;
      // What the question names already is no answer.
      const std::string asked = fold(sentence.raw(at + 1, end));
      const bool known = std::any_of(details_.tokens.begin(), details_.tokens.end(),
                                     [&](const Token& token) { return token.text == asked; });
      if (known) continue;
      // A number alone says little: "Sample 7".
      if (in_title)
        best_ = {sentence.raw(at, end), score, sentence_.size()};
      else
        offer(at, end, score, sentence.raw(at, end));
    }
  }

  void take_from_title(const std::vector<std::string>& nouns) {
    for (const Sentence& title : split_sentences(title_, TextPart::title))
      for (const std::string& noun : nouns) take_identifiers(noun, title, 0.5);
  }

  const QuestionDetails& details_;
  const Sentence& sentence_;
  const std::string& title_;
  double own_;
  std::vector<ValueMention> values_;
  SaidValue best_;
};

/// "3,940" is 394000 cents; nullopt for what is no plain number.
std::optional<std::int64_t> hundredths_of(std::string_view number) {
  std::int64_t value = 0;
  int decimals = -1;
  for (const char c : number) {
    if (c == '.') {
      if (decimals >= 0) return std::nullopt;
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9' || decimals >= 2 || value > 1'000'000'000'000) return std::nullopt;
    value = value * 10 + (c - '0');
    if (decimals >= 0) ++decimals;
  }
  for (int missing = std::max(decimals, 0); missing < 2; ++missing) value *= 10;
  return value;
}

std::string grouped(std::int64_t hundredths) {
  std::string whole = std::to_string(hundredths / 100);
  for (std::size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, ",");
  if (hundredths % 100 == 0) return whole;
  const std::string cents = std::to_string(100 + hundredths % 100);
  return whole + '.' + cents.substr(1);
}

}  // namespace

std::vector<std::string> asked_nouns(const QuestionDetails& details) {
  const Tokens& tokens = details.tokens;
  std::vector<std::string> nouns;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens[at].text != "which" && tokens[at].text != "what") continue;
    std::size_t noun = at + 1;
    // "What was wrong" asks for no noun.
    if (noun + 1 < tokens.size() && is_among(tokens[noun].text, {"is", "was", "are", "were"})) {
      if (!is_among(tokens[noun + 1].text, {"the", "a", "an"})) break;
      noun += 2;
    }
    while (noun < tokens.size() && !is_stop_word(tokens[noun].text)) nouns.push_back(stem(tokens[noun++].text));
    break;
  }
  return nouns;
}

bool asks_for_value(const QuestionDetails& details) {
  if (details.asked == Asked::how_many || details.asked == Asked::how_much) return true;
  if (details.asked != Asked::what) return false;
  return details.wants_amount || !asked_nouns(details).empty();
}

std::optional<SaidValue> value_in(const QuestionDetails& details, const Statement& statement) {
  return ValueChooser{details, statement}.choose();
}

std::optional<std::string> number_and_sum(const QuestionDetails& details, const Statement& statement) {
  const bool asks_both =
      details.asked == Asked::how_many && std::any_of(details.tokens.begin(), details.tokens.end(),
                                                      [](const Token& token) { return token.text == "much"; });
  if (!asks_both) return std::nullopt;
  const Sentence& sentence = statement.sentence;
  const std::vector<ValueMention> values = find_values(sentence);
  const auto is_count = [](const ValueMention& value) { return value.kind == FactKind::quantity; };
  const auto is_sum = [](const ValueMention& value) { return value.kind == FactKind::amount; };
  const auto count = std::find_if(values.begin(), values.end(), is_count);
  const auto price = std::find_if(values.begin(), values.end(), is_sum);
  if (count == values.end() || price == values.end()) return std::nullopt;
  const std::string counted = sentence.raw(count->token_begin, count->token_end);
  const std::string paid = sentence.raw(price->token_begin, price->token_end);
  const bool each = is_among(sentence.word(price->token_end), {"each", "apiece", "per"});
  if (!each) return counted + " for " + paid;
  const std::size_t blank = price->value.find(' ');
  const auto number = hundredths_of(count->value.substr(0, count->value.find(' ')));
  const auto unit = hundredths_of(price->value.substr(0, blank));
  if (!number || !unit || *number % 100 != 0) return counted + " at " + paid + " each";
  if (*unit > 0 && *number / 100 > 1'000'000'000'000 / *unit) return counted + " at " + paid + " each";
  return counted + " for " + grouped(*number / 100 * *unit) + price->value.substr(blank) + " (" + paid + " each)";
}

std::optional<std::size_t> distance_to_matter(const QuestionDetails& details, const Sentence& sentence,
                                              std::size_t token_begin, std::size_t token_end) {
  std::optional<std::size_t> nearest;
  const auto look = [&](std::size_t at, std::size_t away) {
    if (nearest && *nearest <= away) return;
    const std::string_view word = sentence.word(at);
    if (is_stop_word(word)) return;
    const std::set<std::string> one{stem(word)};
    for (const std::string& wanted : details.content_words)
      if (match_of(stem(wanted), one) > 0) nearest = away;
  };
  const auto ends_clause = [&](std::size_t at) {
    return sentence.gap_before(at).find_first_of(",;:") != std::string_view::npos;
  };
  // Behind a comma another thing is spoken of: it is further away.
  constexpr std::size_t other_clause = 4;
  std::size_t extra = 0;
  for (std::size_t at = token_end; at < sentence.size(); ++at) {
    extra += ends_clause(at) ? other_clause : 0;
    look(at, at - token_end + extra);
  }
  extra = 0;
  for (std::size_t at = token_begin; at-- > 0;) {
    extra += ends_clause(at + 1) ? other_clause : 0;
    look(at, token_begin - at - 1 + extra);
  }
  return nearest;
}

}  // namespace commonbook::agents
