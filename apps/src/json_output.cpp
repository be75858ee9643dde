#include "json_output.hpp"

#include "terminal_text.hpp"

#include "commonbook/model/civil_time.hpp"

#include <iostream>

namespace commonbook::apps {

void print_json(const Json& value, int indent) {
  std::cout << terminal_json(value.dump(indent, ' ', false, Json::error_handler_t::replace)) << '\n';
}

namespace {

Json citation_json(const Citation& citation) {
  return {{"document", citation.document_id},
          {"agent", citation.agent},
          {"time", format_utc(citation.time)},
          {"kind", to_string(citation.kind)},
          {"title", citation.title},
          {"position", citation.position},
          {"trust", to_string(citation.trust)}};
}

Json entity_json(const Key& key, const std::string& spelling) {
  return {
      {"scheme", to_string(key.scheme)}, {"value", key.value}, {"spelling", spelling.empty() ? key.value : spelling}};
}

Json literal_json(const Literal& literal) { return {{"type", to_string(literal.type)}, {"value", literal.text}}; }

}  // namespace

Json answer_json(const std::string& question, const Answer& answer) {
  Json citations = Json::array();
  for (const Citation& citation : answer.citations) citations.push_back(citation_json(citation));
  return {{"question", question}, {"answer", answer.line}, {"citations", std::move(citations)}};
}

Json verify_json(const storage::VerifyReport& report) {
  Json checks = Json::array();
  for (const storage::Check& check : report.checks)
    checks.push_back({{"id", check.id},
                      {"what", check.what},
                      {"ok", check.ok},
                      {"detail", check.detail},
                      {"examined", check.examined}});
  return {{"ok", report.ok}, {"checks", std::move(checks)}};
}

Json stats_json(const storage::BookStats& stats) {
  return {{"commit_seq", stats.commit_seq},
          {"entities", stats.entities},
          {"aliases", stats.aliases},
          {"documents", stats.documents},
          {"observations", stats.observations},
          {"triples", stats.triples},
          {"evidence", stats.evidence},
          {"claims", stats.claims},
          {"suggestions", stats.suggestions},
          {"sessions", stats.sessions},
          {"agents", stats.agents},
          {"tail_rows", stats.tail_rows},
          {"file_bytes", stats.file_bytes},
          {"free_bytes", stats.free_bytes},
          {"wal_bytes", stats.wal_bytes}};
}

Json fact_json(const Fact& fact) {
  Json object;
  if (const auto* entity = std::get_if<EntityView>(&fact.object))
    object = entity_json(entity->key, entity->spelling);
  else
    object = literal_json(std::get<Literal>(fact.object));
  return {{"subject", entity_json(fact.subject.key, fact.subject.spelling)},
          {"predicate", fact.predicate},
          {"object", std::move(object)},
          {"superseded", fact.superseded},
          {"evidence", fact.evidence_count},
          {"citation", citation_json(fact.citation)}};
}

Json triple_json(const Triple& triple) {
  Json object;
  if (const auto* entity = std::get_if<EntityName>(&triple.object))
    object = entity_json(entity->key, entity->spelling);
  else
    object = literal_json(std::get<Literal>(triple.object));
  return {{"subject", entity_json(triple.subject.key, triple.subject.spelling)},
          {"predicate", triple.predicate},
          {"object", std::move(object)}};
}

Json dropped_json(const std::vector<agents::Dropped>& dropped) {
  Json list = Json::array();
  for (const agents::Dropped& part : dropped) list.push_back({{"place", part.place}, {"reason", part.reason}});
  return list;
}

}  // namespace commonbook::apps
