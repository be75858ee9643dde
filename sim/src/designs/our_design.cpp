#include "our_design.hpp"

#include <charconv>
#include <chrono>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace commonbook::sim {
namespace {

/// P5: every request is answered by its deadline plus one second; the rest is for a busy machine.
constexpr std::chrono::seconds answer_slack{3};
constexpr std::string_view position_prefix = "item ";

/// Leads to the entity of a name, by its key and without its facts.
QueryPlan plan_of(const std::string& spelling) {
  QueryPlan plan;
  plan.keys = {Key{Scheme::name, spelling, {}}};
  plan.walk_depth = 0;
  plan.documents_max = 0;
  plan.entities_max = 0;
  return plan;
}

std::size_t distinct_rows(const WorkItem& item) {
  std::set<std::tuple<std::string, std::string, std::string>> rows;
  for (const WorkItem::Line& line : item.lines)
    rows.emplace(normal_form(line.subject), line.predicate, normal_form(line.object));
  return rows.size();
}

/// Reads "17 3 2": three numbers and nothing else.
std::optional<ItemPosition> read_numbers(std::string_view text) {
  ItemPosition read;
  for (std::uint64_t* number : {&read.number, &read.lines, &read.rows}) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (code != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return text.empty() ? std::optional{read} : std::nullopt;
}

}  // namespace

std::string item_position(std::uint64_t number, std::size_t lines, std::size_t rows) {
  return std::string{position_prefix} + std::to_string(number) + ' ' + std::to_string(lines) + ' ' +
         std::to_string(rows);
}

std::optional<ItemPosition> read_item_position(const std::string& position) {
  if (position.compare(0, position_prefix.size(), position_prefix) != 0) return std::nullopt;
  return read_numbers(std::string_view{position}.substr(position_prefix.size()));
}

Result<Receipt> OurClient::observe(Observation observation, Clock::SteadyPoint deadline) {
  observation.ack_class = ack_class_;
  auto future = session_.observe(std::move(observation));
  if (future.wait_until(deadline + answer_slack) != std::future_status::ready)
    return Error{ErrorCode::unknown, "no receipt by the deadline: it may or may not be stored", 0, {}};
  return future.get();
}

Result<Answer> OurClient::ask(QueryPlan plan, Clock::SteadyPoint deadline) {
  auto future = session_.ask(std::move(plan));
  if (future.wait_until(deadline + answer_slack) != std::future_status::ready)
    return Error{ErrorCode::timeout, "no answer by the deadline", 0, {}};
  return future.get();
}

Result<Created> OurClient::find_or_create(const std::string& spelling, Clock::SteadyPoint deadline) {
  const auto known = look_up(spelling, deadline);
  if (!known) return known.error();
  if (*known) return Created{**known, false, false};
  Observation observation;
  observation.triples = {{named(spelling), "is", Literal{LiteralType::text, "mentioned"}}};
  const auto receipt = observe(std::move(observation), deadline);
  if (!receipt) return receipt.error();
  if (receipt->entities.size() != 1)
    return Error{ErrorCode::internal, "the receipt of one name does not name one entity", 0, {}};
  return Created{receipt->entities.front().id, receipt->entities.front().created, false};
}

Result<std::optional<std::int64_t>> OurClient::look_up(const std::string& spelling, Clock::SteadyPoint deadline) {
  const auto answer = ask(plan_of(spelling), deadline);
  if (!answer) return answer.error();
  if (answer->starts.empty()) return std::optional<std::int64_t>{};
  return std::optional{answer->starts.front().id};
}

Result<void> OurClient::store(const WorkItem& item, Clock::SteadyPoint deadline) {
  Observation observation;
  observation.position = item_position(item.number, item.lines.size(), distinct_rows(item));
  for (const WorkItem::Line& line : item.lines)
    observation.triples.push_back({named(line.subject), line.predicate, named(line.object)});
  const auto receipt = observe(std::move(observation), deadline);
  if (!receipt) return receipt.error();
  return {};
}

// The other designs read one entity's triples, so this asks for no more: a walk of one edge would read those of its
// neighbours too.
Result<std::int64_t> OurClient::read(const std::string& spelling, Clock::SteadyPoint deadline) {
  QueryPlan plan = plan_of(spelling);
  plan.entities_max = 1;
  plan.facts_max = 100'000;
  const auto answer = ask(std::move(plan), deadline);
  if (!answer) return answer.error();
  return static_cast<std::int64_t>(answer->facts.size());
}

Result<std::unique_ptr<Design>> OurDesign::open(const DesignChoice& choice, const std::filesystem::path& file) {
  actors::RuntimeOptions options;
  options.path = file;
  options.create = true;
  options.storage_actors = choice.storage_actors;
  options.reader_actors = choice.reader_actors;
  options.similarity = choice.similarity;
  options.deadline = choice.deadline;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) return runtime.error();
  return std::unique_ptr<Design>{new OurDesign{std::move(*runtime), choice.ack_class}};
}

Result<std::unique_ptr<DesignClient>> OurDesign::open_client(std::size_t thread, Clock::SteadyPoint) {
  auto session = runtime_->open_session("agent " + std::to_string(thread));
  if (!session) return session.error();
  return std::unique_ptr<DesignClient>{std::make_unique<OurClient>(std::move(*session), ack_class_)};
}

std::uint64_t OurDesign::fallbacks() const {
  {
    const std::lock_guard guard{mutex_};
    if (closed_fallbacks_) return *closed_fallbacks_;
  }
  const auto metrics = runtime_->metrics();
  return metrics ? metrics->alias_conflicts_resolved : 0;
}

Result<void> OurDesign::close() {
  const actors::ShutdownReport report = runtime_->shutdown();
  {
    const std::lock_guard guard{mutex_};
    closed_fallbacks_ = report.metrics.alias_conflicts_resolved;
  }
  if (report.clean) return {};
  return Error{ErrorCode::internal,
               "shutdown left " + std::to_string(report.cancelled) + " cancelled and " +
                   std::to_string(report.unknown) + " of unknown outcome",
               0,
               {}};
}

}  // namespace commonbook::sim
