// How long others wait while something is forgotten in a large book. Only where COMMONBOOK_FORGET_TRIPLES says how large:
// a million triples take minutes to write.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/forget.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

using std::chrono::microseconds;

constexpr std::uint64_t triples_each = 20;
constexpr microseconds wait_max{120'000};

Clock::SteadyPoint in_minutes(int minutes) { return std::chrono::steady_clock::now() + std::chrono::minutes{minutes}; }

Observation mail(const std::string& agent, std::uint64_t sequence, Dice& dice) {
  Observation observation = observed(sequence, {});
  observation.agent = agent;
  for (std::uint64_t triple = 0; triple < triples_each; ++triple) {
    const std::string subject = "person " + std::to_string(dice.below(100'000));
    if (triple % 4 == 0)
      observation.triples.push_back(has_text(subject, "wrote", "note " + std::to_string(dice.below(1'000'000))));
    else
      observation.triples.push_back(says(subject, "predicate " + std::to_string(dice.below(30)),
                                         "person " + std::to_string(dice.below(100'000))));
  }
  const std::string id = "<" + agent + "-" + std::to_string(sequence) + "@example.org>";
  std::string words;
  for (int word = 0; word < 60; ++word) words += "word" + std::to_string(dice.below(5'000)) + " ";
  observation.document = document(id, words);
  return observation;
}

// One in ten from the agent that will be forgotten; sorted and checkpointed on the way, as a runtime does.
void write_book(const Book& book, std::uint64_t triples) {
  Dice dice{1};
  Writer writer = open_writer(book);
  Compactor compactor = open_compactor(book);
  auto checkpointer = Checkpointer::open(book, soon());
  REQUIRE(checkpointer);
  std::uint64_t sequence = 0;
  while (sequence * triples_each < triples) {
    std::vector<Observation> batch;
    for (int each = 0; each < 25; ++each) {
      ++sequence;
      batch.push_back(mail(sequence % 10 == 0 ? "mallory" : "honest", sequence, dice));
    }
    for (const auto& answer : writer.store(batch, soon()))
      if (!answer) FAIL(to_string(answer.error()));
    while (book.tail_rows() > 100'000 && step(compactor, true).outcome != CompactionOutcome::finished)
      if (checkpointer->is_due()) REQUIRE(checkpointer->run(soon()));
    if (checkpointer->is_due()) REQUIRE(checkpointer->run(soon()));
  }
  Observation conclusion = observed(1, {says("mallory", "is owed by", "person 1")});
  conclusion.agent = "thinker";
  conclusion.derived_from = {"<mallory-10@example.org>"};
  static_cast<void>(store(writer, conclusion));
  static_cast<void>(compact_all(compactor));
  REQUIRE(checkpointer->run(soon()));  // what is measured begins with a short log, as a running book has
}

// Stores a small observation every 5 ms and notes how long each waited.
class SteadyWriter {
 public:
  SteadyWriter(const Book& book, std::string agent) : thread_{[this, &book, agent = std::move(agent)] {
      Writer writer = std::move(*Writer::open(book, in_minutes(1)));
      Dice dice{2};
      for (std::uint64_t sequence = 1; !stop_; ++sequence) {
        Observation observation = observed(sequence, {says("person " + std::to_string(dice.below(100'000)), "met", "ada")});
        observation.agent = agent;
        const auto start = std::chrono::steady_clock::now();
        const auto answers = writer.store(std::span{&observation, 1}, in_minutes(1));
        waits_.push_back(std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - start));
        failed_ = failed_ || !answers[0];
        std::unique_lock lock{mutex_};
        stopped_.wait_for(lock, std::chrono::milliseconds{5}, [this] { return stop_.load(); });
      }
    }} {}
  ~SteadyWriter() { finish(); }
  std::vector<microseconds> finish() {
    {
      const std::lock_guard lock{mutex_};
      stop_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) thread_.join();
    CHECK_FALSE(failed_);
    std::sort(waits_.begin(), waits_.end());
    return waits_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::atomic<bool> stop_{false};
  std::vector<microseconds> waits_;
  bool failed_ = false;
  std::thread thread_;
};

void report(const std::string& what, const std::vector<microseconds>& waits, std::chrono::steady_clock::duration took,
            const PurgeReport& purge) {
  const auto at = [&waits](double share) {
    return std::to_string(waits[static_cast<std::size_t>(share * static_cast<double>(waits.size() - 1))].count()) + " us";
  };
  WARN(what << ": " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms, " << purge.rows
            << " rows in " << purge.slices << " slices; " << waits.size() << " writes meanwhile waited p50 " << at(0.5)
            << ", p99 " << at(0.99) << ", max " << at(1.0));
}

}  // namespace

TEST_CASE("no write waits longer than 120 ms while a mail, or all of an agent, is forgotten") {
  const char* wanted = std::getenv("COMMONBOOK_FORGET_TRIPLES");
  if (wanted == nullptr) {
    WARN("set COMMONBOOK_FORGET_TRIPLES to run it, e.g. to 1000000");
    return;
  }
  TemporaryFolder folder;
  const Book book = open_book(folder.path() / "memory.db");
  write_book(book, std::strtoull(wanted, nullptr, 10));
  ForgetRequest request;
  for (const bool all : {false, true}) {
    if (all) {
      request.document.reset();
      request.agent = "mallory";
    } else {
      request.document = "<mallory-10@example.org>";
    }
    SteadyWriter writer{book, all ? "busy two" : "busy one"};
    const auto start = std::chrono::steady_clock::now();
    const auto forgotten = forget(book, request, in_minutes(10));
    if (!forgotten) FAIL(to_string(forgotten.error()));
    const auto purge = purge_forgotten(book, in_minutes(10));
    if (!purge) FAIL(to_string(purge.error()));
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(purge->done);
    const auto waits = writer.finish();
    REQUIRE(waits.size() > 3);
    report((all ? "an agent of " : "a mail of ") + std::to_string(forgotten->observations) + " observations, " +
               std::to_string(forgotten->derived) + " conclusions, retracted in " +
               std::to_string(forgotten->transactions) + " commits",
           waits, took, *purge);
    CHECK(waits.back() <= wait_max);
  }
  const auto verified = verify(book, in_minutes(10));
  REQUIRE(verified);
  CHECK(verified->ok);
}
