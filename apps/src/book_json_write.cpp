#include "book_json.hpp"
#include "book_json_names.hpp"
#include "console.hpp"

namespace commonbook::apps {

namespace {

using namespace storage;

bool is_plain_text(const std::string& text) {
  // nlohmann's own check, so that what is written here can be read there.
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

Json key_json(const Key& key) {
  Json json = {to_string(key.scheme), key.value};
  if (!key.space.empty()) json.push_back(key.space);
  return json;
}

Json to_json(const BookEntity& entity) {
  Json keys = Json::array();
  for (const Key& key : entity.keys) keys.push_back(key_json(key));
  Json json = {{"entity", entity.number}, {"keys", std::move(keys)}};
  if (is_plain_text(entity.spelling))
    json["spelling"] = entity.spelling;
  else
    json["spelling_hex"] = hex_of(entity.spelling);
  return json;
}

Json to_json(const BookPredicate& predicate) {
  Json json = {{"predicate", predicate.name}};
  if (predicate.single_valued) json["single"] = true;
  return json;
}

Json to_json(const BookRedirect& redirect) { return {{"redirect", redirect.source}, {"to", redirect.target}}; }

Json to_json(const BookSuggestion& suggestion) {
  return {{"suggestion", Json::array({suggestion.left, suggestion.right})},
          {"score", suggestion.score},
          {"reason", suggestion.reason},
          {"status", suggestion.status}};
}

Json document_json(const BookDocument& document) {
  Json json = {{"id", document.id}, {"hash", document.hash}};
  if (!document.with_content) return json;
  json["kind"] = to_string(document.kind);
  json["title"] = document.title;
  json["text"] = document.text;
  json["context"] = document.context;
  if (document.time) json["time"] = document.time->unix_ms;
  if (document.subject) json["subject"] = *document.subject;
  return json;
}

Json triples_json(const std::vector<BookTriple>& triples) {
  Json list = Json::array();
  for (const BookTriple& triple : triples) {
    Json json = Json::array({triple.subject, triple.predicate});
    if (const auto* entity = std::get_if<std::int64_t>(&triple.object)) {
      json.push_back(*entity);
    } else {
      const Literal& literal = std::get<Literal>(triple.object);
      json.push_back(Json::array({to_string(literal.type), literal.text}));
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json namings_json(const std::vector<BookNaming>& namings) {
  Json list = Json::array();
  for (const BookNaming& naming : namings) list.push_back(Json::array({naming.entity, naming.text}));
  return list;
}

Json to_json(const BookObservation& observation) {
  Json json = {{"agent", observation.agent}, {"session", observation.session}, {"sequence", observation.sequence}};
  if (observation.operation_id) json["operation"] = *observation.operation_id;
  if (observation.retracted) json["retracted"] = true;
  json["position"] = observation.position;
  json["time"] = observation.time.unix_ms;
  json["revision"] = observation.revision;
  json["valid_from"] = observation.valid_from.unix_ms;
  json["specificity"] = observation.specificity;
  json["trust"] = to_string(observation.trust);
  json["ack"] = to_string(observation.ack_class);
  json["created"] = hex_of(observation.created);
  json["payload"] = hex_of(observation.payload_hash);
  if (observation.document) json["document"] = document_json(*observation.document);
  if (!observation.triples.empty()) json["triples"] = triples_json(observation.triples);
  if (!observation.spellings.empty()) json["spellings"] = namings_json(observation.spellings);
  if (!observation.claims.empty()) json["claims"] = namings_json(observation.claims);
  if (!observation.derived_from.empty()) json["derived_from"] = observation.derived_from;
  return {{"observation", std::move(json)}};
}

Json to_json(const BookRecord& record) {
  return std::visit([](const auto& each) { return to_json(each); }, record);
}
Json to_json(const BookHeader&) { return {{"commonbook", "book"}, {"version", book_format_version}}; }
Json to_json(const BookEnd& end) {
  return {{"end", {{"lines", end.lines}, {"content_digest", hex_text(end.content_digest)}}}};
}

}  // namespace

Result<std::string> book_line(const BookLine& line) {
  const Json json = std::visit([](const auto& each) { return to_json(each); }, line);
  try {
    return json.dump();
  } catch (const Json::exception&) {
    return Error{ErrorCode::corrupt, "the file holds text that is not UTF-8; run verify", 0, {}};
  }
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

}  // namespace commonbook::apps
