// The runtime on a real file: what a host program sees.
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/testing/barrier.hpp"
#include "commonbook/testing/support.hpp"
#include "seeded_system.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <deque>
#include <thread>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

RuntimeOptions options_for(const std::filesystem::path& path) {
  RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.deadline = 30s;
  return options;
}

std::unique_ptr<Runtime> start(const RuntimeOptions& options) {
  auto runtime = Runtime::start(options);
  if (!runtime) FAIL(to_string(runtime.error()));
  return std::move(*runtime);
}

Observation statement(const std::string& subject, int number) {
  Observation observation;
  observation.ack_class = AckClass::applied;
  observation.triples = {{named(subject), "says", Literal{LiteralType::integer, std::to_string(number)}},
                         {named(subject), "knows", named("everyone")}};
  return observation;
}

storage::BookStats stats_of(const std::filesystem::path& path) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = path;
  auto book = storage::Book::open(options, clock, soon());
  if (!book) FAIL(to_string(book.error()));
  auto reader = storage::Reader::open(*book, soon());
  REQUIRE(reader);
  const auto stats = reader->stats(soon());
  if (!stats) FAIL(to_string(stats.error()));
  return *stats;
}

/// Sends `count` statements, at most 16 open, and waits for all. @returns the commit of each receipt, in order sent.
std::vector<std::uint64_t> feed(AgentSession session, const std::string& subject, int count) {
  std::vector<std::uint64_t> commits;
  std::deque<std::future<Result<Receipt>>> open;
  const auto collect = [&] {
    const auto receipt = open.front().get();
    open.pop_front();
    if (receipt) commits.push_back(receipt->commit_seq);
  };
  for (int at = 0; at < count; ++at) {
    if (open.size() == 16) collect();
    open.push_back(session.observe(statement(subject, at)));
  }
  while (!open.empty()) collect();
  return commits;
}

}  // namespace

TEST_CASE("eight agents: every receipt is committed, in order, and 1,000 samples add up", "[P1][P6][P7]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  constexpr int agents = 8;
  constexpr int statements = 500;
  std::vector<std::vector<std::uint64_t>> commits(agents);
  {
    auto options = options_for(path);
    options.storage_actors = 4;
    auto runtime = start(options);
    std::vector<std::thread> threads;
    std::atomic<int> running{agents};
    for (int at = 0; at < agents; ++at) {
      auto session = runtime->open_session("agent " + std::to_string(at));
      REQUIRE(session);
      threads.emplace_back([&, at, session = *session] {
        commits[static_cast<std::size_t>(at)] = feed(session, "subject " + std::to_string(at), statements);
        --running;
      });
    }
    int samples = 0;
    int unbalanced = 0;
    while (samples < 1'000 || running > 0) {
      const auto metrics = runtime->metrics();
      REQUIRE(metrics);
      ++samples;
      if (!metrics->intake.balanced()) ++unbalanced;
    }
    for (auto& thread : threads) thread.join();
    CHECK(unbalanced == 0);
    const auto metrics = runtime->metrics();
    REQUIRE(metrics);
    CHECK(metrics->intake.acknowledged == agents * statements);
    CHECK(metrics->intake.in_flight == 0);
    CHECK(metrics->acknowledge.count == agents * statements);
    CHECK(metrics->commits > 0);
    const ShutdownReport report = runtime->shutdown();
    CHECK(report.clean);
    CHECK(report.metrics.intake.acknowledged == agents * statements);
  }
  for (const auto& of_agent : commits) {
    CHECK(of_agent.size() == statements);
    CHECK(std::is_sorted(of_agent.begin(), of_agent.end()));
  }
  const auto stats = stats_of(path);
  CHECK(stats.observations == agents * statements);
  CHECK(stats.entities == agents + 1);
}

TEST_CASE("beyond its window an agent is refused with a hint, and the refusal is counted") {
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.window_triples = 4;
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  Barrier stopped{"storage_actor.before_store"};
  auto first = session->observe(statement("a", 1));
  auto second = session->observe(statement("a", 2));
  auto third = session->observe(statement("a", 3));
  const auto refused = third.get();  // answered while the storage actor stands still
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::overloaded);
  CHECK(refused.error().retry_after > 0ms);
  const auto metrics = runtime->metrics();
  REQUIRE(metrics);
  CHECK(metrics->intake.rejected == 1);
  CHECK(metrics->intake.in_flight == 2);
  CHECK(metrics->intake.balanced());
  stopped.release();
  CHECK(first.get());
  CHECK(second.get());
  CHECK(session->observe(statement("a", 3)).get());
}

TEST_CASE("a question is answered while every storage actor stands still", "[P8]") {
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.deadline = 3s;
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  REQUIRE(session->observe(statement("Ada", 1)).get());
  Barrier stopped{"store.before_commit"};
  auto pending = session->observe(statement("Ada", 2));
  stopped.wait_until_reached();
  QueryPlan plan;
  plan.names = {"Ada"};
  const auto answer = session->ask(plan).get();
  REQUIRE(answer);
  CHECK_FALSE(answer->facts.empty());
  stopped.release();
  CHECK(pending.get());
}

