// What must end: a shutdown, a wait, a request. And what must be seen when it does not: a gate that is held without a step.
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/testing/barrier.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <caf/all.hpp>

#include <spdlog/spdlog.h>

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <vector>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

using SteadyClock = std::chrono::steady_clock;

class QuietLog {
 public:
  QuietLog() : before_(spdlog::get_level()) { spdlog::set_level(spdlog::level::off); }  // what is logged is the point
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;
  ~QuietLog() { spdlog::set_level(before_); }

 private:
  spdlog::level::level_enum before_;
};

RuntimeOptions options_for(const std::filesystem::path& path) {
  RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.deadline = 60s;
  options.storage_actors = 1;
  options.reader_actors = 1;
  return options;
}

std::unique_ptr<Runtime> start(const RuntimeOptions& options) {
  auto runtime = Runtime::start(options);
  if (!runtime) FAIL(to_string(runtime.error()));
  return std::move(*runtime);
}

Observation statement(int number) {
  Observation observation;
  observation.ack_class = AckClass::applied;
  observation.triples = {{named("somebody"), "says", Literal{LiteralType::integer, std::to_string(number)}}};
  return observation;
}

/// Asks for samples until one is as the caller wants it.
RuntimeMetrics sample_until(Runtime& runtime, const std::function<bool(const RuntimeMetrics&)>& wanted) {
  for (const auto end = SteadyClock::now() + 20s; SteadyClock::now() < end;) {
    const auto sample = runtime.metrics();
    REQUIRE(sample);
    if (wanted(*sample)) return *sample;
  }
  FAIL("no sample was as expected");
  return {};
}

