// A backup becomes a file only where nothing is, and only when it is sound.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/restore.hpp"

#include <fstream>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;

const SystemClock& wall() {
  static const SystemClock clock;
  return clock;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct Shelf {
  TemporaryFolder home;
  TemporaryFolder shelf;
  TemporaryFolder place;
  fs::path backup_path = shelf.path() / "backup.db";
  fs::path target = place.path() / "restored.db";
  std::uint64_t digest = 0;

  Shelf() {
    const Book book = open_book(home.path() / "memory.db");
    Writer writer = open_writer(book);
    for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
      Observation observation = observed(sequence, {says("ada", "wrote", "letter " + std::to_string(sequence))});
      observation.document = document("letter " + std::to_string(sequence), "words");
      static_cast<void>(store(writer, observation));
    }
    const auto made = backup(book, backup_path, soon());
    if (!made) FAIL(to_string(made.error()));
    digest = *open_reader(book).row_digest(soon());
  }
  Result<RestoreReport> run() const { return restore(backup_path, target, wall(), soon()); }
};

}  // namespace

TEST_CASE("a restored file holds what was backed up, and the backup is as it was") {
  const Shelf shelf;
  const std::string before = bytes_of(shelf.backup_path);
  const auto report = shelf.run();
  if (!report) FAIL(to_string(report.error()));
  CHECK(report->checks >= 15);
  CHECK(names_in(shelf.place.path()) == std::vector<std::string>{"restored.db"});
  CHECK(names_in(shelf.shelf.path()) == std::vector<std::string>{"backup.db"});
  CHECK(bytes_of(shelf.backup_path) == before);
  const Book book = open_book(report->target);
  CHECK(*open_reader(book).row_digest(soon()) == shelf.digest);
  require_verified(book);
}

TEST_CASE("a restore never writes over anything, and never beside a log that would be replayed") {
  const Shelf shelf;
  fs::path precious = shelf.target;
  SECTION("the target is a live book") {
    const Book live = open_book(shelf.target);
    const auto refused = shelf.run();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::already_exists);
    require_verified(live);
    return;
  }
  SECTION("the target is there") {}
  SECTION("a stale log is there") { precious += "-wal"; }
  SECTION("a stale journal is there") { precious += "-journal"; }
  std::ofstream{precious} << "precious";
  const auto refused = shelf.run();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::already_exists);
  CHECK(bytes_of(precious) == "precious");
  CHECK(names_in(shelf.place.path()).size() == 1);
}

TEST_CASE("what is no finished backup is refused, and nothing is left of the attempt") {
  Shelf shelf;
  ErrorCode expected = ErrorCode::corrupt;
  SECTION("a log lies beside it: it is in use") {
    std::ofstream{shelf.backup_path.string() + "-wal"} << "frames of another file";
    expected = ErrorCode::unsafe_file;
  }
  SECTION("it is missing") {
    fs::remove(shelf.backup_path);
    expected = ErrorCode::not_found;
  }
  SECTION("it is no database") {
    std::ofstream{shelf.backup_path, std::ios::trunc} << "words, words, words, and more words than a header has: "
                                                      << std::string(200, 'x');
    expected = ErrorCode::foreign_file;
  }
  SECTION("it is another program's database") {
    RawRows{shelf.backup_path}.execute("PRAGMA application_id = 77");
    expected = ErrorCode::foreign_file;
  }
  SECTION("a newer program wrote it") {
    RawRows{shelf.backup_path}.execute("PRAGMA user_version = 99");
    expected = ErrorCode::newer_schema;
  }
  SECTION("its rows are not those that it says it has") {
    RawRows{shelf.backup_path}.execute("DELETE FROM assertion WHERE seq = 3");
  }
  SECTION("its end is cut off") {
    fs::resize_file(shelf.backup_path, fs::file_size(shelf.backup_path) / 2);
  }
  const auto refused = shelf.run();
  REQUIRE_FALSE(refused);
  INFO(to_string(refused.error()));
  CHECK(refused.error().code == expected);
  CHECK_FALSE(refused.error().message.empty());
  CHECK(names_in(shelf.place.path()).empty());
}

TEST_CASE("whoever takes the target's name meanwhile keeps it") {
  const Shelf shelf;
  const auto refused = restore(shelf.backup_path, shelf.target, wall(), soon(), [&](std::string_view step, double) {
    if (step == "sync") std::ofstream{shelf.target} << "precious";
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::already_exists);
  CHECK(bytes_of(shelf.target) == "precious");
}
