#include "mail_message_headers.hpp"

#include "mail_text_ascii.hpp"
#include "mail_text_decoding.hpp"

#include <gmime/gmime.h>

#include <algorithm>

namespace commonbook::agents {
namespace {

struct Unref {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <class T>
using Object = std::unique_ptr<T, Unref>;

struct FreeText {
  void operator()(char* text) const noexcept { g_free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string view_or_empty(const char* text) { return text == nullptr ? std::string{} : std::string{text}; }

/// Overwrites each character set that is not on the list, so that GMime takes its fallback instead of opening it.
/// An encoded word is =?charset*language?B?...?=, an RFC 2231 value name*=charset'language'...
std::string with_known_charsets(std::string_view value) {
  std::string result(value);
  const auto check = [&](std::size_t begin, std::size_t end) {
    std::string_view charset = std::string_view(result).substr(begin, end - begin);
    charset = charset.substr(0, charset.find('*'));
    if (is_known_charset(charset) || equals_ignoring_case(charset, "us-ascii")) return;
    std::fill(result.begin() + static_cast<std::ptrdiff_t>(begin),
              result.begin() + static_cast<std::ptrdiff_t>(begin + charset.size()), 'x');
  };
  constexpr std::size_t charset_bytes_max = 64;
  for (std::size_t at = 0; (at = result.find("=?", at)) != std::string::npos; at += 2) {
    const std::size_t end = result.find('?', at + 2);
    if (end == std::string::npos) break;
    if (end - at < charset_bytes_max) check(at + 2, end);
  }
  for (std::size_t at = 0; (at = result.find("*=", at)) != std::string::npos; at += 2) {
    const std::size_t begin = result.find_first_not_of(" \t\"", at + 2);
    if (begin == std::string::npos) break;
    const std::size_t end = result.find_first_of("';", begin);
    if (end != std::string::npos && result[end] == '\'' && end - begin < charset_bytes_max) check(begin, end);
  }
  return result;
}

/// Cuts a parameter list where it is longer than any part's type needs: it would only make a parser work.
std::string with_few_parameters(std::string_view value, const MailLimits& limits) {
  value = value.substr(0, limits.parameter_bytes_max);
  std::size_t at = 0;
  for (std::size_t seen = 0; seen <= limits.parameters_max; ++seen) {
    at = value.find(';', at);
    if (at == std::string_view::npos) return with_known_charsets(value);
    ++at;
  }
  return with_known_charsets(value.substr(0, at - 1));
}

/// Cuts an address list behind its `count_max`-th comma outside of quotes.
std::string_view with_few_addresses(std::string_view value, std::size_t count_max) {
  std::size_t commas = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted && ++commas == count_max) return value.substr(0, i);
  }
  return value;
}

std::string unquoted(std::string name) {
  name = squeeze_spaces(clean_utf8(name));
  while (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
    name = name.substr(1, name.size() - 2);
  return squeeze_spaces(name);
}

void append_addresses(InternetAddressList* list, const MailLimits& limits, int depth, std::vector<MailAddress>& to) {
  constexpr int group_depth_max = 4;
  const int count = internet_address_list_length(list);
  for (int i = 0; i < count; ++i) {
    InternetAddress* address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      InternetAddressList* members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
      if (members != nullptr && depth < group_depth_max) append_addresses(members, limits, depth + 1, to);
      continue;
    }
    MailAddress read;
    read.name = unquoted(view_or_empty(internet_address_get_name(address)));
    read.address = clean_utf8(view_or_empty(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))));
    if (read.address.size() > limits.identifier_bytes_max) read.address.clear();
    cut_utf8(read.name, limits.name_bytes_max);
    if (!read.name.empty() || !read.address.empty()) to.push_back(std::move(read));
  }
}

}  // namespace

void HeaderReader::FreeOptions::operator()(_GMimeParserOptions* options) const noexcept {
  g_mime_parser_options_free(options);
}

HeaderReader::HeaderReader(const MailLimits& limits) : limits_(limits) {
  start_gmime();
  options_.reset(g_mime_parser_options_new());
  const char* fallbacks[] = {"utf-8", "windows-1252", nullptr};
  g_mime_parser_options_set_fallback_charsets(options_.get(), fallbacks);
  g_mime_parser_options_set_allow_addresses_without_domain(options_.get(), TRUE);
}

