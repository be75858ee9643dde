#include "commonbook/agents/toml_table.hpp"

#include "commonbook/agents/point_in_time.hpp"
#include "commonbook/model/civil_time.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace commonbook::agents {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (at > 0) text += at + 1 == words.size() ? " or " : ", ";
    text += "\"" + words[at] + "\"";
  }
  return text;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

Timestamp to_timestamp(const toml::date_time& value) {
  const CivilTime local{
      {value.date.year, value.date.month, value.date.day}, value.time.hour, value.time.minute, value.time.second};
  const std::int64_t offset_minutes = value.offset ? value.offset->minutes : 0;
  return {as_utc(local).unix_ms - offset_minutes * 60'000};
}

/// Insertions, deletions and replacements from one word to the other.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t at = 0; at < left.size(); ++at) {
    std::size_t diagonal = row[0];
    row[0] = at + 1;
    for (std::size_t other = 0; other < right.size(); ++other) {
      const std::size_t replaced = diagonal + (left[at] == right[other] ? 0 : 1);
      diagonal = row[other + 1];
      row[other + 1] = std::min({replaced, row[other] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string hint(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? std::string{} : "; the nearest is \"" + near + "\"";
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t word_max = 64;
  std::string nearest;
  if (word.size() > word_max) return nearest;
  std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& one : known) {
    const std::size_t distance = edit_distance(word, one);
    if (distance >= best) continue;
    best = distance;
    nearest = one;
  }
  return nearest;
}

std::string quoted_word(std::string_view text) {
  std::size_t bytes_max = 60;
  while (bytes_max < text.size() && (static_cast<unsigned char>(text[bytes_max]) & 0xC0u) == 0x80u) ++bytes_max;
  std::string word;
  for (const char c : text.substr(0, bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      word += c;
      continue;
    }
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\x%02X", byte);
    word += escape.data();
  }
  return text.size() > bytes_max ? word + "..." : word;
}

const toml::node* TomlTable::find(const char* key) {
  asked_.insert(key);
  return complaint_ ? nullptr : table_.get(key);
}

void TomlTable::complain_at(const toml::source_position& at, const std::string& key, const std::string& message) {
  if (complaint_) return;
  std::string place = file_ + ":" + std::to_string(at.line) + ": ";
  if (!where_.empty()) place += where_ + " ";
  if (!key.empty()) place += quoted_word(key) + ": ";
  complaint_ = Error{ErrorCode::parse_error, place + message};
}

void TomlTable::complain(const std::string& message) { complain_at(table_.source().begin, {}, message); }

void TomlTable::complain(const char* key, const std::string& message) {
  const toml::node* node = table_.get(key);
  complain_at(node != nullptr ? node->source().begin : table_.source().begin, key, message);
}

void TomlTable::text(const char* key, std::string& target) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  if (!value || value->empty()) return complain(key, "write a text, e.g. " + std::string{key} + " = \"...\"");
  target = *value;
}

void TomlTable::choice(const char* key, std::string& target, const std::vector<std::string>& allowed) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  if (!value) return complain(key, "write " + joined(allowed));
  if (std::find(allowed.begin(), allowed.end(), *value) == allowed.end()) return complain_unknown(key, *value, allowed);
  target = *value;
}

void TomlTable::complain_unknown(const char* key, std::string_view value, const std::vector<std::string>& known) {
  complain(key, "write " + joined(known) + " instead of \"" + quoted_word(value) + "\"" + hint(value, known));
}

void TomlTable::texts(const char* key, std::vector<std::string>& target) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const std::string advice = "write a list of texts, e.g. " + std::string{key} + " = [\"a\", \"b\"]";
  const toml::array* list = node->as_array();
  if (list == nullptr || list->empty()) return complain(key, advice);
  target.clear();
  for (const toml::node& entry : *list) {
    const auto value = entry.value_exact<std::string>();
    if (!value || value->empty()) return complain_at(entry.source().begin, key, advice);
    target.push_back(*value);
  }
}

void TomlTable::flag(const char* key, bool& target) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<bool>();
  if (!value) return complain(key, "write true or false");
  target = *value;
}

void TomlTable::real(const char* key, double& target, double least, double most) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto value = node->value<double>();
  if (!node->is_number() || !value || !(*value >= least && *value <= most))
    return complain(key, "write a number from " + number_text(least) + " to " + number_text(most));
  target = *value;
}

std::optional<std::int64_t> TomlTable::integer_value(const char* key, std::int64_t least, std::int64_t most) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= least && (*value <= most || fault("planted.integer_limit"))) return value;
  complain(key, "write a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

void TomlTable::time(const char* key, std::optional<Timestamp>& target) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (const auto date = node->value_exact<toml::date>())
    target = to_timestamp(toml::date_time{*date, toml::time{}});
  else if (const auto time = node->value_exact<toml::date_time>())
    target = to_timestamp(*time);
  else if (const auto text = node->value_exact<std::string>(); text && parse_point_in_time(*text))
    target = parse_point_in_time(*text);
  else
    complain(key, "write a date or a time, e.g. " + std::string{key} + " = 2026-04-01");
}

void TomlTable::duration(const char* key, std::chrono::milliseconds& target, std::chrono::milliseconds least,
                         std::chrono::milliseconds most) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto text = node->value_exact<std::string>();
  const auto value = text ? parse_time_span(*text) : std::nullopt;
  if (!value)
    return complain(key,
                    "write a duration with its unit (ms, s, min, h or d), e.g. " + std::string{key} + " = \"2 s\"");
  if (*value < least || *value > most)
    return complain(key, "write a duration from " + std::to_string(least.count()) + " ms to " +
                             std::to_string(most.count()) + " ms");
  target = *value;
}

const toml::table* TomlTable::table(const char* key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) complain(key, "write a table: [" + std::string{key} + "]");
  return node->as_table();
}

std::vector<const toml::table*> TomlTable::tables(const char* key) {
  const toml::node* node = find(key);
  std::vector<const toml::table*> found;
  if (node == nullptr) return found;
  const toml::array* list = node->as_array();
  if (list == nullptr || !list->is_homogeneous<toml::table>())
    complain(key, "write each as a table of its own: [[" + std::string{key} + "]]");
  else
    for (const toml::node& entry : *list) found.push_back(entry.as_table());
  return found;
}

void TomlTable::require(const char* key, const std::string& advice) {
  if (missing_.empty() && !has(key)) missing_ = std::string{key} + " is missing; " + advice;
}

void TomlTable::finish() {
  for (const auto& [key, node] : table_) {
    if (asked_.count(key.str()) > 0) continue;
    std::string known;
    for (const std::string& one : asked_) known += (known.empty() ? "" : ", ") + one;
    return complain_at(key.source().begin, std::string{key.str()},
                       "unknown key; write one of " + known + hint(key.str(), {asked_.begin(), asked_.end()}));
  }
  if (!missing_.empty()) complain(missing_);
}

void read_synthetic(TomlTable& table, SyntheticOptions& options) {
  constexpr std::int64_t any_count = 1'000'000'000;
  table.integer("triples_min", options.triples_min, 0, 4096);
  table.integer("triples_max", options.triples_max, 1, 4096);
  table.integer("names", options.names, 1, any_count);
  table.real("skew", options.skew, 0, 10);
  table.real("variants", options.variants, 0, 1);
  table.integer("document_words", options.document_words, 0, 1'000'000);
  table.choice("like", options.kind, {"calendar", "email", "question"});
  if (options.triples_min > options.triples_max) table.complain("triples_max", "write at least triples_min");
}

}  // namespace commonbook::agents
