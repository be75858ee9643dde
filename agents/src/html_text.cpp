#include "html_text.hpp"

#include "mail_text_ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace commonbook::agents {
namespace {

constexpr std::array<std::string_view, 31> block_elements{
    "address", "article", "aside", "blockquote", "body",    "br",    "center", "dd", "div",    "dl", "dt",
    "footer",  "form",    "h1",    "h2",         "h3",      "h4",    "h5",     "h6", "header", "hr", "li",
    "main",    "ol",      "p",     "pre",        "section", "table", "tbody",  "tr", "ul"};
/// Elements whose contents are no words for people, up to their closing tag.
constexpr std::array<std::string_view, 8> silent_elements{"script",   "style",  "title", "template",
                                                          "noscript", "object", "svg",   "textarea"};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 62> entities{{
    {"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},    {"nbsp", 0xA0},
    {"iexcl", 0xA1},    {"cent", 0xA2},    {"pound", 0xA3},   {"yen", 0xA5},     {"sect", 0xA7},    {"copy", 0xA9},
    {"laquo", 0xAB},    {"reg", 0xAE},     {"deg", 0xB0},     {"plusmn", 0xB1},  {"sup2", 0xB2},    {"sup3", 0xB3},
    {"micro", 0xB5},    {"para", 0xB6},    {"middot", 0xB7},  {"raquo", 0xBB},   {"frac14", 0xBC},  {"frac12", 0xBD},
    {"frac34", 0xBE},   {"times", 0xD7},   {"divide", 0xF7},  {"szlig", 0xDF},   {"Auml", 0xC4},    {"Ouml", 0xD6},
    {"Uuml", 0xDC},     {"auml", 0xE4},    {"ouml", 0xF6},    {"uuml", 0xFC},    {"Aring", 0xC5},   {"aring", 0xE5},
    {"AElig", 0xC6},    {"aelig", 0xE6},   {"Oslash", 0xD8},  {"oslash", 0xF8},  {"Eacute", 0xC9},  {"eacute", 0xE9},
    {"egrave", 0xE8},   {"ecirc", 0xEA},   {"euml", 0xEB},    {"agrave", 0xE0},  {"aacute", 0xE1},  {"acirc", 0xE2},
    {"ccedil", 0xE7},   {"iacute", 0xED},  {"ntilde", 0xF1},  {"oacute", 0xF3},  {"ocirc", 0xF4},   {"uacute", 0xFA},
    {"ndash", 0x2013},  {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},
    {"hellip", 0x2026}, {"euro", 0x20AC},
}};

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

void append_code_point(std::string& to, std::uint32_t code) {
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code > 0x10FFFF || surrogate || code == 0) code = 0xFFFD;
  const auto put = [&](std::uint32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code < 0x20 && code != '\n' && code != '\t' ? ' ' : code);
  } else if (code < 0x800) {
    put(0xC0u | (code >> 6u));
    put(0x80u | (code & 0x3Fu));
  } else if (code < 0x10000) {
    put(0xE0u | (code >> 12u));
    put(0x80u | ((code >> 6u) & 0x3Fu));
    put(0x80u | (code & 0x3Fu));
  } else {
    put(0xF0u | (code >> 18u));
    put(0x80u | ((code >> 12u) & 0x3Fu));
    put(0x80u | ((code >> 6u) & 0x3Fu));
    put(0x80u | (code & 0x3Fu));
  }
}

/// The code point that `name` (between & and ;) stands for.
std::optional<std::uint32_t> entity(std::string_view name) noexcept {
  if (name.starts_with('#')) {
    name.remove_prefix(1);
    const std::uint32_t base = !name.empty() && ascii_lower(name.front()) == 'x' ? 16 : 10;
    if (base == 16) name.remove_prefix(1);
    if (name.empty() || name.size() > 8) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : name) {
      const char l = ascii_lower(c);
      std::uint32_t digit = base;
      if (l >= '0' && l <= '9') digit = static_cast<std::uint32_t>(l - '0');
      if (l >= 'a' && l <= 'f') digit = static_cast<std::uint32_t>(l - 'a') + 10;
      if (digit >= base) return std::nullopt;
      value = std::min<std::uint32_t>(value * base + digit, 0x110000);
    }
    return value;
  }
  const auto found = std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return e.first == name; });
  if (found == entities.end()) return std::nullopt;
  return found->second;
}

