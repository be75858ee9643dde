// The question agent and agents::ask over a real file: whoever asks is answered, from what is committed, whatever else
// happens meanwhile.
#include "commonbook/agents/agents.hpp"
#include "commonbook/testing/barrier.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <caf/all.hpp>

#include <array>
#include <atomic>
#include <thread>

using namespace commonbook;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

using Answers = std::vector<std::future<Result<Answer>>>;

std::unique_ptr<actors::Runtime> start(const std::filesystem::path& path, actors::RuntimeOptions options = {}) {
  options.path = path;
  options.create = true;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) FAIL(to_string(runtime.error()));
  return std::move(*runtime);
}

agents::QuestionAgent start_agent(actors::Runtime& runtime) {
  auto agent = agents::QuestionAgent::start(runtime);
  if (!agent) FAIL(to_string(agent.error()));
  return std::move(*agent);
}

/// The note of a day, about a bird that no other note names.
std::string note_id(int number) { return "note-" + std::to_string(number) + "@garden.example"; }
std::string bird(int number) {
  std::string name = "bird";
  for (const char digit : std::to_string(number)) name += "bcfghjklmn"[digit - '0'];  // no ending that is stemmed
  return name;
}
Observation note(int number) {
  Observation observation;
  observation.ack_class = AckClass::applied;
  Document document;
  document.id = note_id(number);
  document.title = "Garden note " + std::to_string(number);
  document.text = "The " + bird(number) + " was seen in the orchard.";
  document.hash = content_hash(document.text);
  document.subject = EntityName{{Scheme::mid, note_id(number), {}}, {}};
  observation.triples = {{*document.subject, "mentions", named(bird(number))}};
  observation.document = std::move(document);
  return observation;
}
agents::Question about(int number) { return {"Where was the " + bird(number) + " seen?", {1'767'225'600'000}, "UTC"}; }

/// Among the first three, as a person would look.
bool cites(const Answer& answer, int number) {
  for (std::size_t at = 0; at < answer.citations.size() && at < 3; ++at)
    if (answer.citations[at].document_id.find(note_id(number)) != std::string::npos) return true;
  return false;
}

/// Waits with a bound, so that an answer that never comes fails the test. @returns  the code, or nothing for an answer.
std::optional<ErrorCode> outcome(std::future<Result<Answer>>& future) {
  REQUIRE(future.wait_for(60s) == std::future_status::ready);
  const auto answer = future.get();
  return answer ? std::nullopt : std::optional{answer.error().code};
}

/// The same for agents::ask, whose future works on the thread that collects it.
std::optional<ErrorCode> collected(std::future<Result<Answer>> deferred) {
  auto collecting = std::async(std::launch::async, [&deferred] { return deferred.get(); });
  return outcome(collecting);
}

}  // namespace

TEST_CASE("a question asked after a receipt is answered from what was committed, and cites it", "[P1][P8]") {
  const TemporaryFolder folder;
  auto runtime = start(folder.path() / "memory.db");
  auto agent = start_agent(*runtime);
  auto session = runtime->open_session("gardener");
  REQUIRE(session);
  for (int number = 0; number < 20; ++number) {
    INFO("note " << number);
    const auto receipt = session->observe(note(number)).get();
    REQUIRE(receipt);
    const auto answer = agent.ask(about(number)).get();
    REQUIRE(answer);
    CHECK(answer->commit_seq >= receipt->commit_seq);
    REQUIRE_FALSE(answer->citations.empty());
    CHECK(cites(*answer, number));
    const auto asked_oneself = agents::ask(*session, about(number)).get();
    REQUIRE(asked_oneself);
    CHECK(asked_oneself->citations == answer->citations);
    CHECK(asked_oneself->line == answer->line);
  }
  CHECK_FALSE(cites(*agent.ask(about(77)).get(), 77));  // nobody has told
}

TEST_CASE("questions while others write are answered without an error, from nothing that is not there", "[P8]") {
  const TemporaryFolder folder;
  auto runtime = start(folder.path() / "memory.db");
  auto agent = start_agent(*runtime);
  constexpr int writers = 3;
  constexpr int notes = 150;
  std::array<std::atomic<int>, writers> acknowledged{};
  std::atomic<int> writing{writers};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    auto session = runtime->open_session("gardener " + std::to_string(writer));
    REQUIRE(session);
    threads.emplace_back([&, writer, session = *session]() mutable {
      for (int at = 0; at < notes; ++at)
        if (session.observe(note(writer * notes + at)).get()) acknowledged[static_cast<std::size_t>(writer)] = at + 1;
      --writing;
    });
  }
  auto session = runtime->open_session("curious");
  REQUIRE(session);
  int asked = 0;
  int failed = 0;
  int unseen = 0;
  while (writing > 0 || asked < 50) {
    const auto writer = static_cast<std::size_t>(asked) % writers;
    const int known = acknowledged[writer];
    const int number = static_cast<int>(writer) * notes + (known > 0 ? known - 1 : 0);
    const auto answer = asked % 2 == 0 ? agent.ask(about(number)).get() : agents::ask(*session, about(number)).get();
    ++asked;
    if (!answer) ++failed;
    if (answer && known > 0 && !cites(*answer, number)) ++unseen;
  }
  for (auto& thread : threads) thread.join();
  INFO(asked << " questions");
  CHECK(failed == 0);
  CHECK(unseen == 0);
  for (const auto& count : acknowledged) CHECK(count == notes);
}

