// The race between a checkpoint and a restart of the log, at random: as many checkpoints as commits, from two sides that share
// no gate, as two processes do. What the forced race in tests/storage/engine shows once, this looks for where nobody thought
// of it.
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/listing.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

constexpr int commits_of_a_side = 12;

Book open_side(const std::filesystem::path& path, std::uint64_t side, std::int64_t soft_mark, const Clock& clock) {
  BookOptions options;
  options.path = path;
  options.create = true;
  options.virtual_process = side;
  options.wal_soft_mark_bytes = soft_mark;
  options.reserve_bytes = 0;
  auto book = Book::open(options, clock, soon());
  if (!book) FAIL(to_string(book.error()));
  return *book;
}

struct Side {
  std::set<std::string> acknowledged;
  int checkpoints = 0;
  std::string error;
};

/// Commits, and checkpoints between commits as the dice say.
Side run_side(const Book& book, std::uint64_t side, std::uint64_t seed) {
  Side result;
  std::mt19937_64 dice{seed * 2 + side};
  auto writer = Writer::open(book, soon());
  auto checkpointer = Checkpointer::open(book, soon());
  if (!writer || !checkpointer) {
    result.error = "no connection";
    return result;
  }
  for (int number = 0; number < commits_of_a_side; ++number) {
    Observation observation;
    observation.agent = "side " + std::to_string(side);
    observation.session = "session";
    observation.sequence = static_cast<std::uint64_t>(number) + 1;
    observation.operation_id = std::to_string(side) + "-" + std::to_string(number);
    observation.ack_class = dice() % 4 == 0 ? AckClass::durable : AckClass::applied;
    observation.triples = {{named(*observation.operation_id), "says", Literal{LiteralType::text, std::string(dice() % 3'000, 'x')}}};
    const auto answers = writer->store(std::span{&observation, 1}, soon());
    if (answers[0]) result.acknowledged.insert(*observation.operation_id);
    else result.error = to_string(answers[0].error());
    for (auto count = dice() % 3; count > 0; --count) {
      const auto done = checkpointer->run(soon());
      if (done) ++result.checkpoints;
      else result.error = to_string(done.error());
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a checkpoint after every commit, from two sides at once, loses nothing and leaves a sound file") {
  const char* asked = std::getenv("COMMONBOOK_WAL_RESET_RUNS");
  const std::uint64_t runs = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 25;
  const SystemClock clock;
  int checkpoints = 0;
  for (const std::uint64_t seed : seeds_to_run(runs)) {
    INFO("seed " << seed);
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    std::set<std::string> acknowledged;
    {
      // Half of the runs restart the log themselves after each copy, half leave it to the next commit.
      const std::int64_t soft_mark = seed % 2 == 0 ? 1 : 32ll << 20;
      const Book left = open_side(path, 1, soft_mark, clock);
      const Book right = open_side(path, 2, soft_mark, clock);
      Side other;
      std::thread thread{[&] { other = run_side(right, 2, seed); }};
      const Side own = run_side(left, 1, seed);
      thread.join();
      REQUIRE(own.error.empty());
      REQUIRE(other.error.empty());
      checkpoints += own.checkpoints + other.checkpoints;
      acknowledged = own.acknowledged;
      acknowledged.insert(other.acknowledged.begin(), other.acknowledged.end());
      CHECK(acknowledged.size() == 2 * commits_of_a_side);
    }
    // Only a reopened file shows what the race did: while it is open the pages are in memory.
    const Book book = open_side(path, 3, 32ll << 20, clock);
    const auto report = verify(book, soon());
    REQUIRE(report);
    for (const Check& check : report->checks) {
      INFO(check.id << " " << check.what << ": " << check.detail);
      REQUIRE(check.ok);
    }
    std::set<std::string> found;
    BookVisitor visitor;
    visitor.observation = [&](const ListedObservation& listed) { found.emplace(listed.operation_id); };
    REQUIRE(list_book(book, visitor, soon()));
    REQUIRE(found == acknowledged);
  }
  WARN(runs << " runs, " << checkpoints << " checkpoints of a few frames each");
  CHECK(checkpoints > static_cast<int>(runs) * commits_of_a_side);
}
