#include "extraction_text.hpp"

#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

constexpr std::size_t text_bytes_max = 256 * 1024;
constexpr std::size_t sentence_bytes_max = 1000;
/// Shorter lines that are followed by a capital were not wrapped: they end by themselves.
constexpr std::size_t short_line_bytes = 50;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Patches, code and tables: mostly what no sentence has.
bool is_prose(std::string_view line) {
  if (line.starts_with('+') || line.starts_with('>') || line.starts_with('|') || line.starts_with("@@") ||
      line.starts_with("--") || line.starts_with("diff ") || line.starts_with("index ") || line.starts_with('$') ||
      line.starts_with('#') || line.starts_with("\t"))
    return false;
  if (line.size() > 1 && line[0] == '-' && !is_blank(line[1]) && !is_decimal(line[1]) && !is_letter(line[1]))
    return false;
  std::size_t symbols = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    symbols += c == '{' || c == '}' || c == '=' || c == '\\' || c == '_' || c == '|' || c == '~' || c == '<' ||
                       c == '>' || c == '[' || c == ']' || c == '`' || c == '^'
                   ? 1
                   : 0;
    symbols += (c == ':' && at + 1 < line.size() && line[at + 1] == ':') ||
               (c == '(' && at + 1 < line.size() && line[at + 1] == ')');
    symbols += c == '/' && at + 1 < line.size() && line[at + 1] == '/';
  }
  return symbols < 3 && !line.ends_with('{') && !line.ends_with(';');
}

/// "Mr.", "No.", "e.g.", an initial: a full stop that ends no sentence.
bool is_abbreviated(std::string_view before) {
  std::size_t begin = before.size();
  while (begin > 0 && (is_letter(before[begin - 1]) || before[begin - 1] == '.')) --begin;
  const std::string word = fold(before.substr(begin));
  constexpr std::array known{"mr",     "mrs", "ms",  "dr",  "prof", "no", "nr",
                             "approx", "vs",  "e.g", "i.e", "cf",   "st", "ca"};
  // "3.3 V." ends with a unit, not with an initial.
  if (begin > 1 && word.size() == 1 && before[begin - 1] == ' ' && is_decimal(before[begin - 2])) return false;
  if (word.size() == 1) return before[begin] >= 'A' && before[begin] <= 'Z' && before[begin] != 'I' && begin != 0;
  return std::find(known.begin(), known.end(), word) != known.end();
}

class Splitter {
 public:
  Splitter(std::string_view text, TextPart part) : text_(text.substr(0, text_bytes_max)), part_(part) {}