TEST_CASE("shutdown says what it could not finish, and nothing is left unanswered", "[P5]") {
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.drain = 100ms;
  options.storage_actors = 1;
  auto runtime = start(options);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  std::vector<std::future<Result<Receipt>>> open;
  ShutdownReport report;
  {
    Barrier stopped{"storage_actor.before_store"};
    open.push_back(session->observe(statement("a", 0)));
    stopped.wait_until_reached();
    for (int at = 1; at < 10; ++at) open.push_back(session->observe(statement("a", at)));
    // The storage actor goes on only once the intake has stopped waiting for it.
    std::thread release{[&] {
      for (auto& future : open) future.wait();
      stopped.release();
    }};
    report = runtime->shutdown();
    release.join();
  }
  CHECK_FALSE(report.clean);
  CHECK(report.unknown + report.cancelled == 10);
  CHECK(report.metrics.intake.balanced());
  for (auto& future : open) {
    const auto result = future.get();
    REQUIRE_FALSE(result);
    CHECK((result.error().code == ErrorCode::unknown || result.error().code == ErrorCode::cancelled));
  }
  CHECK(session->observe(statement("a", 11)).get().error().code == ErrorCode::cancelled);
  CHECK(session->ask({}).get().error().code == ErrorCode::cancelled);
  CHECK(runtime->open_session("late").error().code == ErrorCode::cancelled);
  CHECK(runtime->metrics().error().code == ErrorCode::cancelled);
  CHECK(runtime->shutdown().unknown == report.unknown);
}

TEST_CASE("a storage actor that dies between commit and receipt: the observation is stored once and answered",
          "[P1][P2][P7]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  {
    auto options = options_for(path);
    options.storage_actors = 1;
    auto runtime = start(options);
    auto session = runtime->open_session("agent");
    REQUIRE(session);
    std::atomic<int> left{1};
    auto watch = Steps::instance().on("storage_actor.after_store", [&] {
      if (left.fetch_sub(1) == 1) throw std::runtime_error("dies here");
    });
    std::vector<std::future<Result<Receipt>>> open;
    for (int at = 0; at < 10; ++at) open.push_back(session->observe(statement("a", at)));
    std::uint64_t last = 0;
    for (auto& future : open) {
      const auto receipt = future.get();
      REQUIRE(receipt);
      CHECK(receipt->commit_seq >= last);
      last = receipt->commit_seq;
    }
    const auto metrics = runtime->metrics();
    REQUIRE(metrics);
    CHECK(metrics->restarts == 1);
    CHECK(metrics->intake.replayed >= 1);
  }
  CHECK(stats_of(path).observations == 10);
}

TEST_CASE("two runtimes of one process share a file", "[P4]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  {
    auto left = start(options_for(path));
    auto right = start(options_for(path));
    auto left_session = left->open_session("left");
    auto right_session = right->open_session("right");
    REQUIRE((left_session && right_session));
    std::vector<std::uint64_t> of_right;
    std::thread other{[&] { of_right = feed(*right_session, "shared", 300); }};
    CHECK(feed(*left_session, "shared", 300).size() == 300);
    other.join();
    CHECK(of_right.size() == 300);
    CHECK(left->metrics()->intake.created + right->metrics()->intake.created == 2);
  }
  const auto stats = stats_of(path);
  CHECK(stats.entities == 2);
  CHECK(stats.observations == 600);
}

TEST_CASE("a host's own actor system serves when it was configured, and is refused clearly when not") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  {
    caf::actor_system_config config;
    caf::actor_system system{config};
    const auto runtime = Runtime::start(options_for(path), system);
    REQUIRE_FALSE(runtime);
    CHECK(runtime.error().code == ErrorCode::invalid_argument);
    CHECK(runtime.error().message.find("configure") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(path));
  }
  caf::actor_system_config config;
  Runtime::configure(config);
  caf::actor_system system{config};
  auto runtime = Runtime::start(options_for(path), system);
  if (!runtime) FAIL(to_string(runtime.error()));
  auto session = (*runtime)->open_session("agent");
  REQUIRE(session);
  CHECK(session->observe(statement("a", 1)).get());
  CHECK(&(*runtime)->system() == &system);
  CHECK((*runtime)->shutdown().clean);
}

TEST_CASE("options out of range and files that can't be opened are refused before any actor starts", "[P10]") {
  const TemporaryFolder folder;
  auto options = options_for(folder.path() / "memory.db");
  options.storage_actors = 0;
  CHECK(Runtime::start(options).error().code == ErrorCode::invalid_argument);
  options.storage_actors = 1;
  options.similarity = "sometimes";
  CHECK(Runtime::start(options).error().code == ErrorCode::invalid_argument);
  options.similarity = "off";
  options.create = false;
  CHECK(Runtime::start(options).error().code == ErrorCode::not_found);
}

TEST_CASE("session names come from the seed where one is given, else no two are alike") {
  const TemporaryFolder folder;
  const auto name_with_seed = [&](std::uint64_t seed, const char* file) {
    auto options = options_for(folder.path() / file);
    options.session_seed = seed;
    auto runtime = start(options);
    return runtime->open_session("agent")->session();
  };
  CHECK(name_with_seed(7, "a.db") == name_with_seed(7, "b.db"));
  CHECK(name_with_seed(0, "c.db") != name_with_seed(0, "d.db"));
  CHECK(name_with_seed(0, "e.db").size() == 32);
}
