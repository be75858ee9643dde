// The tail in memory while several processes write, compact and forget: each row is read from the file once for all
// questions of a process, none for one question alone, and what is compacted leaves. Counted in rows.
#include "read_support.hpp"

#include "book/book_shared.hpp"
#include "book/triple_reader.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

/// Two processes with one file: books that share nothing but it.
struct NearAndFar {
  explicit NearAndFar(BookOptions options = {})
      : near(open_small_book(path, clock, options)), far(open_small_book(path, clock, std::move(options))) {}

  Receipt tell(Writer& writer, std::size_t triples = 5) {
    ++sequence;
    std::vector<Triple> said;
    for (std::size_t at = 0; at < triples; ++at)
      said.push_back(says("ada", "knows", "friend " + std::to_string(sequence) + "." + std::to_string(at)));
    rows += triples;
    return store(writer, observed(sequence, std::move(said)));
  }

  [[nodiscard]] std::size_t facts_seen(Reader& reader) const {
    QueryPlan plan;
    plan.names = {"ada"};
    plan.walk_depth = 0;
    return ask(reader, plan).facts.size();
  }

  [[nodiscard]] std::uint64_t read() const { return near.shared().tail_rows_read; }
  [[nodiscard]] std::uint64_t copied() const { return near.shared().tail_rows_copied; }

  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "memory.db";
  ManualClock clock;
  Book near;
  Book far;
  std::uint64_t sequence = 0;
  std::size_t rows = 0;
};

}  // namespace

TEST_CASE("what another process commits is read once, however many questions are asked", "[P8]") {
  NearAndFar two;
  Writer far = open_writer(two.far);
  Reader one = open_reader(two.near);
  Reader other = open_reader(two.near);
  for (int round = 0; round < 100; ++round) {
    two.tell(far);
    CHECK(two.facts_seen(one) == two.rows);
    CHECK(two.facts_seen(other) == two.rows);
  }
  CHECK(two.read() == two.rows);
  CHECK(two.copied() == 0);
}

TEST_CASE("a process that writes before it reads, beside another, copies no tail for a question", "[P8]") {
  NearAndFar two;
  Writer far = open_writer(two.far);
  for (int round = 0; round < 50; ++round) two.tell(far);
  Writer near = open_writer(two.near);
  two.tell(near);  // the first that this process knows of the tail
  Reader reader = open_reader(two.near);
  for (int round = 0; round < 50; ++round) {
    CHECK(two.facts_seen(reader) == two.rows);
    two.tell(far);
    two.tell(near);
  }
  CHECK(two.read() <= two.rows);
  CHECK(two.copied() == 0);
}

TEST_CASE("where another process compacts, this one lets go of the rows and reads on", "[P8]") {
  NearAndFar two;
  Writer far = open_writer(two.far);
  Writer near = open_writer(two.near);
  Reader reader = open_reader(two.near);
  Compactor compactor = open_compactor(two.far);
  std::size_t bytes_max = 0;
  for (int pass = 0; pass < 10; ++pass) {
    for (int round = 0; round < 10; ++round) {
      two.tell(far);
      if (pass % 2 == 0) two.tell(near);
      CHECK(two.facts_seen(reader) == two.rows);
    }
    two.tell(far);
    compact_all(compactor);
    two.tell(far);
    CHECK(two.facts_seen(reader) == two.rows);
    bytes_max = std::max(bytes_max, two.near.shared().overlay.bytes());
  }
  CHECK(two.copied() == 0);
  CHECK(two.read() <= two.rows);
  CHECK(bytes_max < 300 * 200);  // a pass is of about 110 rows
}

TEST_CASE("numbers that forgetting leaves unused are no gap in the tail", "[P8]") {
  NearAndFar two;
  Writer far = open_writer(two.far);
  Reader reader = open_reader(two.near);
  two.tell(far);
  two.tell(far);
  const std::int64_t last = observation_id(two.path, 2);
  REQUIRE(far.retract(std::span{&last, 1}, soon()));
  Compactor compactor = open_compactor(two.far);
  while (step(compactor).outcome != CompactionOutcome::finished) {}  // the purge alone: what is left stays in the tail
  two.rows -= 5;
  CHECK(two.facts_seen(reader) == two.rows);
  const std::uint64_t read = two.read();
  for (int round = 0; round < 20; ++round) {
    two.tell(far);
    CHECK(two.facts_seen(reader) == two.rows);
  }
  CHECK(two.read() == read + 100);
  CHECK(two.copied() == 0);
}

TEST_CASE("of what the memory for the tail has no room for, only that is read by each question", "[P8]") {
  BookOptions options;
  options.overlay_bytes_max = 64 * 1024;
  NearAndFar two{options};
  Writer far = open_writer(two.far);
  Reader reader = open_reader(two.near);
  while (!two.near.shared().overlay.is_full()) {
    two.tell(far, 20);
    CHECK(two.facts_seen(reader) == two.rows);
    REQUIRE(two.rows < 5'000);
  }
  REQUIRE(two.rows > 200);
  const std::uint64_t before = two.copied();
  CHECK(two.facts_seen(reader) == two.rows);
  CHECK(two.copied() - before <= 40);
}

TEST_CASE("who reads while a pass ends copies no tail", "[P8]") {
  NearAndFar two;
  Writer near = open_writer(two.near);
  Compactor compactor = open_compactor(two.near);
  for (int round = 0; round < 20; ++round) two.tell(near);
  auto connection = two.near.shared().connect(Role::reader, soon());
  REQUIRE(connection);
  std::int64_t oldest = 0;
  {
    auto older = Snapshot::begin(two.near.shared(), *connection, soon());
    REQUIRE(older);
    compact_all(compactor);
    two.tell(near);
    std::size_t seen = 0;
    REQUIRE(visit_all(*older, [&seen](const TailRow&) { ++seen; }));
    CHECK(seen == two.rows - 5);
    oldest = older->first_seq;
    CHECK(two.near.shared().overlay.first(older->epoch) == oldest);
  }
  CHECK(two.copied() == 0);
  Reader reader = open_reader(two.near);
  CHECK(two.facts_seen(reader) == two.rows);
  CHECK(two.near.shared().overlay.first(0) > oldest);
}

TEST_CASE("for a minute after a question writers link rows for the next one, and answers are the same after it", "[P8]") {
  NearAndFar two;
  Writer near = open_writer(two.near);
  Reader reader = open_reader(two.near);
  for (int round = 0; round < 10; ++round) two.tell(near, 400);
  CHECK_FALSE(two.near.shared().is_read());
  CHECK(two.facts_seen(reader) == std::min<std::size_t>(two.rows, QueryPlan{}.facts_max));
  CHECK(two.near.shared().is_read());
  two.clock.advance(std::chrono::seconds{59});
  CHECK(two.near.shared().is_read());
  two.clock.advance(std::chrono::seconds{2});
  CHECK_FALSE(two.near.shared().is_read());
  for (int round = 0; round < 10; ++round) two.tell(near, 400);
  store(near, observed(++two.sequence, {says("eve", "knows", "bob")}));
  QueryPlan plan;
  plan.names = {"eve"};
  plan.walk_depth = 0;
  CHECK(ask(reader, plan).facts.size() == 1);
}
