#include "toml_table.hpp"

#include "point_in_time.hpp"

#include "commonbook/model/civil_time.hpp"

#include <array>
#include <cstdio>

namespace commonbook::apps {

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

}  // namespace

const toml::node* TomlTable::find(const char* key) {
  asked_.insert(key);
  return complaint_ ? nullptr : table_.get(key);
}

void TomlTable::complain_at(const toml::source_position& at, const std::string& key, const std::string& message) {
  if (complaint_) return;
  std::string place = file_ + ":" + std::to_string(at.line) + ": ";
  if (!where_.empty()) place += where_ + " ";
  if (!key.empty()) place += key + ": ";
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
  for (const std::string& one : allowed)
    if (value && *value == one) {
      target = one;
      return;
    }
  complain(key, "write " + joined(allowed) + (value ? " instead of \"" + *value + "\"" : ""));
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
  if (value && *value >= least && *value <= most) return value;
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

void TomlTable::finish() {
  for (const auto& [key, node] : table_) {
    if (asked_.count(key.str()) > 0) continue;
    std::string known;
    for (const std::string& one : asked_) known += (known.empty() ? "" : ", ") + one;
    return complain_at(key.source().begin, std::string{key.str()}, "unknown key; write one of " + known);
  }
}

}  // namespace commonbook::apps
