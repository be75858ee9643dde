#include "terminal_text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <ostream>

namespace commonbook::apps {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Character {
  std::size_t bytes = 1;
  std::uint32_t point = 0;
  bool is_valid = false;
  bool is_cut = false;  ///< the text ends inside it
};

/// The character at the start of `text`, which is not empty.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {1, lead, true, false};
  const std::size_t bytes = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
  if (bytes == 0) return {};
  std::uint32_t point = lead & (0x7Fu >> bytes);
  for (std::size_t at = 1; at < bytes; ++at) {
    if (at == text.size()) return {at, 0, false, true};
    const auto next = static_cast<unsigned char>(text[at]);
    if ((next & 0xC0u) != 0x80u) return {};
    point = point << 6 | (next & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && point < 0x800) || (bytes == 4 && point < 0x10000);
  const bool is_valid = !overlong && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  return {is_valid ? bytes : 1, point, is_valid, false};
}

bool is_harmless(const Character& character) {
  const std::uint32_t point = character.point;
  if (!character.is_valid) return false;
  if (point < 0x20) return point == '\n' || point == '\t';
  const bool is_bidirectional = point == 0x061C || point == 0x200E || point == 0x200F ||
                                (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  const bool breaks_line = point == 0x2028 || point == 0x2029;
  return (point < 0x7F || point > 0x9F) && !is_bidirectional && !breaks_line;
}

/// What `text` is made of, each harmful character handed to `replace`. @returns the bytes that were read: all, or all but
/// a character that is cut off at the end.
template <class Replace>
std::size_t copy_harmless(std::string_view text, std::string& to, Replace replace) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Character character = first_character(text.substr(at));
    if (character.is_cut) break;
    if (is_harmless(character)) {
      to.append(text.substr(at, character.bytes));
    } else {
      replace(character, to);
    }
    at += character.bytes;
  }
  return at;
}

void replace_by_mark(const Character&, std::string& to) { to += replacement; }

}  // namespace

std::string terminal_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  if (copy_harmless(text, clean, replace_by_mark) < text.size()) clean += replacement;
  return clean;
}

std::string terminal_json(std::string_view json) {
  std::string clean;
  clean.reserve(json.size());
  const auto escape = [](const Character& character, std::string& to) {
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(character.is_valid ? character.point : 0xFFFD));
    to += escaped.data();
  };
  if (copy_harmless(json, clean, escape) < json.size()) clean += "\\ufffd";
  return clean;
}

/// Keeps at most one character that was cut off between two writes.
class TerminalGuard::Filter final : public std::streambuf {
 public:
  explicit Filter(std::streambuf& target) : target_(target) {}
  void finish() {
    if (!cut_off_.empty()) put(replacement);
    cut_off_.clear();
  }

 protected:
  int_type overflow(int_type letter) override {
    if (traits_type::eq_int_type(letter, traits_type::eof())) return traits_type::not_eof(letter);
    const char byte = traits_type::to_char_type(letter);
    return xsputn(&byte, 1) == 1 ? letter : traits_type::eof();
  }
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    const std::string text = cut_off_ + std::string(bytes, static_cast<std::size_t>(count));
    std::string clean;
    cut_off_ = text.substr(copy_harmless(text, clean, replace_by_mark));
    return put(clean) ? count : 0;
  }
  int sync() override { return target_.pubsync(); }

 private:
  bool put(std::string_view text) {
    const auto size = static_cast<std::streamsize>(text.size());
    return target_.sputn(text.data(), size) == size;
  }
  std::streambuf& target_;
  std::string cut_off_;
};

TerminalGuard::TerminalGuard(std::ostream& stream, bool is_terminal) : stream_(stream) {
  if (!is_terminal) return;
  filter_ = std::make_unique<Filter>(*stream.rdbuf());
  before_ = stream_.rdbuf(filter_.get());
}

TerminalGuard::~TerminalGuard() {
  if (!filter_) return;
  filter_->finish();
  stream_.rdbuf(before_);
}

}  // namespace commonbook::apps
