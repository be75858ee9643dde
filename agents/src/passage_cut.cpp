#include "passage_cut.hpp"

#include <algorithm>
#include <optional>

namespace commonbook::agents {
namespace {

constexpr std::size_t speaker_bytes_max = 40;
constexpr std::size_t turns_min = 2;

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;  // without the line break
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back({at, end > at && text[end - 1] == '\r' ? end - 1 : end});
    at = end + 1;
  }
  return lines;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// "Ann Lee: Hello." A name is at most three words, starts with a capital or a character outside ASCII, and has no
// punctuation but that of names; "http://..." and "Note that: ..." are none.
std::optional<std::string_view> speaker_of(std::string_view line) {
  const std::size_t colon = line.substr(0, speaker_bytes_max + 1).find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 >= line.size() || line[colon + 1] != ' ')
    return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  };
  if (!is_letter(name.front()) || (name.front() >= 'a' && name.front() <= 'z')) return std::nullopt;
  const bool named = std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '.' || c == '-' || c == '\'' || c == '_';
  });
  if (!named || std::count(name.begin(), name.end(), ' ') > 2) return std::nullopt;
  return name;
}

bool is_dialogue(std::string_view text, const std::vector<Line>& lines) {
  std::size_t said = 0;
  std::size_t other = 0;
  for (const Line& line : lines) {
    const std::string_view content = text.substr(line.begin, line.end - line.begin);
    if (is_blank(content)) continue;
    ++(speaker_of(content) ? said : other);
  }
  return said >= turns_min && said > other;
}

void add(std::string_view text, std::size_t begin, std::size_t end, std::string_view speaker,
         std::vector<CutPassage>& passages) {
  const std::string_view content = trimmed(text.substr(begin, end - begin));
  if (content.empty()) return;
  const auto offset = static_cast<std::size_t>(content.data() - text.data());
  passages.push_back({content, speaker, offset, offset + content.size()});
}

std::vector<CutPassage> turns_of(std::string_view text, const std::vector<Line>& lines) {
  std::vector<CutPassage> passages;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view speaker;
  for (const Line& line : lines) {
    const auto next = speaker_of(text.substr(line.begin, line.end - line.begin));
    if (next) {
      add(text, begin, end, speaker, passages);
      begin = line.begin;
      speaker = *next;
    }
    end = line.end;
  }
  add(text, begin, end, speaker, passages);
  return passages;
}

// The end of the last sentence that fits, else the last blank, else the length itself without half a character.
std::size_t break_in(std::string_view paragraph) {
  const std::string_view head = paragraph.substr(0, passage_bytes);
  for (std::size_t at = head.size(); at-- > passage_bytes / 3;)
    if ((head[at] == ' ' || head[at] == '\n') && (head[at - 1] == '.' || head[at - 1] == '!' || head[at - 1] == '?'))
      return at + 1;
  const std::size_t blank = head.find_last_of(" \n");
  if (blank != std::string_view::npos && blank > 0) return blank + 1;
  std::size_t length = head.size();
  while (length > 1 && (static_cast<unsigned char>(paragraph[length]) & 0xC0u) == 0x80) --length;
  return length;
}

void add_paragraphs(std::string_view text, std::size_t begin, std::size_t end, std::vector<CutPassage>& passages) {
  while (end - begin > passage_bytes + passage_bytes / 2) {
    const std::size_t length = break_in(text.substr(begin, end - begin));
    add(text, begin, begin + length, {}, passages);
    begin += length;
  }
  add(text, begin, end, {}, passages);
}

std::vector<CutPassage> paragraphs_of(std::string_view text, const std::vector<Line>& lines) {
  std::vector<CutPassage> passages;
  std::size_t begin = 0;  // of what is gathered
  std::size_t end = 0;
  bool after_blank = false;
  for (const Line& line : lines) {
    if (is_blank(text.substr(line.begin, line.end - line.begin))) {
      after_blank = true;
      continue;
    }
    if (after_blank && end > begin && line.end - begin > passage_bytes) {
      add_paragraphs(text, begin, end, passages);
      begin = line.begin;
    }
    after_blank = false;
    end = line.end;
  }
  if (end > begin) add_paragraphs(text, begin, end, passages);
  return passages;
}

}  // namespace

std::vector<CutPassage> cut_passages(std::string_view text, std::size_t bytes_max) {
  std::size_t length = std::min(text.size(), bytes_max);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80) --length;
  text = text.substr(0, length);
  const std::vector<Line> lines = lines_of(text);
  return is_dialogue(text, lines) ? turns_of(text, lines) : paragraphs_of(text, lines);
}

}  // namespace commonbook::agents
