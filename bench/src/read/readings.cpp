#include "readings.hpp"

#include "commonbook/agents/agents.hpp"
#include "commonbook/storage/reader.hpp"

#include <chrono>
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

const std::string& ReadingDraw::mentioned_name() {
  return content_.workload.statements[random_() % content_.workload.statements.size()].subject;
}

QueryPlan ReadingDraw::plan(Reading reading) {
  const Workload& workload = content_.workload;
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
    std::istringstream words{workload.document_text(workload.groups[random_() % workload.groups.size()].source)};
    for (std::string word; plan.terms.size() < words_of_a_search && words >> word;) plan.terms.push_back(word);
    return plan;
  }
  plan.names = {reading == Reading::frequent ? mentioned_name() : name()};
  if (reading == Reading::depth_1 || reading == Reading::depth_2) {
    plan.walk_depth = reading == Reading::depth_1 ? 1 : 2;
    plan.facts_max = facts_of_a_neighbourhood;
  }
  if (reading == Reading::as_of) {
    const Group& middle = workload.groups[workload.groups.size() / 2];
    plan.as_of = workload.observation({middle.agent, middle.source, middle.first, 1}, AckClass::applied).time;
  }
  return plan;
}

agents::Question ReadingDraw::question() {
  agents::Question question;
  question.text = "What did " + name() + " say about the budget review with " + name() + '?';
  question.now = Timestamp{1'700'000'000'000 + static_cast<std::int64_t>(content_.workload.groups.size())};
  return question;
}

Asker::Asker(actors::Runtime& runtime, const BookContent& content, std::uint64_t seed)
    : draw_(content, seed), session_(open_session(runtime)) {}

std::size_t Asker::ask(Reading reading) {
  if (reading == Reading::question) return found_in(agents::ask(session_, draw_.question()).get());
  return found_in(session_.ask(draw_.plan(reading)).get());
}

double rows_read(const std::filesystem::path& file, const BookContent& content, Reading reading) {
  constexpr int readings_counted = 50;
  const SystemClock clock;
  const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::seconds{30}; };
  storage::BookOptions options;
  options.path = file;
  const auto book = storage::Book::open(options, clock, soon());
  if (!book) throw std::runtime_error(book.error().message);
  auto reader = storage::Reader::open(*book, soon());
  if (!reader) throw std::runtime_error(reader.error().message);
  ReadingDraw draw{content, 1};
  double rows = 0;
  for (int number = 0; number < readings_counted; ++number) {
    const QueryPlan plan = reading == Reading::question ? agents::understand(draw.question()).plan : draw.plan(reading);
    found_in(reader->answer(plan, soon()));
    rows += static_cast<double>(reader->last_rows_read());
  }
  return rows / readings_counted;
}

}  // namespace commonbook::bench
