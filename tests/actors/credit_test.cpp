// Admission and histograms: pure bookkeeping.
#include "credit.hpp"
#include "seeded_system.hpp"
#include "time_histogram.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;
using namespace std::chrono_literals;

TEST_CASE("an agent's window bounds its triples, but one observation always fits") {
  CreditBook credits{{64, 1024, 2}};
  const std::size_t agent = credits.agent("calendar");
  const auto big = credits.take(agent, make_observation(500));
  REQUIRE(big);
  const auto refused = credits.take(agent, make_observation(1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::overloaded);
  CHECK(refused.error().retry_after > 0ms);
  CHECK(credits.take(credits.agent("email"), make_observation(1)));  // windows are separate
  credits.give_back_window(*big);
  for (int at = 0; at < 64; ++at) CHECK(credits.take(agent, make_observation(0)));  // a bare document counts as one
  CHECK_FALSE(credits.take(agent, make_observation(0)));
}

TEST_CASE("what can never be stored is too_large, whatever else is under way") {
  CreditBook credits{{64, 1024, 1}};
  const std::size_t agent = credits.agent("calendar");
  CHECK(credits.take(agent, make_observation(4'097)).error().code == ErrorCode::too_large);
  CHECK(credits.take(agent, make_observation(4'096)));
  auto document = make_observation(1);
  document.document.emplace();
  document.document->text.resize(document_text_bytes_max + 1);
  CHECK(credits.take(credits.agent("email"), document).error().code == ErrorCode::too_large);
}

TEST_CASE("a storage actor's queue is bounded over all agents, and agents are spread") {
  CreditBook credits{{1'000, 3, 2}};
  const auto first = credits.take(credits.agent("a"), make_observation(1));
  const auto second = credits.take(credits.agent("b"), make_observation(1));
  REQUIRE((first && second));
  CHECK(first->storage != second->storage);
  CHECK(credits.take(credits.agent("a"), make_observation(1)));
  CHECK(credits.take(credits.agent("c"), make_observation(1))->storage == first->storage);
  CHECK(credits.take(credits.agent("a"), make_observation(1)).error().code == ErrorCode::overloaded);
  credits.give_back_queue(first->storage, 1);
  CHECK(credits.take(credits.agent("a"), make_observation(1)));
}

TEST_CASE("quantiles of a histogram are at most 3 % above the true ones") {
  TimeHistogram histogram;
  for (int us = 1; us <= 100'000; ++us) histogram.add(std::chrono::microseconds{us});
  const TimeFigures figures = histogram.figures();
  CHECK(figures.count == 100'000);
  CHECK(figures.max_us == 100'000);
  CHECK(figures.p50_us >= 50'000);
  CHECK(figures.p50_us <= 51'600);
  CHECK(figures.p99_us >= 99'000);
  CHECK(figures.p99_us <= 100'000);
  TimeHistogram odd;
  odd.add(-5us);
  odd.add(std::chrono::hours{100});
  CHECK(odd.figures().p50_us == 0);
  CHECK(odd.figures().max_us == 360'000'000'000);
}
