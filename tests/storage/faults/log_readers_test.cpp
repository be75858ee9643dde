// Whoever keeps the log from restarting is named, and a question that does so for too long is ended.
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

Book open(const std::filesystem::path& path, const Clock& clock) {
  BookOptions options;
  options.path = path;
  options.create = true;
  auto book = Book::open(options, clock, clock.steady_now() + 20s);
  if (!book) FAIL(to_string(book.error()));
  return *book;
}

void store_one(const Book& book, const Clock& clock) {
  auto writer = Writer::open(book, clock.steady_now() + 20s);
  REQUIRE(writer);
  REQUIRE(writer->find_or_create(named("somebody"), clock.steady_now() + 20s));
}

}  // namespace

TEST_CASE("a snapshot that stays open is named with its age, the oldest first") {
  const TemporaryFolder folder;
  ManualClock clock;
  const Book book = open(folder.path() / "memory.db", clock);
  store_one(book, clock);
  auto reader = Reader::open(book, clock.steady_now() + 20s);
  auto other = Reader::open(book, clock.steady_now() + 20s);
  REQUIRE(reader);
  REQUIRE(other);
  auto held = reader->hold_snapshot(clock.steady_now() + 20s);
  REQUIRE(held);
  clock.advance(4s);
  CHECK(book.open_readers(5s).empty());
  auto younger = other->hold_snapshot(clock.steady_now() + 20s);
  REQUIRE(younger);
  clock.advance(2s);
  const auto old = book.open_readers(5s);
  REQUIRE(old.size() == 1);
  CHECK(old[0].who == "held snapshot");
  CHECK(old[0].age == 6s);
  CHECK_FALSE(old[0].may_last);
  const auto all = book.open_readers(0s);
  REQUIRE(all.size() == 2);
  CHECK(all[0].age > all[1].age);
  held->reset();
  younger->reset();
  CHECK(book.open_readers(0s).empty());
}

TEST_CASE("a question that holds its snapshot for thirty seconds is ended with a typed error, and the next one works") {
  const TemporaryFolder folder;
  ManualClock clock;
  const Book book = open(folder.path() / "memory.db", clock);
  store_one(book, clock);
  auto reader = Reader::open(book, clock.steady_now() + 20s);
  REQUIRE(reader);
  QueryPlan plan;
  plan.names = {"somebody"};
  const auto deadline = [&clock] { return clock.steady_now() + 10min; };
  {
    const auto slow = Steps::instance().on("read.after_begin", [&clock] { clock.advance(29s); });
    CHECK(reader->answer(plan, deadline()));
  }
  {
    const auto stuck = Steps::instance().on("read.after_begin", [&clock] { clock.advance(30s); });
    const auto ended = reader->answer(plan, deadline());
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == ErrorCode::timeout);
    CHECK(ended.error().message.find("held its snapshot for too long") != std::string::npos);
  }
  CHECK(book.open_readers(0s).empty());
  CHECK(reader->answer(plan, deadline()));
}

TEST_CASE("what an operator asks for may last, and is named all the same") {
  const TemporaryFolder folder;
  ManualClock clock;
  const Book book = open(folder.path() / "memory.db", clock);
  store_one(book, clock);
  std::vector<OpenReader> seen;
  const Progress look = [&](std::string_view, double) {
    if (!seen.empty()) return;
    clock.advance(60s);
    seen = book.open_readers(5s);
  };
  const auto report = verify(book, clock.steady_now() + 10min, look);
  if (!report) FAIL(to_string(report.error()));
  CHECK(report->ok);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].who == "verify");
  CHECK(seen[0].may_last);

  seen.clear();
  std::optional<Steps::Watch> during;
  during.emplace(Steps::instance().on("copy.before_step", [&] {
    clock.advance(60s);
    seen = book.open_readers(5s);
  }));
  REQUIRE(backup(book, folder.path() / "copy.db", clock.steady_now() + 10min));
  during.reset();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].who == "backup");
  CHECK(seen[0].may_last);
  CHECK(book.open_readers(0s).empty());
}

TEST_CASE("while a backup runs the log may grow only as far as the disk allowed when it began") {
  const TemporaryFolder folder;
  const SystemClock clock;
  constexpr std::uint64_t mebibyte = 1u << 20;
  BookOptions options;
  options.path = folder.path() / "memory.db";
  options.create = true;
  options.disk_probe = [](const std::filesystem::path&) {  // room for a log of twenty mebibytes beside a copy
    return std::optional{DiskSpace{.total = 100'000 * mebibyte, .free = (64 + 42) * mebibyte}};
  };
  auto book = Book::open(options, clock, soon());
  REQUIRE(book);
  auto writer = Writer::open(*book, soon());
  REQUIRE(writer);
  std::optional<Error> refused;
  std::int64_t log_bytes = 0;
  {
    const auto during = Steps::instance().on("copy.before_step", [&] {
      for (std::uint64_t number = 1; number < 100 && !refused; ++number) {
        Observation observation;
        observation.agent = "tester";
        observation.session = "session";
        observation.sequence = number;
        observation.ack_class = AckClass::applied;
        observation.triples = {{named("somebody"), "says", Literal{LiteralType::text, std::string(900'000, 'x')}}};
        const auto answers = writer->store(std::span{&observation, 1}, soon());
        if (!answers[0]) refused = answers[0].error();
      }
      log_bytes = book->wal_bytes();
    });
    const auto done = backup(*book, folder.path() / "copy.db", soon());
    if (!done) FAIL(to_string(done.error()));
  }
  REQUIRE(refused);
  CHECK(refused->code == ErrorCode::overloaded);
  CHECK(refused->retry_after > 0ms);
  CHECK(log_bytes > static_cast<std::int64_t>(15 * mebibyte));
  CHECK(log_bytes < static_cast<std::int64_t>(24 * mebibyte));
  REQUIRE(writer->find_or_create(named("afterwards"), soon()));
}
