#include "question_words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace commonbook::agents {
namespace {

// Base letters of U+00C0 to U+017F; '1' is "ae", '2' is "ss". What unicode61 with remove_diacritics=2 does for search.
constexpr std::string_view latin_base =
    "aaaaaa1ceeeeiiiidnooooo ouuuuyt2"
    "aaaaaa1ceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrsssssssstttttt"
    "uuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin_base.size() == 0x180 - 0xC0);

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
};

CodePoint decode(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return {static_cast<unsigned char>(text[at]), 1};
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  if (length == 1 || at + length > text.size()) return {first < 0x80 ? first : 0xFFFD, 1};
  std::uint32_t value = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(at + i) & 0x3Fu);
  return {value, length};
}

void encode(std::uint32_t value, std::string& out) {
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0 | value >> 6);
    out += static_cast<char>(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0 | value >> 12);
    out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (value & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | value >> 18);
    out += static_cast<char>(0x80 | (value >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (value & 0x3F));
  }
}

bool is_dropped(std::uint32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || c == 0xAD;
}

void fold_one(std::uint32_t c, std::string& out) {
  if (is_dropped(c)) return;
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  if (c >= 'A' && c <= 'Z')
    c += 32;
  else if (c >= 0xC0 && c < 0x180) {
    const char base = latin_base[c - 0xC0];
    if (base == '1')
      out += "ae";
    else if (base == '2')
      out += "ss";
    else
      out += base;
    return;
  } else if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
    c += 32;
  else if (c >= 0x400 && c <= 0x40F)
    c += 80;
  encode(c, out);
}

bool is_word(std::uint32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  if (c < 0xC0 || c == 0xD7 || c == 0xF7 || c == 0xFFFD) return c == 0xAD;
  return !(c >= 0x2010 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x303F);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "2.4.1", "3,940", "9:15": a separator between two digits belongs to the number.
bool joins_digits(std::string_view text, std::size_t at) {
  const char c = text[at];
  return (c == '.' || c == ',' || c == ':') && at > 0 && is_digit(text[at - 1]) && at + 1 < text.size() &&
         is_digit(text[at + 1]);
}

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }

bool has_vowel(std::string_view word) { return std::any_of(word.begin(), word.end(), is_vowel); }

bool ends_with(std::string_view word, std::string_view suffix) {
  return word.size() > suffix.size() && word.substr(word.size() - suffix.size()) == suffix;
}

// Sorted, so that those of one first letter stand together.
constexpr std::array stop_words = std::to_array<std::string_view>({
    "a",       "about",   "after",    "all",    "also",    "am",       "an",      "and",    "any",   "are",    "as",
    "at",      "be",      "because",  "been",   "before",  "begin",    "begins",  "being",  "but",   "by",     "can",
    "could",   "date",    "day",      "did",    "do",      "does",     "doing",   "during", "for",   "from",   "get",
    "give",    "given",   "go",       "had",    "happen",  "happened", "happens", "has",    "have",  "having", "he",
    "held",    "her",     "here",     "hers",   "herself", "him",      "himself", "his",    "how",   "i",      "if",
    "in",      "instead", "into",     "is",     "it",      "its",      "itself",  "just",   "long",  "many",   "may",
    "me",      "mine",    "much",     "my",     "next",    "no",       "not",     "of",     "on",    "one",    "or",
    "our",     "ours",    "place",    "please", "s",       "shall",    "she",     "should", "so",    "some",   "start",
    "started", "starts",  "such",     "t",      "take",    "takes",    "taking",  "tell",   "than",  "that",   "the",
    "their",   "theirs",  "them",     "then",   "there",   "these",    "they",    "this",   "those", "time",   "times",
    "to",      "took",    "upcoming", "us",     "was",     "we",       "were",    "what",   "when",  "where",  "which",
    "who",     "whom",    "whose",    "why",    "will",    "with",     "would",   "you",    "your"});

static_assert(std::is_sorted(stop_words.begin(), stop_words.end()));

// Where the words of each first letter begin; the last is the end.
constexpr std::array<std::size_t, 27> stop_words_by_letter = [] {
  std::array<std::size_t, 27> begins{};
  for (const std::string_view word : stop_words)
    for (std::size_t letter = static_cast<std::size_t>(word.front() - 'a') + 1; letter < begins.size(); ++letter)
      ++begins[letter];
  return begins;
}();

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (const char c = text[at]; static_cast<unsigned char>(c) < 0x80) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      ++at;
      continue;
    }
    const CodePoint point = decode(text, at);
    fold_one(point.value, out);
    at += point.bytes;
  }
  return out;
}

