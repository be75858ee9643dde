// The small functions of the value types: names of enumerators, checks of literals, content hashes.
#include "commonbook/model/civil_time.hpp"
#include "commonbook/model/document.hpp"
#include "commonbook/model/key.hpp"
#include "commonbook/model/literal.hpp"
#include "commonbook/model/observation.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace commonbook {
namespace {

bool is_offset(std::string_view text) noexcept {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && digit(1) && digit(2) && text[3] == ':' &&
         digit(4) && digit(5);
}

bool is_timestamp(std::string_view text) noexcept {
  if (text.size() < 19 || !parse_time(text.substr(0, 19))) return false;
  std::string_view rest = text.substr(19);
  if (rest.empty()) return true;
  if (rest.front() == 'Z') {
    rest.remove_prefix(1);
  } else {
    if (rest.size() < 6 || !is_offset(rest.substr(0, 6))) return false;
    rest.remove_prefix(6);
  }
  return rest.empty() || (rest.size() > 2 && rest.front() == '[' && rest.back() == ']');
}

template <class Number>
bool is_number(std::string_view text) noexcept {
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && code == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string_view to_string(Scheme scheme) noexcept {
  switch (scheme) {
    case Scheme::name: return "name";
    case Scheme::mailto: return "mailto";
    case Scheme::mid: return "mid";
    case Scheme::ical_uid: return "ical-uid";
    case Scheme::exact: return "exact";
  }
  return "?";
}

EntityName named(std::string spelling) {
  Key key{Scheme::name, spelling, {}};
  return {std::move(key), std::move(spelling)};
}

std::string_view to_string(LiteralType type) noexcept {
  switch (type) {
    case LiteralType::text: return "text";
    case LiteralType::integer: return "integer";
    case LiteralType::real: return "real";
    case LiteralType::boolean: return "boolean";
    case LiteralType::date: return "date";
    case LiteralType::timestamp: return "timestamp";
    case LiteralType::uri: return "uri";
  }
  return "?";
}

bool is_well_formed(const Literal& literal) noexcept {
  switch (literal.type) {
    case LiteralType::text: return true;
    case LiteralType::integer: return is_number<std::int64_t>(literal.text);
    case LiteralType::real: return is_number<double>(literal.text);
    case LiteralType::boolean: return literal.text == "true" || literal.text == "false";
    case LiteralType::date: return parse_date(literal.text).has_value();
    case LiteralType::timestamp: return is_timestamp(literal.text);
    case LiteralType::uri:
      return !literal.text.empty() &&
             std::none_of(literal.text.begin(), literal.text.end(), [](char c) { return c == ' ' || c == '\n'; });
  }
  return false;
}

std::string_view to_string(DocumentKind kind) noexcept {
  switch (kind) {
    case DocumentKind::event: return "event";
    case DocumentKind::message: return "message";
    case DocumentKind::question: return "question";
    case DocumentKind::text: return "text";
  }
  return "?";
}

std::string_view to_string(AckClass ack_class) noexcept {
  return ack_class == AckClass::durable ? "durable" : "applied";
}

std::string_view to_string(Trust trust) noexcept {
  switch (trust) {
    case Trust::own: return "own";
    case Trust::confirmed: return "confirmed";
    case Trust::imported: return "imported";
    case Trust::untrusted: return "untrusted";
  }
  return "?";
}

std::string content_hash(std::string_view bytes) {
  __extension__ using Wide = unsigned __int128;
  constexpr Wide prime = (Wide{1} << 88) + 0x13B;
  Wide hash = (Wide{0x6c62272e07bb0142ULL} << 64) + 0x62b821756295c58dULL;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= prime;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(32, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, hash >>= 4)
    *at = digits[static_cast<std::size_t>(hash & 0xF)];
  return text;
}

}  // namespace commonbook
