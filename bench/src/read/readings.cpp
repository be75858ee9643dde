#include "readings.hpp"

#include "commonbook/agents/agents.hpp"
#include "commonbook/agents/question.hpp"

#include <sstream>
#include <stdexcept>
#include <unordered_set>
#include <utility>

namespace commonbook::bench {
namespace {

constexpr std::size_t facts_of_a_lookup = 20;
constexpr std::size_t facts_of_a_neighbourhood = 1'000;
constexpr std::size_t documents_of_a_search = 20;
constexpr std::size_t words_of_a_search = 3;

actors::AgentSession open_session(actors::Runtime& runtime) {
  auto session = runtime.open_session("reader");
  if (!session) throw std::runtime_error(session.error().message);
  return std::move(*session);
}

std::size_t found_in(Result<Answer> answer) {
  if (!answer) throw std::runtime_error("an answer: " + answer.error().message);
  return answer->facts.size() + answer->passages.size();
}

}  // namespace

std::string_view to_string(Reading reading) noexcept {
  switch (reading) {
    case Reading::lookup: return "lookup";
    case Reading::frequent: return "lookup, frequent";
    case Reading::depth_1: return "depth 1";
    case Reading::depth_2: return "depth 2";
    case Reading::as_of: return "as of";
    case Reading::search: return "search";
    case Reading::question: return "question";
  }
  return "";
}

BookContent content_of(Workload workload) {
  BookContent content{std::move(workload), {}};
  std::unordered_set<std::string> seen;
  std::string alias;
  for (const Statement& statement : content.workload.statements)
    for (const std::string* spelling : {&statement.subject, &statement.object}) {
      plain_alias(*spelling, alias);
      if (seen.insert(alias).second) content.names.push_back(alias);
    }
  return content;
}

Asker::Asker(actors::Runtime& runtime, const BookContent& content, std::uint64_t seed)
    : content_(content), workload_(content.workload), random_(seed), session_(open_session(runtime)) {}

QueryPlan Asker::plan_of(Reading reading) {
  QueryPlan plan;
  plan.parts = {.words = false, .facts = false, .entities = true, .graph = true, .time = false, .spelling = false,
                .neighbours = false, .expansion = false, .vectors = false};
  plan.documents_max = 0;
  plan.walk_depth = 0;
  plan.facts_max = facts_of_a_lookup;
  if (reading == Reading::search) {
    plan.parts.words = true;
    plan.documents_max = documents_of_a_search;
    plan.facts_max = 0;
    std::istringstream words{workload_.document_text(workload_.groups[random_() % workload_.groups.size()].source)};
    for (std::string word; plan.terms.size() < words_of_a_search && words >> word;) plan.terms.push_back(word);
    return plan;
  }
  plan.names = {reading == Reading::frequent ? statement().subject : name()};
  if (reading == Reading::depth_1 || reading == Reading::depth_2) {
    plan.walk_depth = reading == Reading::depth_1 ? 1 : 2;
    plan.facts_max = facts_of_a_neighbourhood;
  }
  if (reading == Reading::as_of) {
    const Group& middle = workload_.groups[workload_.groups.size() / 2];
    plan.as_of = workload_.observation({middle.agent, middle.source, middle.first, 1}, AckClass::applied).time;
  }
  return plan;
}

std::size_t Asker::ask_question() {
  agents::Question question;
  question.text = "What did " + name() + " say about the budget review with " + name() + '?';
  question.now = Timestamp{1'700'000'000'000 + static_cast<std::int64_t>(workload_.groups.size())};
  return found_in(agents::ask(session_, std::move(question)).get());
}

std::size_t Asker::ask(Reading reading) {
  if (reading == Reading::question) return ask_question();
  return found_in(session_.ask(plan_of(reading)).get());
}

}  // namespace commonbook::bench
