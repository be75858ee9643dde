// A name taken apart into words that compare by their bytes.
#include "book/name_tables.hpp"
#include "commonbook/storage/name_evidence.hpp"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <memory>

namespace commonbook::storage {
namespace {

constexpr std::size_t words_max = 64;

// Made once: ICU compiles the rules, which takes milliseconds. Its const methods are thread-safe.
const icu::Transliterator* to_latin() {
  static const std::unique_ptr<icu::Transliterator> made = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> rules{icu::Transliterator::createInstance(
        "NFKC; Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, status)};
    return U_SUCCESS(status) ? std::move(rules) : nullptr;
  }();
  return made.get();
}

bool has_other_script(const icu::UnicodeString& text) {
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    if (!u_isalpha(point)) continue;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(point, &status);
    if (U_SUCCESS(status) && script != USCRIPT_LATIN && script != USCRIPT_COMMON && script != USCRIPT_INHERITED) return true;
  }
  return false;
}

std::string folded(std::string_view name, bool& is_transliterated) {
  std::string text{name};
  const bool is_ascii = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) {
    auto unicode = icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())});
    is_transliterated = has_other_script(unicode);
    if (const auto* rules = to_latin()) rules->transliterate(unicode);
    text.clear();
    unicode.toUTF8String(text);
  }
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

enum class Class { blank, letter, digit, nothing };

// What is left above ASCII has no Latin form; it is kept as letters.
Class class_of(char c) {
  if (c >= '0' && c <= '9') return Class::digit;
  if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) return Class::letter;
  return c == '\'' || c == '`' || c == '\\' ? Class::nothing : Class::blank;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  Class before = Class::blank;
  for (const char c : text) {
    const Class now = class_of(c);
    if (now == Class::nothing) continue;
    if (now != Class::blank) {
      if (now != before) words.emplace_back();
      words.back() += c;
    }
    before = now;
  }
  if (words.size() > words_max) words.resize(words_max);
  return words;
}

// "k.k." has become two words of one letter.
std::string trailing_letters(const std::vector<std::string>& words, std::size_t count) {
  std::string joined;
  if (words.size() <= count) return joined;
  for (std::size_t at = words.size() - count; at < words.size(); ++at) {
    if (words[at].size() != 1) return {};
    joined += words[at];
  }
  return joined;
}

void take_legal_form(NameProfile& profile) {
  for (const std::size_t count : {std::size_t{3}, std::size_t{2}})
    if (const auto letters = trailing_letters(profile.words, count); !legal_form_of(letters).empty()) {
      profile.words.resize(profile.words.size() - count);
      profile.words.push_back(letters);
      break;
    }
  // The first word is never one: a name that is nothing but a legal form is a name.
  while (profile.words.size() > 1 && !legal_form_of(profile.words.back()).empty()) {
    const std::string form{legal_form_of(profile.words.back())};
    profile.legal_form = profile.legal_form.empty() ? form : form + ' ' + profile.legal_form;
    profile.legal_form_written = profile.legal_form_written.empty()
                                     ? profile.words.back()
                                     : profile.words.back() + ' ' + profile.legal_form_written;
    profile.words.pop_back();
  }
}

}  // namespace

NameProfile profile_of(std::string_view name) {
  NameProfile profile;
  profile.words = split(folded(name, profile.is_transliterated));
  take_legal_form(profile);
  for (const std::string& word : profile.words) {
    profile.joined += word;
    if (class_of(word.front()) == Class::digit) profile.numbers += word + ' ';
  }
  return profile;
}

}  // namespace commonbook::storage
