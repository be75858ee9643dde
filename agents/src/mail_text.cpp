// Works on lines. Each is first given a layer by its own look; then the lines that introduce a quotation join it, and
// what follows an Outlook header or a signature mark goes with its mark. The text is never rewritten, only sorted.
#include "mail_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace commonbook::agents {
namespace {

enum class Layer : std::uint8_t { written, quoted, signature };

struct Line {
  std::string_view text;
  Layer layer = Layer::written;
};

using Lines = std::vector<Line>;

std::string_view trimmed(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_empty(const Line& line) noexcept { return trimmed(line.text).empty(); }

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back({text.substr(0, end), Layer::written});
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool contains_digit(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "On 5 January 2026, Mira wrote:" in the languages whose mail programs people use most.
bool ends_introduction(std::string_view line) noexcept {
  line = trimmed(line);
  if (!line.ends_with(':')) return false;
  static constexpr std::array<std::string_view, 13> verbs{"wrote",    "writes",  "said",       "schrieb", "écrit",
                                                          "escribió", "scrisse", "ha scritto", "schreef", "skrev",
                                                          "escreveu", "napisał", "kirjoitti"};
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](std::string_view verb) { return line.find(verb) != std::string_view::npos; });
}

bool begins_introduction(std::string_view line) noexcept {
  line = trimmed(line);
  static constexpr std::array<std::string_view, 9> words{"On ", "Am ",  "Le ", "El ",     "Il ",
                                                         "Op ", "Den ", "Em ", "Quoting "};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return line.starts_with(word); });
}

/// An introduction may be folded over this many lines.
constexpr std::size_t introduction_lines_max = 4;

/// First line of the introduction that ends at `last`, nullopt where that line ends none.
std::optional<std::size_t> introduction_before(const Lines& lines, std::size_t last) {
  if (!ends_introduction(lines[last].text)) return std::nullopt;
  const std::size_t reach = last + 1 < introduction_lines_max ? 0 : last + 1 - introduction_lines_max;
  for (std::size_t i = last + 1; i-- > reach;) {
    if (is_empty(lines[i]) || lines[i].layer != Layer::written) break;
    if (begins_introduction(lines[i].text)) return i;
  }
  return last;
}

void mark(Lines& lines, std::size_t from, std::size_t to, Layer layer) {
  for (std::size_t i = from; i < to; ++i)
    if (lines[i].layer == Layer::written) lines[i].layer = layer;
}

void mark_quotations(Lines& lines) {
  for (Line& line : lines)
    if (line.text.starts_with('>')) line.layer = Layer::quoted;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool begins = lines[i].layer == Layer::quoted && (i == 0 || lines[i - 1].layer != Layer::quoted);
    if (!begins || i == 0) continue;
    std::size_t last = i - 1;
    if (is_empty(lines[last]) && last > 0) --last;
    if (const auto first = introduction_before(lines, last)) mark(lines, *first, i, Layer::quoted);
  }
  // Empty lines between two quoted ones belong to them.
  for (std::size_t i = 1; i + 1 < lines.size(); ++i)
    if (is_empty(lines[i]) && lines[i - 1].layer == Layer::quoted && lines[i + 1].layer == Layer::quoted)
      lines[i].layer = Layer::quoted;
}

bool is_field_of_old_header(std::string_view line) noexcept {
  line = trimmed(line);
  while (line.starts_with('*')) line.remove_prefix(1);
  static constexpr std::array<std::string_view, 18> fields{
      "From:", "Sent:",    "To:",    "Cc:",  "CC:",      "Subject:", "Date:",   "Von:", "Gesendet:",
      "An:",   "Betreff:", "Datum:", "De :", "Envoyé :", "À :",      "Objet :", "De:",  "Para:"};
  return std::any_of(fields.begin(), fields.end(), [&](std::string_view field) { return line.starts_with(field); });
}