/// A program that has nothing to do with us, and holds SQLite's writer lock.
class Stranger {
 public:
  explicit Stranger(const std::filesystem::path& path) {
    REQUIRE(sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    sqlite3_wal_autocheckpoint(handle_, 0);
    REQUIRE(sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  ~Stranger() {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(handle_);
  }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace

TEST_CASE("a write gate that is held without a step is reported, with who holds it and who waits") {
  const QuietLog quiet;
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.stall = 100ms;
  options.storage_actors = 2;
  auto runtime = start(options);
  auto one = runtime->open_session("one");
  auto two = runtime->open_session("two");
  REQUIRE(one);
  REQUIRE(two);
  CHECK(runtime->metrics()->stalls == 0);
  std::future<Result<Receipt>> first;
  std::future<Result<Receipt>> second;
  {
    Barrier parked{"store.after_begin"};
    first = one->observe(statement(1));
    parked.wait_until_reached();
    second = two->observe(statement(2));
    const auto stalled = sample_until(*runtime, [](const RuntimeMetrics& sample) {
      return sample.stalls > 0 && sample.last_stall.find("waiting: store") != std::string::npos;
    });
    CHECK(stalled.gate_holder == "store");
    CHECK(stalled.gate_without_a_step >= 100ms);
    CHECK(stalled.last_stall.find("store has held the write gate for ") == 0);
    // It lasts, and is still the same one.
    CHECK(sample_until(*runtime, [](const RuntimeMetrics& sample) { return sample.gate_without_a_step > 800ms; }).stalls ==
          stalled.stalls);
  }
  CHECK(first.get());
  CHECK(second.get());
  CHECK(runtime->shutdown().clean);
}

TEST_CASE("a shutdown does not wait for a lock that nobody gives back", "[P5]") {
  const QuietLog quiet;
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.drain = 200ms;
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  REQUIRE(session->observe(statement(1)).get());
  std::future<Result<Receipt>> pending;
  ShutdownReport report;
  const Stranger stranger{options.path};
  pending = session->observe(statement(2));
  const auto begun = SteadyClock::now();
  report = runtime->shutdown();
  CHECK(SteadyClock::now() - begun < 5s);
  CHECK_FALSE(report.clean);
  CHECK(report.unknown + report.cancelled == 1);
  REQUIRE(pending.wait_for(0s) == std::future_status::ready);
  CHECK_FALSE(pending.get());
  runtime.reset();  // every thread has ended: nobody waits for the lock any more
  CHECK(SteadyClock::now() - begun < 5s);
}

TEST_CASE("a shutdown ends although a worker never does, and says that it was left behind", "[P5]") {
  const QuietLog quiet;
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.drain = 200ms;
  options.maintenance = false;
  Barrier parked{"storage_actor.before_store"};
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  auto pending = session->observe(statement(1));
  parked.wait_until_reached();
  const auto begun = SteadyClock::now();
  const auto report = runtime->shutdown();
  runtime.reset();
  CHECK(SteadyClock::now() - begun < 5s);
  CHECK_FALSE(report.clean);
  REQUIRE(pending.wait_for(0s) == std::future_status::ready);
  CHECK(pending.get().error().code == ErrorCode::unknown);
  // Let it end before the folder and the program do.
  const auto before = Steps::instance().count("storage_actor.after_store");
  parked.release();
  for (const auto end = SteadyClock::now() + 20s; SteadyClock::now() < end;)
    if (Steps::instance().count("storage_actor.after_store") > before) break;
  CHECK(Steps::instance().count("storage_actor.after_store") > before);
}

TEST_CASE("an agent that dies before it is answered leaves nothing open and keeps no credit", "[P1][P6]") {
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.window_triples = 4;
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  constexpr int agents = 20;
  {
    Barrier parked{"storage_actor.before_store"};
    for (int number = 0; number < agents; ++number) {
      // An actor that asks, and is gone before there is an answer.
      auto agent = runtime->system().spawn([intake = runtime->intake(), id = session->id(), number](caf::event_based_actor* self) {
        self->request(intake, caf::infinite, observe_atom_v, id, statement(number)).then([](ReceiptReply&) {});
        self->quit(caf::exit_reason::kill);
      });
      caf::scoped_actor waiter{runtime->system()};
      waiter->wait_for(agent);
    }
    (void)session->observe(statement(agents));  // and one whose future nobody keeps
    parked.wait_until_reached();
  }
  const auto sample = sample_until(*runtime, [](const RuntimeMetrics& each) {
    return each.intake.submitted == agents + 1 && each.intake.in_flight == 0;
  });
  CHECK(sample.intake.balanced());
  CHECK(sample.intake.acknowledged + sample.intake.rejected == agents + 1);
  CHECK(sample.intake.acknowledged >= 4);  // the window; the others were refused
  CHECK(sample.intake.rejected > 0);
  for (int number = 0; number < 4; ++number) CHECK(session->observe(statement(number)).get());
  CHECK(runtime->shutdown().clean);
}

TEST_CASE("a producer that ignores its credits is refused, and no queue grows past its bound", "[P5][P6]") {
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.queue_observations = 64;
  options.window_triples = 1'000'000;  // so that only the queue bounds it
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  constexpr std::uint64_t sent = 20'000;
  std::vector<std::future<Result<Receipt>>> answers;
  answers.reserve(sent);
  for (std::uint64_t number = 0; number < sent; ++number) answers.push_back(session->observe(statement(static_cast<int>(number))));
  std::uint64_t acknowledged = 0;
  for (auto& answer : answers) {
    const auto result = answer.get();
    if (result) ++acknowledged;
    else REQUIRE(result.error().code == ErrorCode::overloaded);
  }
  const auto sample = runtime->metrics();
  REQUIRE(sample);
  CHECK(sample->queue_depth_max <= 64);
  CHECK(sample->queue_depth_max > 32);  // else nothing was tried
  CHECK(sample->intake.balanced());
  CHECK(sample->intake.acknowledged == acknowledged);
  CHECK(acknowledged > 0);
  CHECK(acknowledged < sent);
  CHECK(session->observe(statement(0)).get());  // and it goes on
  CHECK(runtime->shutdown().clean);
}