  std::vector<Sentence> split() {
    bool in_patch = false;
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t line_end = std::min(text_.find('\n', at), text_.size());
      std::string_view line = text_.substr(at, line_end - at);
      if (line.ends_with('\r')) line.remove_suffix(1);
      in_patch = in_patch || line.starts_with("diff --git ") || line == "---";
      if (in_patch || !is_prose(line) || line.find_first_not_of(" \t\r") == std::string_view::npos) {
        finish(at);
      } else {
        read_line(at, line, line_end);
      }
      at = line_end + 1;
    }
    finish(text_.size());
    return std::move(sentences_);
  }

 private:
  void read_line(std::size_t at, std::string_view line, std::size_t line_end) {
    if (is_item(line)) finish(at);
    if (!begin_) begin_ = at;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const bool last = i + 1 == line.size();
      if ((c == '.' || c == '!' || c == '?') && (last || is_blank(line[i + 1])) && !is_list_number(line, i) &&
          !(c == '.' && is_abbreviated(line.substr(0, i)))) {
        finish(at + i + 1);
        if (!last) begin_ = at + i + 1;
      } else if (begin_ && at + i - *begin_ > sentence_bytes_max && is_blank(c)) {
        finish(at + i);
        begin_ = at + i;
      }
    }
    const std::string_view next = line_end + 1 < text_.size() ? text_.substr(line_end + 1) : std::string_view{};
    if (line.size() < short_line_bytes && !next.empty() && next.front() >= 'A' && next.front() <= 'Z') finish(line_end);
  }

  static bool is_list_number(std::string_view line, std::size_t dot) {
    const std::size_t first = line.find_first_not_of(" \t");
    return dot - first <= 2 && std::all_of(line.begin() + static_cast<std::ptrdiff_t>(first),
                                           line.begin() + static_cast<std::ptrdiff_t>(dot), is_decimal);
  }

  static bool is_item(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos) return false;
    line.remove_prefix(first);
    if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("\xE2\x80\xA2")) return true;
    std::size_t digits = 0;
    while (digits < line.size() && is_decimal(line[digits])) ++digits;
    return digits > 0 && digits < 3 && digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') &&
           line[digits + 1] == ' ';
  }

  void finish(std::size_t end) {
    if (!begin_) return;
    Sentence sentence;
    sentence.part = part_;
    sentence.begin = *begin_;
    sentence.text = text_.substr(*begin_, end - *begin_);
    begin_.reset();
    sentence.tokens = tokenise(sentence.text);
    if (sentence.tokens.empty()) return;
    sentence.is_question = sentence.text.find_last_of('?') != std::string_view::npos;
    drop_list_number(sentence);
    if (!sentence.tokens.empty()) sentences_.push_back(std::move(sentence));
  }

  /// "2. Twelve apples": the number counts the item, not the samples.
  static void drop_list_number(Sentence& sentence) {
    const Token& first = sentence.tokens.front();
    if (first.end < sentence.text.size() && is_number(first.text) && first.text.size() < 3 &&
        sentence.text.find_first_not_of(" \t") == first.begin &&
        (sentence.text.substr(first.end).starts_with(". ") || sentence.text.substr(first.end).starts_with(") ")))
      sentence.tokens.erase(sentence.tokens.begin());
  }

  std::string_view text_;
  TextPart part_;
  std::optional<std::size_t> begin_;
  std::vector<Sentence> sentences_;
};

}  // namespace

std::string_view Sentence::word(std::size_t at) const noexcept {
  return at < tokens.size() ? std::string_view{tokens[at].text} : std::string_view{};
}

std::string_view Sentence::gap_before(std::size_t at) const noexcept {
  const std::size_t from = at == 0 ? 0 : tokens[std::min(at, tokens.size()) - 1].end;
  const std::size_t to = at < tokens.size() ? tokens[at].begin : text.size();
  return text.substr(from, to - from);
}

bool Sentence::joined(std::size_t at) const noexcept {
  if (at == 0 || at >= tokens.size()) return false;
  const std::string_view gap = gap_before(at);
  return !gap.empty() && std::all_of(gap.begin(), gap.end(), is_blank);
}

bool Sentence::begins_clause(std::size_t at) const noexcept {
  return at == 0 || gap_before(at).find_first_of(".,;:!?(\"") != std::string_view::npos;
}

bool Sentence::is_one_of(std::size_t at, std::initializer_list<std::string_view> words) const noexcept {
  return at < tokens.size() && std::find(words.begin(), words.end(), word(at)) != words.end();
}

std::string Sentence::raw(std::size_t from, std::size_t to) const {
  if (from >= to || from >= tokens.size()) return {};
  const std::size_t end = tokens[std::min(to, tokens.size()) - 1].end;
  return on_one_line(text.substr(tokens[from].begin, end - tokens[from].begin));
}

TextPosition Sentence::position(std::size_t from, std::size_t to) const {
  const std::size_t end = begin + tokens[std::max(from + 1, to) - 1].end;
  return {part, begin + tokens[from].begin, fault("planted.fact_position") ? end + 1 : end};
}

std::string on_one_line(std::string_view text) {
  std::string result;
  bool space = false;
  for (const char c : text) {
    if (is_blank(c) || is_control(c)) {
      space = !result.empty();
      continue;
    }
    if (space) result += ' ';
    space = false;
    result += c;
  }
  return result;
}

std::vector<Sentence> split_sentences(std::string_view text, TextPart part) { return Splitter{text, part}.split(); }

}  // namespace commonbook::agents
