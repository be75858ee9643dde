// One process of agents on a file that others use too. Waits for its standard input to end, so that all start at once.
//   worker_process FILE synthetic SEED AGENTS OBSERVATIONS NAMES
//   worker_process FILE mail FOLDER PART PARTS      (every PARTS-th message, from PART)
#include "commonbook/agents/agents.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>

#include <unistd.h>

using namespace commonbook;

namespace {

class PartOfSource final : public agents::Source {
 public:
  PartOfSource(std::unique_ptr<agents::Source> source, std::size_t part, std::size_t parts)
      : source_(std::move(source)), part_(part), parts_(parts) {}
  Result<std::optional<agents::ImportItem>> next() override {
    for (;;) {
      auto item = source_->next();
      if (!item || !*item || at_++ % parts_ == part_) return item;
    }
  }
  [[nodiscard]] agents::SourceProgress progress() const override { return source_->progress(); }
  [[nodiscard]] const std::vector<agents::Dropped>& dropped() const override { return source_->dropped(); }

 private:
  std::unique_ptr<agents::Source> source_;
  std::size_t part_;
  std::size_t parts_;
  std::size_t at_ = 0;
};

using Agents = std::vector<std::pair<std::string, std::unique_ptr<agents::Source>>>;

Agents make_agents(const std::vector<std::string>& arguments) {
  const auto number = [&](std::size_t at) { return std::strtoull(arguments.at(at).c_str(), nullptr, 10); };
  Agents made;
  if (arguments.at(2) == "mail") {
    auto source = agents::open_mail({arguments.at(3)}, "email");
    if (source) made.emplace_back("email", std::make_unique<PartOfSource>(std::move(*source), number(4), number(5)));
    return made;
  }
  for (std::uint64_t at = 0; at < number(4); ++at) {
    agents::SyntheticOptions options;
    options.seed = number(3) * 100 + at;
    options.observations = static_cast<std::int64_t>(number(5));
    options.names = static_cast<int>(number(6));
    options.triples_max = 6;
    options.variants = 0.5;
    made.emplace_back("agent-" + arguments.at(3) + "-" + std::to_string(at), agents::open_synthetic(options));
  }
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments{argv, argv + argc};
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  actors::RuntimeOptions options;
  options.path = arguments.at(1);
  options.create = true;
  options.deadline = std::chrono::seconds{60};
  auto runtime = actors::Runtime::start(options);
  if (!runtime) {
    std::cout << nlohmann::json{{"error", to_string(runtime.error())}}.dump() << std::endl;
    return 1;
  }
  std::vector<agents::ImportAgent> running;
  for (auto& [name, source] : make_agents(arguments)) {
    agents::ImportOptions import;
    import.agent = name;
    import.ack_class = AckClass::applied;
    auto agent = agents::ImportAgent::start(**runtime, import, std::move(source));
    if (!agent) return 1;
    running.push_back(std::move(*agent));
  }
  nlohmann::json result{{"acknowledged", 0}, {"created", 0}, {"errors", nlohmann::json::array()}};
  for (auto& agent : running) {
    const auto report = agent.wait();
    result["acknowledged"] = result["acknowledged"].get<std::uint64_t>() + report.acknowledged;
    result["created"] = result["created"].get<std::uint64_t>() + report.created;
    for (const auto& error : report.errors) result["errors"].push_back(to_string(error));
  }
  running.clear();
  const auto metrics = (*runtime)->metrics();
  result["conflicts"] = metrics ? metrics->alias_conflicts_resolved : 0;
  result["clean"] = (*runtime)->shutdown().clean;
  std::cout << result.dump() << std::endl;
  return 0;
}
