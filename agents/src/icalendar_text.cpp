#include "icalendar_text.hpp"

#include "commonbook/model/yield_point.hpp"

#include <algorithm>

namespace commonbook::agents {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char capital(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_name_character(char c) noexcept { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

/// "SUMMARY:" or "DTSTART;": how a line begins that is no continuation.
bool begins_property(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_name_character(text[at])) ++at;
  if (at == 0) return false;
  if (at < text.size()) return text[at] == ':' || text[at] == ';';
  // A fold right behind the name, as Mozilla once wrote it: only in capitals, since it may be a word of broken text.
  return is_letter(text.front()) && std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Length of the UTF-8 sequence at `at`, or 0 where there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t offset = 1; offset < length; ++offset) {
    if ((byte(offset) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_high = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_high ? 0 : length;
}

/// Has the text more sequences of several bytes than bytes that belong to none? Then it is UTF-8 that was damaged.
bool is_damaged_utf8(std::string_view text) {
  std::size_t sequences = 0;
  std::size_t stray = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    sequences += length > 1 ? 1 : 0;
    stray += length == 0 ? 1 : 0;
    at += std::max<std::size_t>(length, 1);
  }
  return stray > 0 && sequences > stray;
}

/// Printable ASCII alone, as most lines are.
bool is_plain(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// UTF-8 as it is; a byte that belongs to no sequence is read as Latin-1, or in damaged UTF-8 as U+FFFD. Control
/// characters but tab go.
std::string to_clean_utf8(std::string text) {
  if (is_plain(text)) return text;
  const bool damaged = is_damaged_utf8(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = sequence_length(text, at);
    if (length > 1) {
      out.append(text, at, length);
    } else if (length == 0 && damaged) {
      out += "\xEF\xBF\xBD";
    } else if (length == 0) {
      out += static_cast<char>(0xC0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3F));
    } else if ((byte >= 0x20 && byte != 0x7F) || byte == '\t' || fault("planted.control_characters")) {
      out += static_cast<char>(byte);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

/// RFC 6868: "^n", "^'" and "^^" inside parameter values.
std::string unescape_parameter(std::string_view value) {
  if (value.find('^') == std::string_view::npos) return std::string{value};
  std::string out;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char next = value[at] == '^' && at + 1 < value.size() ? value[at + 1] : '\0';
    if (next == 'n' || next == '\'' || next == '^') {
      out += next == 'n' ? '\n' : next == '\'' ? '"' : '^';
      ++at;
    } else {
      out += value[at];
    }
  }
  return out;
}

/// The first of `wanted` outside quotes; an unclosed quote quotes nothing.
std::size_t find_unquoted(std::string_view text, std::size_t from, std::string_view wanted) {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '"') {
      const std::size_t closing = text.find('"', at + 1);
      if (closing != std::string_view::npos) at = closing;
    } else if (wanted.find(text[at]) != std::string_view::npos) {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

/// Reads on where all that was read is taken. @returns false at the end of the input.
bool CalendarLineReader::fill() {
  constexpr std::size_t block_bytes = 64 * 1024;
  if (at_ < block_.size()) return true;
  block_.resize(block_bytes);
  at_ = 0;
  const std::streamsize count = input_.rdbuf()->sgetn(block_.data(), static_cast<std::streamsize>(block_bytes));
  block_.resize(static_cast<std::size_t>(std::max<std::streamsize>(count, 0)));
  return !block_.empty();
}

/// LF, CR LF, or CR alone; the two of a pair may stand in two blocks.
void CalendarLineReader::take_end_of_line() {
  ++bytes_read_;
  if (block_[at_++] == '\n' || !fill() || block_[at_] != '\n') return;
  ++bytes_read_;
  ++at_;
}

std::optional<CalendarLineReader::PhysicalLine> CalendarLineReader::read_physical() {
  if (!fill()) return std::nullopt;
  PhysicalLine line;
  line.number = ++number_;
  do {
    // A piece at a time: where lines end in CR alone, the search for LF would else go through the whole block each time.
    constexpr std::size_t piece_bytes = 256;
    const std::string_view left = std::string_view{block_}.substr(at_, piece_bytes);
    std::string_view part = left.substr(0, left.find('\n'));
    part = part.substr(0, part.find('\r'));
    const std::size_t room = calendar_line_bytes_max - line.text.size();
    line.text.append(part.substr(0, room));
    line.was_cut = line.was_cut || part.size() > room;
    at_ += part.size();
    bytes_read_ += static_cast<std::int64_t>(part.size());
    if (part.size() == left.size()) continue;
    take_end_of_line();
    break;
  } while (fill());
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (line.number == 1 && line.text.starts_with(byte_order_mark)) line.text.erase(0, byte_order_mark.size());
  return line;
}

std::optional<CalendarLine> CalendarLineReader::next() {
  std::optional<PhysicalLine> first = ahead_ ? std::move(ahead_) : read_physical();
  ahead_.reset();
  while (first && first->text.empty()) first = read_physical();
  if (!first) return std::nullopt;
  CalendarLine line{std::move(first->text), first->number, first->was_cut};
  while (auto more = read_physical()) {
    if (more->text.empty()) continue;
    const bool folded = more->text.front() == ' ' || more->text.front() == '\t';
    if (!folded && begins_property(more->text)) {
      ahead_ = std::move(more);
      break;
    }
    const std::string_view part = std::string_view{more->text}.substr(folded ? 1 : 0);
    const std::size_t room = calendar_line_bytes_max - std::min(line.text.size(), calendar_line_bytes_max);
    line.text.append(part.substr(0, room));
    line.was_cut = line.was_cut || more->was_cut || part.size() > room;
  }
  line.text = to_clean_utf8(std::move(line.text));  // after unfolding: folds may cut a character in two
  return line;
}

std::string_view ContentLine::parameter(std::string_view wanted) const noexcept {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const Parameter& entry) { return entry.name == wanted; });
  return found == parameters.end() ? std::string_view{} : std::string_view{found->value};
}

bool has_name(const CalendarLine& line, std::string_view name) noexcept {
  const std::string_view text = line.text;
  return text.size() > name.size() && !is_name_character(text[name.size()]) &&
         std::equal(name.begin(), name.end(), text.begin(), [](char left, char right) { return left == capital(right); });
}

std::optional<ContentLine> ContentLine::parse(const CalendarLine& line) {
  constexpr std::size_t parameters_max = 64;
  const std::string_view text = line.text;
  std::size_t at = 0;
  while (at < text.size() && is_name_character(text[at])) ++at;
  if (at == 0) return std::nullopt;
  ContentLine out;
  out.number = line.number;
  out.name = in_capitals(text.substr(0, at));
  while (at < text.size() && text[at] == ';') {
    const std::size_t end = find_unquoted(text, at + 1, ";:");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view parameter = text.substr(at + 1, end - at - 1);
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos && out.parameters.size() < parameters_max) {
      std::string_view value = trimmed(parameter.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      out.parameters.push_back({in_capitals(trimmed(parameter.substr(0, equals))), unescape_parameter(value)});
    }
    at = end;
  }
  if (at >= text.size() || text[at] != ':') return std::nullopt;
  out.value = text.substr(at + 1);
  return out;
}

std::string unescape_text(std::string_view value) {
  if (value.find('\\') == std::string_view::npos) return std::string{value};
  std::string out;
  out.reserve(value.size());
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char next = value[at] == '\\' && at + 1 < value.size() ? value[at + 1] : '\0';
    switch (next) {
      case 'n':
      case 'N': out += '\n', ++at; break;
      case '\\':
      case ';':
      case ',': out += next, ++at; break;
      default: out += value[at];
    }
  }
  return out;
}

std::vector<std::string> split_list(std::string_view value) {
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += value[at];
      if (value[at] == '\\' && at + 1 < value.size()) parts.back() += value[++at];
    }
  }
  return parts;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string in_capitals(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), capital);
  return out;
}

std::string in_one_line(std::string_view text) {
  text = trimmed(text);
  if (text.find_first_of("\t\n\r") == std::string_view::npos && text.find("  ") == std::string_view::npos)
    return std::string{text};
  std::string out;
  for (const char letter : text) {
    const bool space = letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
    if (!space) {
      out += letter;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

std::string cut_text(std::string text, std::size_t bytes_max, std::size_t code_points_max) {
  if (text.size() <= std::min(bytes_max, code_points_max)) return text;  // no fewer bytes than code points
  std::size_t code_points = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(sequence_length(text, at), 1);
    if (at + length > bytes_max || ++code_points > code_points_max) {
      text.resize(at);
      break;
    }
    at += length;
  }
  return text;
}

}  // namespace commonbook::agents