std::vector<Token> tokenise(std::string_view text) {
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 6 + 1);
  for (std::size_t at = 0; at < text.size();) {
    CodePoint point = decode(text, at);
    if (!is_word(point.value)) {
      at += point.bytes;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size()) {
      point = decode(text, at);
      const bool inside = is_word(point.value) || is_dropped(point.value) || joins_digits(text, at);
      if (!inside) break;
      at += point.bytes;
    }
    Token token{
        fold(text.substr(begin, at - begin)), std::string{text.substr(begin, at - begin)}, begin, at, false, false};
    if (token.text.empty()) continue;
    const char first = token.raw.front();
    const bool ascii = static_cast<unsigned char>(first) < 0x80;
    // Outside ASCII the capitals of Latin-1 and Latin Extended-A are told by their code point.
    const std::uint32_t value = decode(text, begin).value;
    token.capital = ascii ? (first >= 'A' && first <= 'Z') || is_digit(first)
                          : (value >= 0xC0 && value <= 0xDE) || (value >= 0x100 && value < 0x180 && value % 2 == 0);
    token.after_hyphen = begin > 0 && text[begin - 1] == '-' && !tokens.empty() && tokens.back().end + 1 == begin;
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::string stem(std::string_view folded) {
  std::string word{folded};
  if (word.size() <= 3 || is_digit(word.front())) return word;
  if (ends_with(word, "ies"))
    word.replace(word.size() - 3, 3, "y");
  else if (ends_with(word, "sses") || ends_with(word, "xes") || ends_with(word, "ches") || ends_with(word, "shes"))
    word.resize(word.size() - 2);
  else if (word.back() == 's' && !ends_with(word, "ss") && !ends_with(word, "us") && !ends_with(word, "is"))
    word.pop_back();
  for (const std::string_view suffix : {std::string_view{"ing"}, std::string_view{"ed"}}) {
    if (!ends_with(word, suffix)) continue;
    const std::string_view base = std::string_view{word}.substr(0, word.size() - suffix.size());
    if (base.size() < 3 || !has_vowel(base)) continue;
    word.resize(base.size());
    const std::size_t n = word.size();
    if (n > 3 && word[n - 1] == word[n - 2] && !is_vowel(word[n - 1]) && word[n - 1] != 'l' && word[n - 1] != 's')
      word.pop_back();
    break;
  }
  if (word.size() > 3 && word.back() == 'e') word.pop_back();
  if (word.size() > 3 && word.back() == 'y' && !is_vowel(word[word.size() - 2])) word.back() = 'i';
  return word;
}

bool is_stop_word(std::string_view folded) {
  if (folded.empty() || folded.front() < 'a' || folded.front() > 'z') return false;
  const auto letter = static_cast<std::size_t>(folded.front() - 'a');
  for (std::size_t at = stop_words_by_letter[letter]; at < stop_words_by_letter[letter + 1]; ++at)
    if (stop_words[at] == folded) return true;
  return false;
}

bool is_number(std::string_view folded) {
  return !folded.empty() && is_digit(folded.front()) && std::all_of(folded.begin(), folded.end(), [](char c) {
    return is_digit(c) || c == '.' || c == ',' || c == ':';
  });
}

std::set<std::string> stems_of(std::string_view text) {
  std::set<std::string> stems;
  for (const Token& token : tokenise(text))
    if (!is_stop_word(token.text)) stems.insert(stem(token.text));
  return stems;
}

std::vector<std::string> sentences_of(std::string_view text) {
  constexpr std::size_t bytes_max = 400;
  std::vector<std::string> sentences;
  std::string current;
  const auto finish = [&] {
    while (!current.empty() && current.back() == ' ') current.pop_back();
    if (!current.empty()) sentences.push_back(std::move(current));
    current.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool blank = c == '\n' || c == '\r' || c == ' ' || c == '\t';
    const char next = at + 1 < text.size() ? text[at + 1] : '\n';
    if (c == '\n' && (next == '\n' || next == '\r' || next == '-' || next == '*' || is_digit(next)))
      finish();
    else if (!blank)
      current += c;
    else if (!current.empty() && current.back() != ' ')
      current += ' ';
    const bool next_blank = next == ' ' || next == '\n' || next == '\r' || next == '\t';
    // "1." opens a list item; it doesn't end a sentence.
    const bool item = c == '.' && current.size() <= 3 && is_digit(current.front());
    if ((c == '.' || c == '!' || c == '?') && next_blank && !item) finish();
    if (current.size() >= bytes_max && blank) finish();
  }
  finish();
  return sentences;
}

void WordWeights::add_text(const std::set<std::string>& stems) {
  ++texts_;
  for (const std::string& stem : stems) ++texts_with_[stem];
}

double WordWeights::weight(const std::string& stem) const {
  const auto found = texts_with_.find(stem);
  const double with = found == texts_with_.end() ? 0 : found->second;
  return 0.3 + std::log((texts_ + 1.0) / (with + 1.0));
}

}  // namespace commonbook::agents
