// SQLite runs out of memory under a whole runtime, at the n-th allocation of whichever thread: nobody is left without an
// answer, no receipt is a lie, and the next runtime on the file goes on.
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/testing/failing_memory.hpp"
#include "commonbook/testing/fault_numbers.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

constexpr int statements = 6;

class QuietLog {
 public:
  QuietLog() : before_(spdlog::get_level()) { spdlog::set_level(spdlog::level::off); }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;
  ~QuietLog() { spdlog::set_level(before_); }

 private:
  spdlog::level::level_enum before_;
};

Observation statement(int number) {
  Observation observation;
  observation.operation_id = "statement " + std::to_string(number);
  observation.ack_class = number % 2 == 0 ? AckClass::durable : AckClass::applied;
  observation.triples = {{named("somebody"), "knows", named("person " + std::to_string(number))}};
  Document document;
  document.id = "note " + std::to_string(number);
  document.text = "person " + std::to_string(number) + " was seen";
  document.hash = content_hash(document.text);
  observation.document = document;
  return observation;
}

RuntimeOptions options_for(const std::filesystem::path& path) {
  RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.deadline = 2s;
  options.drain = 1s;
  options.scheduler_threads = 1;
  return options;
}

using Acknowledged = std::map<int, std::uint64_t>;

/// @returns  what was acknowledged. Every request must have been answered, with a receipt or a typed error.
Acknowledged live(const std::filesystem::path& path) {
  Acknowledged acknowledged;
  auto runtime = Runtime::start(options_for(path));
  if (!runtime) {
    CHECK(runtime.error().code != ErrorCode::internal);
    return acknowledged;
  }
  auto session = (*runtime)->open_session("agent");
  if (!session) return acknowledged;  // it stopped at once
  std::vector<std::future<Result<Receipt>>> answers;
  for (int number = 0; number < statements; ++number) answers.push_back(session->observe(statement(number)));
  QueryPlan plan;
  plan.names = {"somebody"};
  plan.terms = {"seen"};
  auto answer = session->ask(plan);
  for (int number = 0; number < statements; ++number) {
    auto& each = answers[static_cast<std::size_t>(number)];
    REQUIRE(each.wait_for(10s) == std::future_status::ready);
    const auto result = each.get();
    if (result) acknowledged[number] = result->commit_seq;
    else CHECK(result.error().code != ErrorCode::internal);
  }
  REQUIRE(answer.wait_for(10s) == std::future_status::ready);
  if (const auto result = answer.get(); !result) CHECK(result.error().code != ErrorCode::internal);
  const auto metrics = (*runtime)->metrics();
  REQUIRE(metrics);
  CHECK(metrics->intake.balanced());
  CHECK(metrics->intake.in_flight == 0);
  (void)(*runtime)->shutdown();
  return acknowledged;
}

void check_what_is_left(const std::filesystem::path& path, const Acknowledged& acknowledged) {
  auto runtime = Runtime::start(options_for(path));
  if (!runtime) FAIL(to_string(runtime.error()));
  auto session = (*runtime)->open_session("agent");
  REQUIRE(session);
  for (int number = 0; number < statements; ++number) {
    const auto again = session->observe(statement(number)).get();
    if (!again) FAIL(to_string(again.error()));
    const auto told = acknowledged.find(number);
    if (told == acknowledged.end()) continue;
    CHECK(again->replayed);
    CHECK(again->commit_seq == told->second);
  }
  CHECK((*runtime)->shutdown().clean);
  const SystemClock clock;
  storage::BookOptions options;
  options.path = path;
  const auto book = storage::Book::open(options, clock, soon());
  REQUIRE(book);
  const auto report = storage::verify(*book, soon());
  REQUIRE(report);
  for (const auto& check : report->checks) {
    INFO(check.id << " " << check.what << ": " << check.detail);
    CHECK(check.ok);
  }
}

}  // namespace

TEST_CASE("whichever allocation of SQLite fails under a runtime, all are answered and nothing acknowledged is lost") {
  FailingMemory& memory = FailingMemory::instance();
  const QuietLog quiet;
  const FaultNumbers wanted = FaultNumbers::wanted();
  long calls = 0;
  {
    const TemporaryFolder folder;
    memory.fail(1'000'000'000, false);
    CHECK(live(folder.path() / "memory.db").size() == statements);
    calls = memory.calls();
  }
  REQUIRE(calls > 1'000);
  const std::uint64_t seed = seeds_to_run(1).front();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  long tried = 0;
  long stopped = 0;
  for (long nth = wanted.first; nth <= std::min(calls, wanted.last);) {
    wanted.report(nth, calls);
    INFO("allocation " << nth << " of " << calls);
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    memory.fail(nth, false);
    const Acknowledged acknowledged = live(path);
    memory.heal();
    if (acknowledged.size() < statements) ++stopped;
    check_what_is_left(path, acknowledged);
    ++tried;
    nth += wanted.all ? 1 : 1 + static_cast<long>(random() % (static_cast<std::uint64_t>(calls) / 20));
  }
  WARN("a runtime whose SQLite lacks memory: " << tried << " of " << calls << " n tried, " << stopped
                                               << " of them met an observation");
}
