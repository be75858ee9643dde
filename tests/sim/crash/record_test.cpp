// The comparison of a file with what its processes were told, on files that are wrong in one way each.
#include "book_record.hpp"
#include "crash_support.hpp"

#include "commonbook/storage/writer.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::sim::crash;
using namespace commonbook::testing;

namespace {

constexpr std::uint64_t seed = 5;

/// A file with observations 1 to 6 of one agent, and the board that says so.
struct Stored {
  MemoryFolder folder;
  std::filesystem::path path = folder.path() / "memory.db";
  SharedBoard board = *SharedBoard::create();

  /// @param left_out  is on the board only.
  explicit Stored(std::uint32_t left_out = 0) {
    board->orders.seed = seed;
    board->orders.round = 1;
    const SystemClock clock;
    storage::BookOptions options;
    options.path = path;
    options.create = true;
    const auto book = storage::Book::open(options, clock, soon());
    REQUIRE(book);
    auto writer = storage::Writer::open(*book, soon());
    REQUIRE(writer);
    for (std::uint32_t number = 1; number <= 6; ++number) {
      Observation observation = make_item(seed, {1, 0, 0, number}, 0.2);
      observation.agent = "agent";
      observation.session = "session";
      observation.sequence = number;
      Receipt receipt;
      if (number != left_out) {
        const auto receipts = writer->store({&observation, 1}, soon());
        REQUIRE(receipts.front());
        receipt = *receipts.front();
      }
      LoggedCall& call = this->call(number);
      call.commit_seq = receipt.commit_seq;
      call.ack_class = static_cast<std::uint32_t>(receipt.ack_class);
      call.entity_count = static_cast<std::uint32_t>(receipt.entities.size());
      for (std::uint32_t at = 0; at < call.entity_count; ++at) {
        call.entities[at] = receipt.entities[at].id;
        if (receipt.entities[at].created) call.created |= 1U << at;
      }
      call.state.store(CallState::acknowledged);
    }
  }

  [[nodiscard]] LoggedCall& call(std::uint32_t number) const { return board->processes[0].calls[0][number - 1]; }

  [[nodiscard]] std::map<std::string, std::uint64_t> findings() const {
    BookRecord record{seed};
    (void)record.absorb(*board, 1);
    CrashFindings found;
    (void)record.check(path, false, found);
    return found.count_of;
  }
};

}  // namespace

TEST_CASE("a file that holds what was acknowledged passes") {
  const Stored stored;
  CHECK(stored.findings().empty());
}

TEST_CASE("an acknowledged observation that is not there is missing") {
  const Stored stored{3};
  CHECK(stored.findings()["missing"] == 1);
}

TEST_CASE("an open one may be missing, but what its session stored after it may not be there then") {
  const Stored last{6};
  last.call(6).state.store(CallState::asked);
  CHECK(last.findings().empty());
  const Stored stored{3};
  stored.call(3).state.store(CallState::asked);
  CHECK(stored.findings()["hole"] >= 1);
}

TEST_CASE("a refused observation that stands in the file was never asked for") {
  const Stored stored;
  stored.call(6).state.store(CallState::refused);
  CHECK(stored.findings()["unasked"] >= 1);
}

TEST_CASE("an observation that no log has is noticed") {
  const Stored stored;
  stored.call(6).state.store(CallState::none);
  CHECK(stored.findings()["unasked"] >= 1);
}

TEST_CASE("an id that was given out and leads elsewhere, and two creators, are noticed") {
  const Stored stored;
  stored.call(1).entities[0] += 1'000;
  CHECK(stored.findings()["identity"] >= 1);
  const Stored twice;
  for (std::uint32_t number = 1; number <= 6; ++number) twice.call(number).created = 0xfff;
  CHECK(twice.findings()["identity"] >= 1);
}

TEST_CASE("an operation id sent again must get the first receipt") {
  const Stored stored;
  for (std::uint32_t number = 1; number <= 6; ++number) stored.call(number).commit_seq += 7;
  CHECK(stored.findings()["replay"] >= 1);
}

TEST_CASE("an acknowledged retraction that did not happen is noticed") {
  const Stored stored;
  LoggedCall& call = stored.call(7);
  call.kind = CallKind::retract;
  call.subject = 2;
  call.state.store(CallState::acknowledged);
  CHECK(stored.findings()["missing"] >= 1);
}