class Converter {
 public:
  explicit Converter(std::string_view html) : html_(html) {}

  std::string run() {
    result_.reserve(html_.size() / 2);
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<' && begins_markup()) {
        markup();
      } else if (c == '&') {
        reference();
      } else if (is_space(c) && preformatted_ == 0) {
        space_ = true;
        ++at_;
      } else {
        put(html_.substr(at_++, 1));
      }
    }
    return std::move(result_);
  }

 private:
  bool begins_markup() const noexcept {
    if (at_ + 1 >= html_.size()) return false;
    const char next = ascii_lower(html_[at_ + 1]);
    return (next >= 'a' && next <= 'z') || next == '/' || next == '!' || next == '?';
  }

  void put(std::string_view text) {
    if (space_ && !result_.empty() && result_.back() != '\n') result_ += ' ';
    space_ = false;
    result_ += text;
  }

  void line_end() {
    space_ = false;
    // Two in a row leave one empty line; more say nothing.
    if (result_.empty() || result_.ends_with("\n\n")) return;
    result_ += '\n';
  }

  void reference() {
    constexpr std::size_t name_bytes_max = 10;
    const std::string_view window = html_.substr(at_ + 1, name_bytes_max + 1);
    const std::size_t end = window.find(';');
    const auto code = end == std::string_view::npos ? std::nullopt : entity(window.substr(0, end));
    if (!code) {
      put("&");
      ++at_;
      return;
    }
    at_ += end + 2;
    std::string text;
    append_code_point(text, *code == 0xA0 ? ' ' : *code);
    put(text);
  }

  void markup() {
    if (html_.substr(at_).starts_with("<!--")) {
      skip_past("-->");
      return;
    }
    std::size_t begin = at_ + 1;
    const bool closing = html_[begin] == '/';
    if (closing) ++begin;
    std::size_t end = begin;
    while (end < html_.size() && !is_space(html_[end]) && html_[end] != '>' && html_[end] != '/') ++end;
    const std::string name = ascii_lower(html_.substr(begin, std::min<std::size_t>(end - begin, 16)));
    skip_tag(end);
    if (!closing && std::find(silent_elements.begin(), silent_elements.end(), name) != silent_elements.end()) {
      skip_element(name);
    } else if (name == "td" || name == "th") {
      space_ = true;
    } else if (std::find(block_elements.begin(), block_elements.end(), name) != block_elements.end()) {
      if (name == "pre") preformatted_ = closing ? 0 : 1;
      line_end();
      if (name == "p" && closing) line_end();
    }
  }

  /// Moves behind the ">" of a tag; one inside a quoted attribute value doesn't count. After a quote that never ends
  /// quotes mean nothing any more: so no text is scanned to its end twice.
  void skip_tag(std::size_t from) noexcept {
    char quote = '\0';
    for (std::size_t i = from; i < html_.size(); ++i) {
      const char c = html_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (quotes_end_ && (c == '"' || c == '\'') && i > from && html_[i - 1] == '=') {
        quote = c;
      } else if (c == '>') {
        at_ = i + 1;
        return;
      }
    }
    const std::size_t end = quote == '\0' ? std::string_view::npos : html_.find('>', from);
    if (quote != '\0') quotes_end_ = false;
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
  }

  void skip_past(std::string_view end) noexcept {
    const std::size_t found = html_.find(end, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  }

  /// Moves to the closing tag of `name`. Each element is passed once, so the work stays linear; one that is never
  /// closed silences the rest, as in a browser.
  void skip_element(std::string_view name) noexcept {
    while (at_ < html_.size()) {
      at_ = html_.find("</", at_);
      if (at_ == std::string_view::npos) break;
      if (begins_with_ignoring_case(html_.substr(at_ + 2), name)) return;
      at_ += 2;
    }
    at_ = html_.size();
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::string result_;
  bool space_ = false;  // white space was passed since the last word
  int preformatted_ = 0;
  bool quotes_end_ = true;
};

}  // namespace

std::string html_to_text(std::string_view html) {
  std::string text = Converter{html}.run();
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace commonbook::agents