TEST_CASE("many questions at once: each is answered", "[P5]") {
  const TemporaryFolder folder;
  auto runtime = start(folder.path() / "memory.db");
  auto agent = start_agent(*runtime);
  auto session = runtime->open_session("gardener");
  REQUIRE(session);
  for (int number = 0; number < 10; ++number) REQUIRE(session->observe(note(number)).get());
  constexpr int threads = 8;
  constexpr int questions = 100;
  std::vector<Answers> open(threads);
  std::vector<std::thread> asking;
  for (int thread = 0; thread < threads; ++thread)
    asking.emplace_back([&, thread] {
      for (int at = 0; at < questions; ++at) open[static_cast<std::size_t>(thread)].push_back(agent.ask(about(at % 10)));
    });
  for (auto& thread : asking) thread.join();
  for (Answers& answers : open)
    for (int at = 0; at < questions; ++at) {
      auto& future = answers[static_cast<std::size_t>(at)];
      REQUIRE(future.wait_for(20s) == std::future_status::ready);
      const auto answer = future.get();
      REQUIRE(answer);
      CHECK(cites(*answer, at % 10));
    }
}

TEST_CASE("more questions than can wait are refused at once, and those that wait are answered", "[P5]") {
  const TemporaryFolder folder;
  actors::RuntimeOptions options;
  options.scheduler_threads = 1;
  options.deadline = 60s;  // two thousand questions, on a busy machine too
  auto runtime = start(folder.path() / "memory.db", options);
  auto agent = start_agent(*runtime);
  Answers open;
  {
    // The only thread of the question agent and the intake stands still.
    Barrier stopped{"question_agent_test.parked"};
    runtime->system().spawn([](caf::event_based_actor*) { yield_point("question_agent_test.parked"); });
    stopped.wait_until_reached();
    for (int at = 0; at < 6'000; ++at) open.push_back(agent.ask(about(1)));
    CHECK(open.back().wait_for(0s) == std::future_status::ready);
    CHECK(open.front().wait_for(0s) == std::future_status::timeout);
  }
  int answered = 0;
  for (auto& future : open) {
    const auto code = outcome(future);
    if (code) REQUIRE(*code == ErrorCode::overloaded);
    answered += code ? 0 : 1;
  }
  CHECK(answered >= 1'000);
  CHECK(agent.ask(about(1)).get());
}

TEST_CASE("a shutdown while questions are open answers each of them, and so does the agent ever after", "[P5]") {
  const TemporaryFolder folder;
  actors::RuntimeOptions options;
  options.drain = 100ms;
  options.reader_actors = 1;
  auto runtime = start(folder.path() / "memory.db", options);
  auto agent = start_agent(*runtime);
  auto session = runtime->open_session("curious");
  REQUIRE(session);
  Answers open;
  Answers deferred;
  {
    Barrier stopped{"reader_actor.before_answer"};
    for (int at = 0; at < 50; ++at) {
      open.push_back(agent.ask(about(at)));
      deferred.push_back(agents::ask(*session, about(at)));
    }
    stopped.wait_until_reached();
    // The reader goes on only once the intake has stopped waiting for it.
    std::thread release{[&] {
      for (auto& future : open) future.wait_for(20s);
      stopped.release();
    }};
    (void)runtime->shutdown();
    release.join();
  }
  for (auto& future : open) CHECK(outcome(future) == ErrorCode::cancelled);
  for (auto& future : deferred) CHECK(collected(std::move(future)) == ErrorCode::cancelled);

  const auto refused = [&] {
    auto late = agent.ask(about(1));
    return outcome(late);
  };
  CHECK(refused() == ErrorCode::cancelled);
  CHECK(collected(agents::ask(*session, about(1))) == ErrorCode::cancelled);
  CHECK(agents::QuestionAgent::start(*runtime).error().code == ErrorCode::cancelled);
  runtime.reset();
  CHECK(refused() == ErrorCode::cancelled);
}

TEST_CASE("an agent that is let go answers what it was asked", "[P5]") {
  const TemporaryFolder folder;
  auto runtime = start(folder.path() / "memory.db");
  Answers open;
  {
    Barrier stopped{"reader_actor.before_answer"};
    {
      auto agent = start_agent(*runtime);
      for (int at = 0; at < 50; ++at) open.push_back(agent.ask(about(at)));
      stopped.wait_until_reached();
    }
    for (auto& future : open) CHECK(outcome(future) == ErrorCode::cancelled);
  }
  auto another = start_agent(*runtime);
  CHECK(another.ask(about(1)).get());
}
