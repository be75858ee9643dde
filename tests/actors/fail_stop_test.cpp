// Fail-stop: a disk that fails while agents write. The runtime stops; nobody is left without an answer, nothing that was
// acknowledged is lost, and the next runtime goes on with the same file.
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/testing/failing_disk.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <set>
#include <thread>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Runtime> start(const std::filesystem::path& path) {
  RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.storage_actors = 2;
  options.drain = 500ms;
  auto runtime = Runtime::start(options);
  if (!runtime) FAIL(to_string(runtime.error()));
  return std::move(*runtime);
}

Observation statement(int agent, int number) {
  Observation observation;
  observation.operation_id = "agent " + std::to_string(agent) + ", statement " + std::to_string(number);
  observation.triples = {{named("agent " + std::to_string(agent)), "says",
                          Literal{LiteralType::integer, std::to_string(number)}},
                         {named("agent " + std::to_string(agent)), "knows", named("everyone")}};
  return observation;
}

/// What one agent was told, by the number of its statement.
struct Told {
  std::vector<Result<Receipt>> answers;
  bool all_answered = true;
};

/// Keeps eight statements open and goes on until one is not stored, or 20,000 were although the disk fails.
Told talk(AgentSession session, int agent, const std::function<void()>& on_receipt) {
  Told told;
  std::deque<std::future<Result<Receipt>>> open;
  int sent = 0;
  bool goes_on = true;
  while (goes_on || !open.empty()) {
    while (goes_on && open.size() < 8) open.push_back(session.observe(statement(agent, sent++)));
    if (open.front().wait_for(20s) != std::future_status::ready) {
      told.all_answered = false;
      return told;
    }
    told.answers.push_back(open.front().get());
    open.pop_front();
    if (told.answers.back()) on_receipt();
    if (!told.answers.back() || told.answers.size() == 20'000) goes_on = false;
  }
  return told;
}

storage::VerifyReport verified(const std::filesystem::path& path) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = path;
  auto book = storage::Book::open(options, clock, soon());
  REQUIRE(book);
  auto report = storage::verify(*book, soon());
  REQUIRE(report);
  return *report;
}

class QuietLog {
 public:
  QuietLog() : before_(spdlog::get_level()) { spdlog::set_level(spdlog::level::off); }  // that it stops is the point
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;
  ~QuietLog() { spdlog::set_level(before_); }

 private:
  spdlog::level::level_enum before_;
};

}  // namespace

TEST_CASE("a disk that fails at COMMIT stops the runtime; all are answered, and what was acknowledged is there",
          "[P1][P2][P5][P6]") {
  const auto fault = GENERATE(FailingDisk::Fault::sync_log, FailingDisk::Fault::write_log);
  const QuietLog quiet;
  FailingDisk disk;
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  constexpr int agents = 4;
  std::array<Told, agents> told;
  {
    auto runtime = start(path);
    std::atomic<int> receipts{0};
    std::vector<std::thread> threads;
    for (int agent = 0; agent < agents; ++agent) {
      auto session = runtime->open_session("agent " + std::to_string(agent));
      REQUIRE(session);
      threads.emplace_back([&, agent, session = *session] {
        told[static_cast<std::size_t>(agent)] = talk(session, agent, [&] {
          if (++receipts == 100) disk.fail(fault);
        });
      });
    }
    for (auto& thread : threads) thread.join();
    const auto metrics = runtime->metrics();
    REQUIRE(metrics);
    CHECK(metrics->intake.in_flight == 0);
    CHECK(metrics->intake.balanced());
    CHECK(metrics->intake.unknown > 0);
    // It stays stopped, and says so to whoever looks.
    std::string stopped = metrics->stopped;
    for (const auto end = std::chrono::steady_clock::now() + 5s; stopped.empty() && std::chrono::steady_clock::now() < end;)
      if (const auto again = runtime->metrics()) stopped = again->stopped;
    // The first to notice says it: a commit, or whoever syncs the log after one or before it is copied.
    INFO(stopped);
    CHECK((stopped.find("COMMIT failed") != std::string::npos || stopped.find("sync") != std::string::npos));

    // Nothing more is admitted, and it is said why.
    auto late = runtime->open_session("late");
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::io);
    CHECK(late.error().message.find("the runtime stopped") != std::string::npos);
    (void)runtime->shutdown();
  }
  CHECK(disk.failures() > 0);
  disk.fail(FailingDisk::Fault::none);

  std::set<ErrorCode> refusals;
  std::size_t acknowledged = 0;
  for (const Told& each : told) {
    CHECK(each.all_answered);
    for (const auto& answer : each.answers) {
      if (answer) ++acknowledged;
      else refusals.insert(answer.error().code);
    }
  }
  CHECK(acknowledged >= 100);
  refusals.erase(ErrorCode::unknown);
  refusals.erase(ErrorCode::cancelled);
  refusals.erase(ErrorCode::io);  // sent after the stop
  refusals.erase(ErrorCode::overloaded);
  CHECK(refusals.empty());

  // The same requests again: each has its effect once, and each receipt of before is still true.
  auto runtime = start(path);
  std::size_t sent = 0;
  for (int agent = 0; agent < agents; ++agent) {
    auto session = runtime->open_session("agent " + std::to_string(agent));
    REQUIRE(session);
    const auto& answers = told[static_cast<std::size_t>(agent)].answers;
    sent += answers.size();
    for (std::size_t number = 0; number < answers.size(); ++number) {
      const auto again = session->observe(statement(agent, static_cast<int>(number))).get();
      REQUIRE(again);
      if (!answers[number]) continue;
      CHECK(again->replayed);
      CHECK(again->commit_seq == answers[number]->commit_seq);
    }
  }
  CHECK(runtime->shutdown().clean);
  const auto report = verified(path);
  for (const auto& check : report.checks) {
    INFO(check.id << " " << check.what << ": " << check.detail);
    CHECK(check.ok);
    if (check.id == "S8") CHECK(check.examined == static_cast<std::int64_t>(sent));
  }
}

TEST_CASE("a full disk refuses what does not fit; once there is room the same runtime goes on", "[P1][P5][P6]") {
  const QuietLog quiet;
  FailingDisk disk;
  const TemporaryFolder folder;
  auto runtime = start(folder.path() / "memory.db");
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  REQUIRE(session->observe(statement(0, 0)).get());
  disk.fail(FailingDisk::Fault::no_space);
  for (int number = 1; number <= 20; ++number) {
    const auto refused = session->observe(statement(0, number)).get();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::disk_full);
  }
  disk.fail(FailingDisk::Fault::none);
  for (int number = 1; number <= 20; ++number) CHECK(session->observe(statement(0, number)).get());
  const ShutdownReport report = runtime->shutdown();
  CHECK(report.clean);
  CHECK(report.metrics.intake.acknowledged == 21);
  CHECK(report.metrics.intake.failed == 20);
  CHECK(report.metrics.restarts == 0);
  runtime.reset();
  CHECK(verified(folder.path() / "memory.db").ok);
}
