// Killers of the mutants that break what protects the file: its index of keys, its locks, its log, its snapshots.
#include "write_support.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

/// True when this process holds SQLite's shared lock on the file, as another process sees it.
bool is_locked_by_us(const std::filesystem::path& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000000 + 2;  // SHARED_FIRST and SHARED_SIZE of SQLite's os.h
    lock.l_len = 510;
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0 || ::fcntl(descriptor, F_GETLK, &lock) != 0) ::_exit(2);
    ::_exit(lock.l_type == F_UNLCK ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) != 2);
  return WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("the file itself refuses a second row for a key, whoever writes it", "[mutant.no_unique]") {
  TestBook test;
  const auto ada = test.writer.find_or_create(named("Ada"), soon());
  REQUIRE(ada);
  RawRows stranger{test.path};
  const auto doubled = stranger.connection().execute(
      "INSERT INTO alias(entity, space, scheme, value) SELECT entity, space, scheme, value FROM alias");
  REQUIRE_FALSE(doubled);
  CHECK(doubled.error().sqlite_code == SQLITE_CONSTRAINT_UNIQUE);
}

TEST_CASE("a name that another process makes after the look-up is not made again", "[mutant.no_unique]") {
  TestBook test;
  const Book elsewhere = open_book(test.path);  // caches of its own, as another process has them
  Writer other = open_writer(elsewhere);
  std::optional<Result<ReceiptEntity>> winner;
  {
    const auto watch = Steps::instance().on("foc.before_lock", [&] {
      if (winner) return;
      winner.emplace(Error{});
      *winner = other.find_or_create(named("ADA"), soon());
    });
    const auto loser = test.writer.find_or_create(named("Ada"), soon());
    REQUIRE(loser);
    REQUIRE(winner);
    REQUIRE(*winner);
    CHECK((*winner)->created);
    CHECK_FALSE(loser->created);
    CHECK(loser->id == (*winner)->id);
  }
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM entity") == 1);
}

TEST_CASE("opening a book again leaves the locks of this process on the file", "[mutant.raw_open_close]") {
  TestBook test;
  REQUIRE(is_locked_by_us(test.path));
  const Book again = open_book(test.path);
  CHECK(is_locked_by_us(test.path));
}

TEST_CASE("a commit never copies the log into the file, however long the log is", "[mutant.autocheckpoint_left_on]") {
  TestBook test;
  const auto log = test.path.string() + "-wal";
  const auto bytes_before = std::filesystem::file_size(test.path);
  const std::string text(100'000, 'x');
  for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
    Observation observation = observed(sequence, {});
    observation.document = document("document " + std::to_string(sequence), text);
    store(test.writer, observation);
  }
  CHECK(std::filesystem::file_size(test.path) == bytes_before);
  CHECK(std::filesystem::file_size(log) > 1'000 * 4'096);  // where SQLite's default would have copied it
}

TEST_CASE("a look-up holds no snapshot once it is answered", "[mutant.statement_not_reset]") {
  TestBook test;
  const Book elsewhere = open_book(test.path);
  Writer other = open_writer(elsewhere);
  REQUIRE(test.writer.find_or_create(named("Ada"), soon()));
  const auto found = other.find_or_create(named("Ada"), soon());
  REQUIRE(found);
  CHECK_FALSE(found->created);
  REQUIRE(test.writer.find_or_create(named("Bob"), soon()));
  const auto made = other.find_or_create(named("Eve"), std::chrono::steady_clock::now() + std::chrono::seconds{1});
  REQUIRE(made);
  CHECK(made->created);
}
