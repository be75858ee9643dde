// A disk that fills up: new knowledge is refused in time, what is stored can be read and forgotten.
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/listing.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;

/// A disk of a hundred gibibytes with as much free space as the test says.
struct MadeUpDisk {
  std::atomic<std::uint64_t> free{50'000 * mebibyte};
  std::atomic<int> asked{0};
  DiskProbe probe() {
    return [this](const std::filesystem::path&) {
      ++asked;
      return std::optional{DiskSpace{.total = 100'000 * mebibyte, .free = free}};
    };
  }
};

Observation note(std::uint64_t number, std::size_t bytes = 100) {
  Observation observation;
  observation.agent = "tester";
  observation.session = "session";
  observation.sequence = number;
  observation.operation_id = "note " + std::to_string(number);
  observation.triples = {{named("note " + std::to_string(number)), "says", Literal{LiteralType::text, std::string(bytes, 'x')}}};
  return observation;
}

Result<Receipt> store(Writer& writer, const Observation& observation) {
  auto answers = writer.store(std::span{&observation, 1}, soon());
  REQUIRE(answers.size() == 1);
  return answers[0];
}

Book open(const std::filesystem::path& path, const Clock& clock, DiskProbe probe = {}) {
  BookOptions options;
  options.path = path;
  options.create = true;
  options.compaction_rows_min = 1;
  options.disk_probe = std::move(probe);
  auto book = Book::open(options, clock, soon());
  if (!book) FAIL(to_string(book.error()));
  return *book;
}

std::map<std::uint64_t, std::int64_t> observation_ids(const Book& book) {
  std::map<std::uint64_t, std::int64_t> ids;
  BookVisitor visitor;
  visitor.observation = [&](const ListedObservation& listed) {
    if (!listed.retracted) ids[std::stoull(std::string{listed.operation_id.substr(5)})] = listed.id;
  };
  const auto listed = list_book(book, visitor, soon());
  if (!listed) FAIL(to_string(listed.error()));
  return ids;
}

/// @returns  the first error of a pass, or nothing once nothing is due.
std::optional<Error> purge(const Book& book) {
  auto compactor = Compactor::open(book, "one", soon());
  if (!compactor) return compactor.error();
  for (;;) {
    const auto step = compactor->step(false, soon());
    if (!step) return step.error();
    if (step->outcome == CompactionOutcome::idle) return std::nullopt;
  }
}

std::filesystem::path reserve_of(const std::filesystem::path& path) { return path.string() + "-reserve"; }

}  // namespace

TEST_CASE("below the mark new knowledge is refused with disk_full, and all else goes on", "[P1][P2]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  ManualClock clock;
  MadeUpDisk disk;
  const Book book = open(path, clock, disk.probe());
  auto writer = Writer::open(book, soon());
  REQUIRE(writer);
  const auto first = store(*writer, note(1));
  REQUIRE(first);
  CHECK(std::filesystem::file_size(reserve_of(path)) == 8 * mebibyte);
  CHECK((std::filesystem::status(reserve_of(path)).permissions() & std::filesystem::perms::mask) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  disk.free = 64 * mebibyte - 1;
  clock.advance(50ms);
  const auto refused = store(*writer, note(2));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::disk_full);
  CHECK(refused.error().sqlite_code == 0);  // SQLite was not asked
  CHECK(refused.error().retry_after > 0ms);
  CHECK_FALSE(writer->failed());
  CHECK_FALSE(writer->find_or_create(named("new"), soon()));
  const auto known = writer->find_or_create(named("note 1"), soon());  // nothing to store
  REQUIRE(known);
  CHECK_FALSE(known->created);
  const auto again = store(*writer, note(1));
  REQUIRE(again);
  CHECK(again->replayed);
  CHECK(again->commit_seq == first->commit_seq);
  auto reader = Reader::open(book, soon());
  REQUIRE(reader);
  QueryPlan plan;
  plan.names = {"note 1"};
  const auto answer = reader->answer(plan, soon());
  REQUIRE(answer);
  CHECK(answer->facts.size() == 1);
  CHECK(book.disk().low);
  CHECK(std::filesystem::exists(reserve_of(path)));  // nobody needs it yet

  disk.free = 64 * mebibyte;
  clock.advance(50ms);
  CHECK(store(*writer, note(2)));
  CHECK_FALSE(book.disk().low);
}

TEST_CASE("the disk is asked now and then, not at each commit") {
  const TemporaryFolder folder;
  ManualClock clock;
  MadeUpDisk disk;
  const Book book = open(folder.path() / "memory.db", clock, disk.probe());
  auto writer = Writer::open(book, soon());
  REQUIRE(writer);
  for (std::uint64_t number = 1; number <= 100; ++number) REQUIRE(store(*writer, note(number)));
  CHECK(disk.asked <= 1);
  clock.advance(50ms);
  REQUIRE(store(*writer, note(101)));
  CHECK(disk.asked == 2);
}

TEST_CASE("the reserve is given up for a deletion when nothing else is left, and made again when there is room") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  ManualClock clock;
  MadeUpDisk disk;
  const Book book = open(path, clock, disk.probe());
  auto writer = Writer::open(book, soon());
  REQUIRE(writer);
  for (std::uint64_t number = 1; number <= 3; ++number) REQUIRE(store(*writer, note(number)));
  const auto ids = observation_ids(book);

  disk.free = 20 * mebibyte;  // low, but a deletion has room
  clock.advance(50ms);
  REQUIRE_FALSE(store(*writer, note(4)));
  CHECK(writer->retract(std::span{&ids.at(1), 1}, soon()).has_value());
  CHECK(std::filesystem::exists(reserve_of(path)));

  disk.free = 4096;
  clock.advance(50ms);
  CHECK(writer->retract(std::span{&ids.at(2), 1}, soon()).has_value());
  CHECK_FALSE(std::filesystem::exists(reserve_of(path)));
  CHECK_FALSE(purge(book));
  CHECK(book.disk().reserve_bytes == 0);

  disk.free = 71 * mebibyte;  // with the reserve it would be below the mark again
  clock.advance(50ms);
  REQUIRE(store(*writer, note(4)));
  CHECK_FALSE(std::filesystem::exists(reserve_of(path)));
  disk.free = 72 * mebibyte;
  clock.advance(50ms);
  REQUIRE(store(*writer, note(5)));
  CHECK(std::filesystem::file_size(reserve_of(path)) == 8 * mebibyte);
}

TEST_CASE("a backup is refused where there is no room for it, before anything is written") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const SystemClock clock;
  MadeUpDisk disk;
  const Book book = open(path, clock, disk.probe());
  auto writer = Writer::open(book, soon());
  REQUIRE(writer);
  REQUIRE(store(*writer, note(1)));
  disk.free = 64 * mebibyte + 4096;
  const auto refused = backup(book, folder.path() / "copy.db", soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::disk_full);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "copy.db"));
  disk.free = 50'000 * mebibyte;
  CHECK(backup(book, folder.path() / "copy.db", soon()));
}

