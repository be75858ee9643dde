#include "retrieval_dataset.hpp"

#include "locomo_dataset.hpp"
#include "point_in_time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace commonbook::apps {
namespace {

using Value = nlohmann::json;

Error wrong(const std::string& place, const std::string& expected) {
  return {ErrorCode::parse_error, place + ": " + expected + "; see `commonbook eval retrieval --help`", 0, {}};
}

std::string text_of(const Value& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string on_one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

Result<std::optional<Timestamp>> time_of(const Value& object, const char* name, const std::string& place) {
  const std::string text = text_of(object, name);
  if (text.empty()) return std::optional<Timestamp>{};
  const auto time = parse_point_in_time(text);
  if (!time) return wrong(place + "." + name, "write a date or a UTC time such as 2026-03-02T10:00");
  return time;
}

Result<DatasetDocument> read_document(const Value& value, const std::string& place) {
  if (!value.is_object()) return wrong(place, "a document is an object");
  DatasetDocument document;
  document.id = text_of(value, "id");
  if (document.id.empty()) return wrong(place, "a document needs an \"id\"");
  document.title = text_of(value, "title");
  auto time = time_of(value, "time", place);
  if (!time) return time.error();
  document.time = *time;
  const auto passages = value.find("passages");
  if (passages == value.end() || !passages->is_array()) return wrong(place, "a document needs a list \"passages\"");
  for (const Value& each : *passages) {
    const std::string id = each.is_object() ? text_of(each, "id") : std::string{};
    if (id.empty()) return wrong(place + ".passages", "a passage is an object with \"id\" and \"text\"");
    document.passages.push_back({id, on_one_line(text_of(each, "speaker")), on_one_line(text_of(each, "text"))});
  }
  return document;
}

Result<DatasetQuestion> read_question(const Value& value, const std::string& place) {
  if (!value.is_object()) return wrong(place, "a question is an object");
  DatasetQuestion question;
  question.text = text_of(value, "question");
  if (question.text.empty()) return wrong(place, "a question needs a \"question\"");
  question.category = text_of(value, "category");
  auto now = time_of(value, "now", place);
  if (!now) return now.error();
  question.now = *now;
  const auto evidence = value.find("evidence");
  if (evidence == value.end() || !evidence->is_array()) return wrong(place, "a question needs a list \"evidence\"");
  for (const Value& each : *evidence)
    if (each.is_string()) question.evidence.push_back(each.get<std::string>());
  return question;
}

Result<DatasetCollection> read_collection(const Value& value, const std::string& place) {
  if (!value.is_object() || !value.contains("documents") || !value.contains("questions"))
    return wrong(place, "an object with \"documents\" and \"questions\", or LoCoMo's list of conversations");
  DatasetCollection collection;
  collection.name = text_of(value, "name");
  for (const Value& each : value.at("documents")) {
    auto document = read_document(each, place + ".documents[" + std::to_string(collection.documents.size()) + "]");
    if (!document) return document.error();
    collection.documents.push_back(std::move(*document));
  }
  for (const Value& each : value.at("questions")) {
    auto question = read_question(each, place + ".questions[" + std::to_string(collection.questions.size()) + "]");
    if (!question) return question.error();
    collection.questions.push_back(std::move(*question));
  }
  return collection;
}

// Leaves out evidence that no passage has, and questions that are left without any.
void keep_known_evidence(RetrievalDataset& dataset) {
  for (DatasetCollection& collection : dataset.collections) {
    std::set<std::string> known;
    for (const DatasetDocument& document : collection.documents)
      for (const DatasetPassage& passage : document.passages) known.insert(passage.id);
    for (DatasetQuestion& question : collection.questions) {
      std::set<std::string> seen;
      std::erase_if(question.evidence,
                    [&](const std::string& id) { return known.count(id) == 0 || !seen.insert(id).second; });
    }
    dataset.questions_left_out +=
        std::erase_if(collection.questions, [](const DatasetQuestion& question) { return question.evidence.empty(); });
  }
}

}  // namespace

Result<RetrievalDataset> parse_retrieval_dataset(std::string_view text) {
  const Value root = Value::parse(text, nullptr, false);
  if (root.is_discarded()) return wrong("the file", "it is no JSON");
  RetrievalDataset dataset;
  if (is_locomo(root)) {
    dataset.collections = read_locomo(root);
  } else {
    const bool several = root.is_object() && root.contains("collections") && root.at("collections").is_array();
    const Value collections = several ? root.at("collections") : Value::array({root});
    for (const Value& each : collections) {
      auto collection = read_collection(each, "collections[" + std::to_string(dataset.collections.size()) + "]");
      if (!collection) return collection.error();
      dataset.collections.push_back(std::move(*collection));
    }
  }
  keep_known_evidence(dataset);
  return dataset;
}

Result<RetrievalDataset> read_retrieval_dataset(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return Error{ErrorCode::not_found, file.string() + ": no such file, or it can't be read", 0, {}};
  std::ostringstream text;
  text << in.rdbuf();
  auto dataset = parse_retrieval_dataset(text.str());
  if (!dataset) return Error{dataset.error().code, file.string() + ": " + dataset.error().message, 0, {}};
  return dataset;
}

}  // namespace commonbook::apps
