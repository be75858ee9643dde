#include "mail_message_parts.hpp"

#include "mail_text_ascii.hpp"

#include <algorithm>

namespace commonbook::agents {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

void append_without_nul(std::string& to, std::string_view text) {
  std::copy_if(text.begin(), text.end(), std::back_inserter(to), [](char c) { return c != '\0'; });
}

enum class Delimiter { none, next, closing };

Delimiter delimiter(std::string_view line, std::string_view boundary) noexcept {
  if (line.size() < boundary.size() + 2 || !line.starts_with("--")) return Delimiter::none;
  line.remove_prefix(2);
  if (!line.starts_with(boundary)) return Delimiter::none;
  line.remove_prefix(boundary.size());
  const bool closing = line.starts_with("--");
  if (closing) line.remove_prefix(2);
  if (!trimmed(line).empty()) return Delimiter::none;
  return closing ? Delimiter::closing : Delimiter::next;
}

/// The text from `begin` up to the delimiter line at `end`, without the line end before it.
std::string_view between(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  if (end > begin && text[end - 1] == '\n') --end;
  if (end > begin && text[end - 1] == '\r') --end;
  return text.substr(begin, end - begin);
}

}  // namespace

std::string_view take_line(std::string_view& rest) noexcept {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool looks_like_field(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view name = line.substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  if (name.empty()) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127; });
}

SplitMessage split_header(std::string_view text, const MailLimits& limits) {
  SplitMessage result;
  std::size_t bytes = 0;
  bool keeping = false;  // whether continuation lines belong to a field that is kept
  bool first = true;
  while (!text.empty()) {
    const std::string_view before = text;
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    const bool mailbox_line = first && (line.starts_with("From ") || line.starts_with(">From "));
    first = false;
    if (mailbox_line) continue;
    if (is_blank(line.front())) {
      bytes += line.size();
      if (keeping && bytes <= limits.header_bytes_max) append_without_nul(result.fields.back().value, line);
      continue;
    }
    if (!looks_like_field(line)) {
      text = before;
      break;
    }
    bytes += line.size();
    keeping = result.fields.size() < limits.header_fields_max && bytes <= limits.header_bytes_max;
    if (!keeping) {
      ++result.dropped;
      continue;
    }
    const std::size_t colon = line.find(':');
    HeaderField& field = result.fields.emplace_back();
    field.name = ascii_lower(trimmed(line.substr(0, colon)));
    append_without_nul(field.value, trimmed(line.substr(colon + 1)));
  }
  result.body = text;
  return result;
}

std::vector<std::string_view> all_values(const std::vector<HeaderField>& fields, std::string_view name) {
  std::vector<std::string_view> values;
  for (const HeaderField& field : fields)
    if (field.name == name) values.push_back(field.value);
  return values;
}

std::string_view first_value(const std::vector<HeaderField>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const HeaderField& f) { return f.name == name; });
  return found == fields.end() ? std::string_view{} : trimmed(found->value);
}

SplitMultipart split_multipart(std::string_view body, std::string_view boundary, std::size_t parts_max) {
  SplitMultipart result;
  std::string_view rest = body;
  std::size_t begin = std::string_view::npos;  // of the part that is open
  while (!rest.empty()) {
    const std::size_t at = body.size() - rest.size();
    const Delimiter found = delimiter(take_line(rest), boundary);
    if (found == Delimiter::none) continue;
    if (begin != std::string_view::npos) {
      if (result.bodies.size() == parts_max) {
        result.more = true;
        return result;
      }
      result.bodies.push_back(between(body, begin, at));
    }
    begin = body.size() - rest.size();
    if (found == Delimiter::closing) return result;
  }
  if (begin == std::string_view::npos) return result;
  if (result.bodies.size() == parts_max) {
    result.more = true;
  } else {
    result.bodies.push_back(body.substr(begin));
  }
  return result;
}

}  // namespace commonbook::agents
