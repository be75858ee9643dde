// commonbook show NAME: what the book says about one entity.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"

#include "commonbook/model/civil_time.hpp"
#include "commonbook/model/speaker.hpp"
#include "commonbook/storage/identity.hpp"

#include <algorithm>
#include <iostream>

namespace commonbook::apps {

namespace {

/// The name as a name, and as each strong identifier that it may be.
QueryPlan plan_for(const std::string& name) {
  QueryPlan plan;
  plan.names = {name};
  std::string bare = name;
  if (bare.size() > 2 && bare.front() == '<' && bare.back() == '>') bare = bare.substr(1, bare.size() - 2);
  plan.keys = {Key{Scheme::ical_uid, name, {}}, Key{Scheme::mid, bare, {}}};
  if (bare.find('@') != std::string::npos) plan.keys.push_back(Key{Scheme::mailto, bare, {}});
  return plan;
}

std::string object_text(const Fact& fact) {
  if (const auto* entity = std::get_if<EntityView>(&fact.object)) return entity->spelling;
  return std::get<Literal>(fact.object).text;
}

void print_facts(const std::vector<Fact>& facts, const std::vector<EntityView>& entities) {
  for (const EntityView& entity : entities) {
    std::cout << one_line(entity.spelling, 100) << "  (" << to_string(entity.key.scheme) << ": "
              << one_line(entity.key.value, 100) << ")\n";
    for (const Fact& fact : facts) {
      const auto* object = std::get_if<EntityView>(&fact.object);
      const bool as_subject = fact.subject.id == entity.id;
      if (!as_subject && (object == nullptr || object->id != entity.id)) continue;
      std::cout << "  "
                << (as_subject ? fact.predicate + ": " + one_line(object_text(fact), 120)
                               : one_line(fact.subject.spelling, 120) + ": " + fact.predicate + " this")
                << (fact.superseded ? is_believed(fact.citation.trust) ? "  (superseded)" : "  (claim)" : "") << "  [" << one_line(fact.citation.document_id, 80) << ", "
                << fact.citation.agent << ", " << format_utc(fact.citation.time)
                << (fact.citation.position.empty() ? "" : ", " + one_line(fact.citation.position, 120)) << "]\n";
    }
  }
}

// Names that it may have been meant for.
void print_similar(const storage::Book& book, const std::string& name) {
  constexpr std::size_t shown_max = 5;
  const auto found = storage::resolve(book, Key{Scheme::name, name, {}}, {}, long_deadline());
  if (!found) return;
  for (std::size_t at = 0; at < std::min(found->names.size(), shown_max); ++at)
    std::cout << "  perhaps: " << one_line(found->names[at].key.value, 100) << "  ("
              << one_line(found->names[at].reasons.front(), 100) << ")\n";
}

ExitCode show(const CommonOptions& common, const std::string& name) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  auto reader = storage::Reader::open(opened->book, long_deadline());
  if (!reader) return fail(reader.error());
  auto answer = reader->answer(plan_for(name), long_deadline());
  if (!answer) return fail(answer.error());
  const auto about = [&starts = answer->starts](std::int64_t id) {
    return std::any_of(starts.begin(), starts.end(), [id](const EntityView& start) { return start.id == id; });
  };
  std::vector<Fact> facts;
  for (Fact& fact : answer->facts) {
    const auto* object = std::get_if<EntityView>(&fact.object);
    if (about(fact.subject.id) || (object != nullptr && about(object->id))) facts.push_back(std::move(fact));
  }
  if (common.json) {
    Json entities = Json::array();
    for (const EntityView& entity : answer->starts)
      entities.push_back({{"id", entity.id},
                          {"scheme", to_string(entity.key.scheme)},
                          {"value", entity.key.value},
                          {"spelling", entity.spelling}});
    Json list = Json::array();
    for (const Fact& fact : facts) list.push_back(fact_json(fact));
    print_json({{"name", name},
                {"entities", std::move(entities)},
                {"facts", std::move(list)},
                {"truncated", answer->truncated}});
  } else if (answer->starts.empty()) {
    std::cout << "nothing is known by the name \"" << name << "\"\n";
    print_similar(opened->book, name);
  } else {
    print_facts(facts, answer->starts);
    if (answer->truncated) std::cout << "(there is more than is shown)\n";
  }
  return answer->starts.empty() ? ExitCode::not_held : ExitCode::ok;
}

}  // namespace

void add_show(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "show", "Print what is known about a name, address, Message-ID or UID");
  auto name = std::make_shared<std::string>();
  verb.add_option("NAME", *name, "In any spelling")->required();
  verb.callback([&invocation, name] {
    invocation.action = [name](const CommonOptions& common, Interrupt&) { return show(common, *name); };
  });
}

}  // namespace commonbook::apps