std::vector<MailAddress> HeaderReader::addresses(std::string_view value, std::size_t count_max) const {
  std::vector<MailAddress> result;
  if (count_max == 0) return result;
  const std::string text = with_known_charsets(with_few_addresses(value, count_max));
  const Object<InternetAddressList> list{internet_address_list_parse(options_.get(), text.c_str())};
  if (list != nullptr) append_addresses(list.get(), limits_, 0, result);
  if (result.size() > count_max) result.resize(count_max);
  return result;
}

std::string HeaderReader::text(std::string_view value) const {
  const std::string safe = with_known_charsets(value.substr(0, limits_.subject_bytes_max));
  const Text decoded{g_mime_utils_header_decode_text(options_.get(), safe.c_str())};
  return squeeze_spaces(clean_utf8(view_or_empty(decoded.get())));
}

std::optional<Timestamp> HeaderReader::date(std::string_view value) const {
  if (value.empty()) return std::nullopt;
  struct UnrefDate {
    void operator()(GDateTime* time) const noexcept { g_date_time_unref(time); }
  };
  // Names of zones are known in capitals only.
  std::string text(value.substr(0, limits_.date_bytes_max));
  std::transform(text.begin(), text.end(), text.begin(), upper);
  const std::unique_ptr<GDateTime, UnrefDate> time{g_mime_utils_header_decode_date(text.c_str())};
  if (time == nullptr) return std::nullopt;
  return Timestamp{g_date_time_to_unix(time.get()) * 1000};
}

std::vector<std::string> HeaderReader::identifiers(std::string_view value, std::size_t count_max) const {
  std::vector<std::string> result;
  std::size_t at = 0;
  while (result.size() < count_max && (at = value.find('<', at)) != std::string_view::npos) {
    const std::size_t end = value.find('>', at);
    if (end == std::string_view::npos) break;
    std::string identifier = clean_utf8(squeeze_spaces(value.substr(at, end - at + 1)));
    if (identifier.size() > 2 && identifier.size() <= limits_.identifier_bytes_max)
      result.push_back(std::move(identifier));
    at = end + 1;
  }
  return result;
}

std::string HeaderReader::message_id(std::string_view value) const {
  if (std::vector<std::string> found = identifiers(value, 1); !found.empty()) return found.front();
  std::string bare = clean_utf8(squeeze_spaces(value));
  std::erase_if(bare, [](char c) { return c == '<' || c == '>'; });
  if (bare.empty() || bare.size() + 2 > limits_.identifier_bytes_max) return {};
  return "<" + bare + ">";
}

PartType HeaderReader::part_type(std::string_view content_type, std::string_view content_disposition,
                                 std::string_view fallback) const {
  PartType result;
  result.media_type = fallback;
  if (!content_type.empty()) {
    const std::string text = with_few_parameters(content_type, limits_);
    const Object<GMimeContentType> type{g_mime_content_type_parse(options_.get(), text.c_str())};
    if (type != nullptr) {
      const Text media_type{g_mime_content_type_get_mime_type(type.get())};
      if (content_type.find('/') != std::string_view::npos)
        result.media_type = ascii_lower(clean_utf8(view_or_empty(media_type.get())));
      result.boundary = view_or_empty(g_mime_content_type_get_parameter(type.get(), "boundary"));
      result.charset = view_or_empty(g_mime_content_type_get_parameter(type.get(), "charset"));
      result.file_name =
          squeeze_spaces(clean_utf8(view_or_empty(g_mime_content_type_get_parameter(type.get(), "name"))));
    }
  }
  if (!content_disposition.empty()) {
    const std::string text = with_few_parameters(content_disposition, limits_);
    const Object<GMimeContentDisposition> disposition{g_mime_content_disposition_parse(options_.get(), text.c_str())};
    if (disposition != nullptr) {
      result.disposition = ascii_lower(view_or_empty(g_mime_content_disposition_get_disposition(disposition.get())));
      const std::string name = squeeze_spaces(
          clean_utf8(view_or_empty(g_mime_content_disposition_get_parameter(disposition.get(), "filename"))));
      if (!name.empty()) result.file_name = name;
    }
  }
  cut_utf8(result.file_name, limits_.name_bytes_max);
  cut_utf8(result.media_type, limits_.name_bytes_max);
  return result;
}

}  // namespace commonbook::agents