TEST_CASE("a real disk that is full: nothing acknowledged is lost, reads go on, and forgetting works", "[P1][P3]") {
  const TemporaryFolder folder;
  const auto mounted = folder.path() / "disk";
  std::filesystem::create_directory(mounted);
  if (::mount("tmpfs", mounted.c_str(), "tmpfs", 0, "size=8m,mode=0700") != 0) {
    WARN("skipped: only a user who may mount can make a disk of eight mebibytes");
    return;
  }
  struct Unmounted {
    std::filesystem::path path;
    ~Unmounted() { ::umount2(path.c_str(), MNT_DETACH); }
  } const unmounted{mounted};
  const auto path = mounted / "memory.db";
  const SystemClock clock;
  std::map<std::uint64_t, std::uint64_t> acknowledged;
  std::uint64_t number = 0;
  {
    const Book book = open(path, clock);
    auto writer = Writer::open(book, soon());
    REQUIRE(writer);
    // The log alone fills it: nobody checkpoints. Refused by us first, or, between two looks, by SQLite.
    for (;;) {
      const auto receipt = store(*writer, note(++number, 20'000));
      if (!receipt) {
        CHECK(receipt.error().code == ErrorCode::disk_full);
        break;
      }
      acknowledged[number] = receipt->commit_seq;
      REQUIRE(number < 1'000);
    }
    CHECK(acknowledged.size() > 50);
    const auto reserve = book.disk().reserve_bytes;
    CHECK(reserve > 0);
    // Somebody else takes the rest.
    std::ofstream filler{mounted / "filler", std::ios::binary};
    const std::string block(4096, 'f');
    while (filler.write(block.data(), 4096).flush()) {
    }
    filler.close();
    struct statvfs space {};
    REQUIRE(::statvfs(mounted.c_str(), &space) == 0);
    CHECK(space.f_bavail == 0);

    auto reader = Reader::open(book, soon());
    REQUIRE(reader);
    QueryPlan plan;
    plan.names = {"note 1"};
    const auto answer = reader->answer(plan, soon());
    REQUIRE(answer);
    CHECK(answer->facts.size() == 1);

    const auto ids = observation_ids(book);
    CHECK(ids.size() == acknowledged.size());
    std::vector<std::int64_t> half;
    for (const auto& [each, id] : ids)
      if (each % 2 == 0) half.push_back(id);
    const auto marked = writer->retract(half, soon());
    if (!marked) FAIL(to_string(marked.error()));
    CHECK(*marked == static_cast<std::int64_t>(half.size()));
    CHECK(book.disk().reserve_bytes == 0);
    for (auto each = acknowledged.begin(); each != acknowledged.end();)
      each = each->first % 2 == 0 ? acknowledged.erase(each) : std::next(each);
    CHECK(observation_ids(book).size() == acknowledged.size());
  }
  // With room again, everything goes on, and the reserve is there again.
  std::filesystem::remove(mounted / "filler");
  const Book book = open(path, clock);
  if (const auto failed = purge(book)) INFO(to_string(*failed));
  auto writer = Writer::open(book, soon());
  REQUIRE(writer);
  const auto ids = observation_ids(book);
  for (const auto& [each, commit] : acknowledged) CHECK(ids.count(each) == 1);
  CHECK(ids.size() == acknowledged.size());
  const auto report = verify(book, soon());
  REQUIRE(report);
  for (const Check& check : report->checks) {
    INFO(check.id << " " << check.what << ": " << check.detail);
    CHECK(check.ok);
  }
}
