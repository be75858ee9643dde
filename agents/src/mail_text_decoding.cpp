#include "mail_text_decoding.hpp"

#include "mail_text_ascii.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace commonbook::agents {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0u) == 0x80u; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

struct CloseConverter {
  void operator()(void* converter) const noexcept { g_mime_iconv_close(static_cast<iconv_t>(converter)); }
};
using Converter = std::unique_ptr<void, CloseConverter>;

Converter open_converter(const std::string& charset) {
  start_gmime();
  iconv_t converter = g_mime_iconv_open("UTF-8", charset.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return nullptr;
  return Converter{converter};
}

std::string convert(std::string bytes, const std::string& charset) {
  const Converter converter = open_converter(charset);
  if (converter == nullptr) return bytes;
  std::string result;
  std::array<char, 4096> block{};
  char* in = bytes.data();
  std::size_t in_left = bytes.size();
  while (in_left > 0) {
    char* out = block.data();
    std::size_t out_left = block.size();
    const std::size_t before = in_left;
    const std::size_t converted = g_mime_iconv(converter.get(), &in, &in_left, &out, &out_left);
    const int error = errno;
    result.append(block.data(), block.size() - out_left);
    if (converted != static_cast<std::size_t>(-1)) break;
    if (error == E2BIG && (in_left < before || out_left < block.size())) continue;
    result += replacement;
    ++in;
    --in_left;
  }
  return result;
}

std::string run_decoder(std::string_view body, GMimeContentEncoding kind) {
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, kind);
  std::string result(g_mime_encoding_outlen(&state, body.size()) + 16, '\0');
  const std::size_t length = g_mime_encoding_flush(&state, body.data(), body.size(), result.data());
  result.resize(length);
  return result;
}

}  // namespace

void start_gmime() {
  static const bool started = [] {
    g_mime_init();
    return true;
  }();
  static_cast<void>(started);
}

std::string decode_transfer(std::string_view body, std::string_view encoding) {
  const GMimeContentEncoding kind = g_mime_content_encoding_from_string(ascii_lower(encoding).c_str());
  switch (kind) {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
    case GMIME_CONTENT_ENCODING_UUENCODE: return run_decoder(body, kind);
    default: return std::string(body);
  }
}

bool is_known_charset(std::string_view charset) noexcept {
  static constexpr std::array<std::string_view, 54> known{
      "utf-8",        "utf8",         "iso-8859-1",   "iso-8859-2",     "iso-8859-3",   "iso-8859-4",   "iso-8859-5",
      "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-9",     "iso-8859-10",  "iso-8859-11",  "iso-8859-13",
      "iso-8859-14",  "iso-8859-15",  "iso-8859-16",  "latin1",         "iso8859-1",    "iso8859-15",   "windows-1250",
      "windows-1251", "windows-1252", "windows-1253", "windows-1254",   "windows-1255", "windows-1256", "windows-1257",
      "windows-1258", "cp1250",       "cp1251",       "cp1252",         "cp437",        "cp850",        "cp866",
      "koi8-r",       "koi8-u",       "macintosh",    "tis-620",        "gb2312",       "gbk",          "gb18030",
      "big5",         "euc-jp",       "euc-kr",       "ks_c_5601-1987", "shift_jis",    "iso-2022-jp",  "cp932",
      "utf-16",       "utf-16le",     "utf-16be",     "utf-32",         "iso_8859-1"};
  return std::any_of(known.begin(), known.end(),
                     [&](std::string_view name) { return equals_ignoring_case(charset, name); });
}

std::string decode_charset(std::string bytes, std::string_view charset) {
  std::string name = ascii_lower(charset);
  const bool utf8 = name == "utf-8" || name == "utf8";
  if (utf8 || !is_known_charset(name)) {
    if (utf8 || is_utf8(bytes)) return clean_utf8(bytes);
    name = "windows-1252";
  }
  return clean_utf8(convert(std::move(bytes), name));
}

std::string clean_utf8(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      result += replacement;
      text.remove_prefix(1);
      continue;
    }
    const auto first = static_cast<unsigned char>(text.front());
    const bool line_end = first == '\r' && !(text.size() > 1 && text[1] == '\n');
    if (line_end) {
      result += '\n';
    } else if (first >= 0x20 ? first != 0x7F : first == '\n' || first == '\t') {
      result.append(text.substr(0, length));
    } else if (first == '\f' || first == '\v') {
      result += ' ';
    }
    text.remove_prefix(length);
  }
  return result;
}

bool cut_utf8(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return false;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  text.resize(end);
  return true;
}

std::string squeeze_spaces(std::string_view text) {
  std::string result;
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = !result.empty();
      continue;
    }
    if (space) result += ' ';
    space = false;
    result += c;
  }
  return result;
}

}  // namespace commonbook::agents
