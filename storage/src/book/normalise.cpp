#include "commonbook/storage/normalise.hpp"

#include "book/utf8.hpp"
#include "commonbook/model/document.hpp"
#include "commonbook/model/yield_point.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <optional>

namespace commonbook::storage {
namespace {

constexpr std::size_t key_bytes_max = 1u << 20;
// Stripping and folding can bring up what the other removes, but only a few times: more is no name.
constexpr int rounds_max = 4;

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message), 0, {}}; }

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Characters that nobody sees and that therefore tell no two names apart: controls (but for tab and line
// breaks, which are white space), zero-width and bidi marks, soft hyphens, variation selectors.
bool is_invisible(UChar32 point) noexcept {
  if (u_isUWhiteSpace(point)) return false;
  const auto category = u_charType(point);
  return category == U_CONTROL_CHAR || category == U_FORMAT_CHAR ||
         u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

icu::UnicodeString without_invisible(const icu::UnicodeString& text) {
  icu::UnicodeString kept;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    if (!is_invisible(point)) kept.append(point);
  }
  return kept;
}

icu::UnicodeString with_single_spaces(const icu::UnicodeString& text) {
  icu::UnicodeString collapsed;
  bool space_is_due = false;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    if (u_isUWhiteSpace(point)) {
      space_is_due = !collapsed.isEmpty();
      continue;
    }
    if (space_is_due) collapsed.append(u' ');
    space_is_due = false;
    collapsed.append(point);
  }
  return collapsed;
}

// One round: strip, fold, strip, compose, collapse. nullopt where ICU's data is missing.
std::optional<icu::UnicodeString> normalise_once(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const auto* compose = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return std::nullopt;
  const icu::UnicodeString folded = fold->normalize(without_invisible(text), status);
  const icu::UnicodeString composed = compose->normalize(without_invisible(folded), status);
  if (U_FAILURE(status)) return std::nullopt;
  return with_single_spaces(composed);
}

// The same for ASCII alone, several times faster: names are looked up for every triple.
std::string normalise_ascii(std::string_view text) {
  std::string normal;
  normal.reserve(text.size());
  bool space_is_due = false;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      space_is_due = !normal.empty();
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) continue;
    if (space_is_due) normal += ' ';
    space_is_due = false;
    normal += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return normal;
}

Result<std::string> normalise_unicode(std::string_view text) {
  icu::UnicodeString now = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  for (int round = 0; round < rounds_max; ++round) {
    const auto next = normalise_once(now);
    if (!next) return Error{ErrorCode::internal, "ICU's normalisation data can't be loaded", 0, {}};
    if (*next == now || fault("planted.one_round")) {
      std::string normal;
      now.toUTF8String(normal);
      return normal;
    }
    now = *next;
  }
  return invalid("the name has no stable normal form; spell it more plainly");
}

std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool is_mailto_uri(std::string_view value) {
  constexpr std::string_view prefix = "mailto:";
  const auto same = [](char want, char have) { return have == want || have == want - 'a' + 'A'; };
  return value.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), value.begin(), same);
}

std::string_view without_mailto(std::string_view value) {
  value = trimmed(value);
  while (is_mailto_uri(value)) {
    value = trimmed(value.substr(std::string_view{"mailto:"}.size()));
    value = value.substr(0, value.find('?'));  // header fields of a mailto: URI
  }
  return value;
}

Result<std::string> normalise_mail_address(std::string_view value) {
  auto normal = normalise_name(without_mailto(value));
  // Without the characters that nobody sees it may begin with the prefix once more.
  while (normal && is_mailto_uri(*normal)) normal = normalise_name(without_mailto(std::string{*normal}));
  return normal;
}

// Identifiers that are compared byte by byte: only what stands around them goes.
Result<std::string> normalise_identifier(std::string_view value, bool in_angle_brackets) {
  value = trimmed(value);
  while (in_angle_brackets && value.size() >= 2 && value.front() == '<' && value.back() == '>') {
    value = trimmed(value.substr(1, value.size() - 2));
  }
  if (value.empty()) return invalid("an identifier is empty");
  if (value.size() > name_bytes_max) return invalid("an identifier is longer than 2,048 bytes");
  if (!is_utf8(value)) return invalid("an identifier is not UTF-8");
  if (value.find('\0') != std::string_view::npos) return invalid("an identifier has a zero byte in it");
  return std::string{value};
}

Result<std::string> normalise_value(const Key& key) {
  switch (key.scheme) {
    case Scheme::name: return normalise_name(key.value);
    case Scheme::mailto: return normalise_mail_address(key.value);
    case Scheme::mid: return normalise_identifier(key.value, true);
    case Scheme::ical_uid: return normalise_identifier(key.value, false);
    case Scheme::exact: return fault("exact_hash") ? std::string(32, '0') : content_hash(key.value);
  }
  return invalid("a key has an unknown scheme");
}

}  // namespace

Result<std::string> normalise_name(std::string_view spelling) {
  if (spelling.size() > key_bytes_max) return Error{ErrorCode::too_large, "a name is longer than 1 MiB", 0, {}};
  std::string normal;
  if (is_ascii(spelling)) {
    normal = normalise_ascii(spelling);
  } else {
    if (!is_utf8(spelling)) return invalid("a name is not UTF-8");
    auto folded = normalise_unicode(spelling);
    if (!folded) return folded;
    normal = std::move(*folded);
  }
  if (normal.empty()) return invalid("a name has no visible character");
  if (normal.size() > name_bytes_max || count_code_points(normal) > name_code_points_max) {
    return invalid("a name is longer than 512 code points or 2,048 bytes");
  }
  return normal;
}

Result<Key> normalise_key(const Key& key) {
  if (key.value.size() > key_bytes_max) return Error{ErrorCode::too_large, "a key is longer than 1 MiB", 0, {}};
  if (key.space.size() > name_bytes_max || !is_utf8(key.space) || key.space.find('\0') != std::string::npos) {
    return invalid("the space of a key is no UTF-8 text of at most 2,048 bytes");
  }
  auto value = normalise_value(key);
  if (!value) return value.error();
  return Key{key.scheme, std::move(*value), key.space};
}

std::string unicode_version() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  char text[U_MAX_VERSION_STRING_LENGTH];
  u_versionToString(version, text);
  return text;
}

}  // namespace commonbook::storage