bool is_original_message_rule(std::string_view line) noexcept {
  line = trimmed(line);
  if (!line.starts_with("---")) return false;
  static constexpr std::array<std::string_view, 5> words{"Original Message", "Original message", "Original Appointment",
                                                         "Ursprüngliche Nachricht", "Message d'origine"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return line.find(word) != std::string_view::npos; });
}

bool is_forward_rule(std::string_view line) noexcept {
  line = trimmed(line);
  return line.starts_with("Begin forwarded message") ||
         (line.starts_with("---") && line.find("orwarded message") != std::string_view::npos) ||
         (line.starts_with("---") && line.find("orwarded Message") != std::string_view::npos);
}

/// Where the older message begins that an Outlook-like program left below the new text.
std::optional<std::size_t> old_message(const Lines& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].layer != Layer::written) continue;
    if (is_forward_rule(lines[i].text)) return std::nullopt;
    if (is_original_message_rule(lines[i].text)) return i;
    if (is_field_of_old_header(lines[i].text)) {
      std::size_t fields = 0;
      while (i + fields < lines.size() && fields < 3 && is_field_of_old_header(lines[i + fields].text)) ++fields;
      if (fields == 3) return i > 0 && trimmed(lines[i - 1].text).starts_with("____") ? i - 1 : i;
    }
    // The introduction alone, above an older message that is not marked by ">".
    if (begins_introduction(lines[i].text) && contains_digit(lines[i].text)) {
      const std::size_t reach = std::min(lines.size(), i + introduction_lines_max);
      for (std::size_t last = i; last < reach && !is_empty(lines[last]); ++last)
        if (trimmed(lines[last].text).ends_with("wrote:")) return i;
    }
  }
  return std::nullopt;
}

bool is_rule_of_underscores(std::string_view line) noexcept {
  line = trimmed(line);
  return line.size() >= 20 && std::all_of(line.begin(), line.end(), [](char c) { return c == '_'; });
}

void mark_signatures(Lines& lines) {
  constexpr std::size_t signature_lines_max = 30;
  constexpr std::size_t footer_lines_max = 10;
  // What stands below the last mark decides, so that a rule in the middle of a text stays text: from the end upwards.
  std::size_t below = 0;  // written lines between the line looked at and the next quotation or the end
  for (std::size_t i = lines.size(); i-- > 0;) {
    if (lines[i].layer != Layer::written) {
      below = 0;
      continue;
    }
    const bool dashes = lines[i].text == "-- " && below <= signature_lines_max;
    const bool bare_dashes = lines[i].text == "--" && below <= footer_lines_max;
    const bool footer = is_rule_of_underscores(lines[i].text) && below <= footer_lines_max;
    if (dashes || bare_dashes || footer) {
      std::size_t end = i + 1;
      while (end < lines.size() && lines[end].layer == Layer::written) ++end;
      mark(lines, i, end, Layer::signature);
      below = 0;
    } else if (!is_empty(lines[i])) {
      ++below;
    }
  }
}

std::string collect(const Lines& lines, Layer layer) {
  std::string result;
  for (const Line& line : lines) {
    if (line.layer != layer) continue;
    result += line.text;
    result += '\n';
  }
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  while (!result.empty() && space(result.back())) result.pop_back();
  const auto begin = std::find_if_not(result.begin(), result.end(), [](char c) { return c == '\n'; });
  result.erase(result.begin(), begin);
  return result;
}

}  // namespace

MailLayers separate_layers(std::string_view text) {
  Lines lines = split(text);
  mark_quotations(lines);
  if (const auto begin = old_message(lines)) {
    const bool anything_new = std::any_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(*begin),
                                          [](const Line& l) { return l.layer == Layer::written && !is_empty(l); });
    // With nothing above it the older message is forwarded, not answered.
    if (anything_new) mark(lines, *begin, lines.size(), Layer::quoted);
  }
  mark_signatures(lines);
  return {collect(lines, Layer::written), collect(lines, Layer::quoted), collect(lines, Layer::signature)};
}

}  // namespace commonbook::agents
