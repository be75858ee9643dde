#include "locomo_dataset.hpp"

#include "commonbook/model/civil_time.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace commonbook::apps {
namespace {

using Value = nlohmann::json;
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
constexpr int sessions_max = 10'000;

std::string text_of(const Value& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() ? found->dump() : std::string{};
}

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  return text;
}

DatasetDocument session_of(const Value& turns, const std::string& name, const std::string& time) {
  DatasetDocument document{name, name, parse_session_time(time), {}};
  for (const Value& turn : turns) {
    if (!turn.is_object()) continue;
    std::string text = text_of(turn, "text");
    if (const std::string caption = text_of(turn, "blip_caption"); !caption.empty()) text += " [picture: " + caption + "]";
    document.passages.push_back(
        {text_of(turn, "dia_id"), on_one_line(text_of(turn, "speaker")), on_one_line(std::move(text))});
  }
  return document;
}

DatasetQuestion question_of(const Value& value, std::optional<Timestamp> now) {
  DatasetQuestion question{text_of(value, "question"), text_of(value, "category"), {}, now};
  const auto evidence = value.find("evidence");
  if (evidence == value.end() || !evidence->is_array()) return question;
  for (const Value& each : *evidence) {
    if (!each.is_string()) continue;
    std::string ids = each.get<std::string>();
    std::replace_if(ids.begin(), ids.end(), [](char c) { return c == ';' || c == ','; }, ' ');
    std::istringstream in{ids};
    for (std::string id; in >> id;) question.evidence.push_back(id);
  }
  return question;
}

DatasetCollection collection_of(const Value& value) {
  DatasetCollection collection;
  collection.name = text_of(value, "sample_id");
  const Value& conversation = value.at("conversation");
  std::optional<Timestamp> last;
  for (int number = 1; number <= sessions_max; ++number) {
    const std::string name = "session_" + std::to_string(number);
    if (!conversation.contains(name) && !conversation.contains(name + "_date_time")) break;
    const auto turns = conversation.find(name);
    if (turns == conversation.end() || !turns->is_array()) continue;
    collection.documents.push_back(session_of(*turns, name, text_of(conversation, name + "_date_time")));
    last = std::max(last, collection.documents.back().time);
  }
  if (last) last->unix_ms += day_ms;
  for (const Value& each : value.at("qa"))
    if (each.is_object()) collection.questions.push_back(question_of(each, last));
  return collection;
}

}  // namespace

bool is_locomo(const Value& root) {
  return root.is_array() && !root.empty() && std::all_of(root.begin(), root.end(), [](const Value& each) {
    return each.is_object() && each.contains("conversation") && each.at("conversation").is_object() &&
           each.contains("qa") && each.at("qa").is_array();
  });
}

std::vector<DatasetCollection> read_locomo(const Value& root) {
  std::vector<DatasetCollection> collections;
  for (const Value& each : root) collections.push_back(collection_of(each));
  return collections;
}

std::optional<Timestamp> parse_session_time(std::string_view text) {
  constexpr std::array months = {"January", "February", "March",     "April",   "May",      "June",
                                 "July",    "August",   "September", "October", "November", "December"};
  std::string words{text};
  std::replace_if(words.begin(), words.end(), [](char c) { return c == ':' || c == ','; }, ' ');
  std::istringstream in{words};
  CivilTime time;
  std::string half;
  std::string on;
  std::string month;
  if (!(in >> time.hour >> time.minute >> half >> on >> time.date.day >> month >> time.date.year)) return std::nullopt;
  const auto found = std::find(months.begin(), months.end(), month);
  if (found == months.end() || on != "on" || (half != "am" && half != "pm") || time.hour < 1 || time.hour > 12 ||
      time.minute < 0 || time.minute > 59)
    return std::nullopt;
  time.date.month = static_cast<int>(found - months.begin()) + 1;
  time.hour = time.hour % 12 + (half == "pm" ? 12 : 0);
  if (!is_valid(time.date)) return std::nullopt;
  return as_utc(time);
}

}  // namespace commonbook::apps
