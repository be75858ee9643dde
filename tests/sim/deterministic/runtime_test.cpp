// The deterministic runtime as a host uses it.
#include "commonbook/actors/deterministic_runtime.hpp"

#include "runs.hpp"

#include <set>
#include <vector>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;

namespace {

Observation says(const std::string& who, const std::string& what) {
  Observation observation;
  observation.triples.push_back({named(who), "says", Literal{LiteralType::text, what}});
  return observation;
}

DeterministicRuntimeOptions options_for(const std::filesystem::path& folder, std::uint64_t seed) {
  DeterministicRuntimeOptions options;
  options.runtime.path = folder / ("seed-" + std::to_string(seed) + ".db");
  options.runtime.create = true;
  options.seed = seed;
  return options;
}

constexpr std::uint64_t plenty = 1'000'000;

}  // namespace

TEST_CASE("a host can store and ask in a deterministic runtime", "[deterministic]") {
  const RunFolder folder;
  auto runtime = DeterministicRuntime::start(options_for(folder.path(), 1));
  REQUIRE(runtime);
  const auto session = (*runtime)->open_session("notes");
  REQUIRE(session);
  std::optional<Result<Receipt>> receipt;
  (*runtime)->observe(*session, says("Ada", "hello"), [&](Result<Receipt> given) { receipt = std::move(given); });
  REQUIRE((*runtime)->run_until([&] { return receipt.has_value(); }, plenty));
  REQUIRE(*receipt);
  CHECK((**receipt).entities.size() == 1);
  CHECK((**receipt).entities.front().created);
  std::optional<Result<Answer>> answer;
  QueryPlan plan;
  plan.names = {"ADA"};
  (*runtime)->ask(*session, plan, [&](Result<Answer> given) { answer = std::move(given); });
  REQUIRE((*runtime)->run_until([&] { return answer.has_value(); }, plenty));
  REQUIRE(*answer);
  CHECK((**answer).facts.size() == 1);
  CHECK((**answer).commit_seq >= (**receipt).commit_seq);
}

TEST_CASE("two sessions that name one new entity find it created once, whatever the schedule", "[deterministic]") {
  const RunFolder folder;
  std::set<std::vector<bool>> winners;
  for (const std::uint64_t seed : seeds_to_run(30)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    auto runtime = DeterministicRuntime::start(options_for(folder.path(), seed));
    REQUIRE(runtime);
    std::vector<Result<Receipt>> receipts;
    std::vector<bool> created(2);
    for (std::size_t agent = 0; agent < 2; ++agent) {
      const auto session = (*runtime)->open_session("agent " + std::to_string(agent));
      REQUIRE(session);
      (*runtime)->observe(*session, says(agent == 0 ? "Acme" : "ACME", "x"), [&, agent](Result<Receipt> receipt) {
        if (receipt) created[agent] = (*receipt).entities.front().created;
        receipts.push_back(std::move(receipt));
      });
    }
    REQUIRE((*runtime)->run_until([&] { return receipts.size() == 2; }, plenty));
    REQUIRE(receipts[0]);
    REQUIRE(receipts[1]);
    CHECK((*receipts[0]).entities.front().id == (*receipts[1]).entities.front().id);
    CHECK(created[0] != created[1]);
    winners.insert(created);
  }
  CHECK((winners.size() == 2 || seeds_to_run(30).size() == 1));  // the schedule decides, and decides both ways
}

TEST_CASE("a deterministic runtime that can't open its file says why", "[deterministic]") {
  const RunFolder folder;
  auto options = options_for(folder.path(), 1);
  options.runtime.create = false;
  const auto runtime = DeterministicRuntime::start(options);
  REQUIRE_FALSE(runtime);
  CHECK(runtime.error().code == ErrorCode::not_found);
  options.runtime.storage_actors = 0;
  CHECK(DeterministicRuntime::start(options).error().code == ErrorCode::invalid_argument);
}
