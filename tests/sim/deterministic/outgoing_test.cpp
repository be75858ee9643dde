#include "outgoing.hpp"

#include <catch2/catch.hpp>

#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/testing/support.hpp"

#include <map>
#include <string>
#include <vector>

using namespace commonbook;
using namespace commonbook::sim;

namespace {

/// Stands for the intake: what it is sent, it accepts or refuses by its own rule of rounds.
struct FakeIntake {
  struct Request {
    std::uint64_t number;
    std::uint64_t round;
    std::string position;
  };
  std::vector<Request> open;
  std::vector<std::string> accepted;
  std::uint64_t round = 0;

  Outgoing::Send sender() {
    return [this](std::uint64_t number, std::uint64_t its_round, const Observation& observation) {
      open.push_back({number, its_round, observation.position});
    };
  }
  Result<Receipt> answer(const Request& request, bool full) {
    if (request.round < round || full) {
      if (request.round >= round) round = request.round + 1;
      return Error{ErrorCode::overloaded, "later", 0, std::chrono::milliseconds{3}};
    }
    accepted.push_back(request.position);
    return Receipt{};
  }
};

}  // namespace

TEST_CASE("what is refused is sent again in the order in which the agent made it", "[deterministic]") {
  const auto seed = GENERATE(from_range(commonbook::testing::seeds_to_run(50)));
  INFO("replay: COMMONBOOK_SEED=" << seed);
  actors::SeededRandom random{seed};
  Outgoing outgoing;
  FakeIntake intake;
  constexpr std::size_t total = 40;
  for (std::size_t at = 0; at < total; ++at) {
    Observation observation;
    observation.position = std::to_string(at);
    outgoing.push(std::move(observation));
  }
  outgoing.send(std::chrono::milliseconds{0}, intake.sender());
  for (int turns = 0; !outgoing.is_empty() && turns < 10'000; ++turns) {
    // A handful is looked at, in order of arrival; then the answers come.
    auto batch = std::exchange(intake.open, {});
    for (const auto& request : batch) {
      const auto result = intake.answer(request, random.below(4) == 0);
      std::optional<Outgoing::Done> done;
      const AnswerFate fate = outgoing.answered(request.number, result, done);
      CHECK(fate == (result ? AnswerFate::acknowledged : AnswerFate::again));
    }
    if (outgoing.retry_after()) outgoing.send_again(intake.sender());
    outgoing.send(std::chrono::milliseconds{0}, intake.sender());
  }
  REQUIRE(outgoing.is_empty());
  REQUIRE(intake.accepted.size() == total);
  for (std::size_t at = 0; at < total; ++at) CHECK(intake.accepted[at] == std::to_string(at));
}

TEST_CASE("an error that no further attempt can mend is given up at once", "[deterministic]") {
  Outgoing outgoing;
  outgoing.push(Observation{});
  std::uint64_t sent = 0;
  outgoing.send(std::chrono::milliseconds{0}, [&](std::uint64_t number, std::uint64_t, const Observation&) {
    sent = number;
  });
  std::optional<Outgoing::Done> done;
  CHECK(outgoing.answered(sent, Error{ErrorCode::too_large, "split it", 0, {}}, done) == AnswerFate::failed);
  CHECK(done.has_value());
  CHECK(outgoing.is_empty());
  CHECK(outgoing.answered(sent, Receipt{}, done) == AnswerFate::unexpected);
}

TEST_CASE("an agent has a bounded number of observations under way", "[deterministic]") {
  Outgoing outgoing;
  while (!outgoing.is_full()) outgoing.push(Observation{});
  std::size_t sent = 0;
  outgoing.send(std::chrono::milliseconds{0}, [&](std::uint64_t, std::uint64_t, const Observation&) { ++sent; });
  CHECK(sent == Outgoing::under_way_max);
}
