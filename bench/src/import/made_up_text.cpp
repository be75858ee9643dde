#include "made_up_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace commonbook::bench {
namespace {

constexpr std::size_t vocabulary_words = 12'000;
constexpr std::size_t people = 600;
constexpr std::array syllables{"ba", "con", "der", "el", "fo", "gra", "hin", "is", "ju", "kel", "lo", "mar", "ne", "or",
                               "pa", "qui", "ro", "sta", "ter", "un", "ver", "wi", "xa", "yo", "zen", "tion", "ment", "ly"};
constexpr std::array common_words{"the", "of", "and", "to", "we", "in", "is", "for", "that", "on", "with", "at", "this",
                                  "be", "will", "from", "have", "please", "can", "meeting", "report", "by", "are",
                                  "delivery", "order", "budget", "review", "next", "week", "sample", "offer", "date"};

std::string capitalised(std::string word) {
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

}  // namespace

MadeUpText::MadeUpText(std::uint64_t seed) : random_(seed) {
  vocabulary_.assign(common_words.begin(), common_words.end());
  while (vocabulary_.size() < vocabulary_words) {
    std::string made;
    for (std::size_t left = 2 + below(3); left > 0; --left) made += syllables[below(syllables.size())];
    vocabulary_.push_back(std::move(made));
  }
  for (std::size_t number = 0; number < people; ++number) {
    const std::string first = vocabulary_[100 + below(2'000)];
    const std::string last = vocabulary_[2'100 + below(4'000)];
    people_.push_back({capitalised(first) + ' ' + capitalised(last), first + '.' + last + std::to_string(number) + "@example.org"});
  }
}

const std::string& MadeUpText::word() {
  // The fifth power of an even draw: three words in ten are of the thirty most common.
  const double draw = static_cast<double>(random_() >> 11) * 0x1p-53;
  const double power = draw * draw * draw * draw * draw;
  return vocabulary_[static_cast<std::size_t>(power * static_cast<double>(vocabulary_.size()))];
}

std::string MadeUpText::words(std::size_t count) {
  std::string text;
  for (std::size_t at = 0; at < count; ++at) {
    if (at > 0) text += ' ';
    text += word();
  }
  return capitalised(std::move(text));
}

std::string MadeUpText::paragraph(std::size_t count, bool accents) {
  std::string text;
  std::size_t line = 0;
  bool begins_sentence = true;
  for (std::size_t at = 0; at < count; ++at) {
    std::string next = word();
    if (accents && below(9) == 0) next += "\xc3\xa9";  // é
    if (begins_sentence) next = capitalised(std::move(next));
    begins_sentence = at + 1 == count || below(11) == 0;
    if (begins_sentence) next += '.';
    if (at > 0) {
      const bool breaks = line + 1 + next.size() > 72;
      text += breaks ? '\n' : ' ';
      line = breaks ? 0 : line + 1;
    }
    line += next.size();
    text += next;
  }
  return text + '\n';
}

std::string base64(const std::string& bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t index = 0; index < 3; ++index)
      group = group << 8 | (index < left ? static_cast<unsigned char>(bytes[at + index]) : 0u);
    for (std::size_t index = 0; index < 4; ++index)
      made += index <= left ? digits[group >> (18 - 6 * index) & 63u] : '=';
    if (at / 3 % 19 == 18) made += '\n';
  }
  if (!made.ends_with('\n')) made += '\n';
  return made;
}

std::string quoted_printable(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made;
  std::size_t line = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      made += c;
      line = 0;
      continue;
    }
    if (line > 70) {
      made += "=\n";
      line = 0;
    }
    if (byte < 0x80 && c != '=') {
      made += c;
      ++line;
    } else {
      made += {'=', digits[byte >> 4u], digits[byte & 15u]};
      line += 3;
    }
  }
  return made;
}

}  // namespace commonbook::bench
