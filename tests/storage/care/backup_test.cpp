#include "care_support.hpp"

#include "commonbook/storage/care.hpp"

#include <atomic>
#include <fstream>
#include <thread>

#include <sys/stat.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;

std::int64_t count_files(const fs::path& folder) {
  return std::distance(fs::directory_iterator{folder}, fs::directory_iterator{});
}

}  // namespace

TEST_CASE("a backup taken while others write is one whole snapshot, alone under its name") {
  TemporaryFolder folder;
  TemporaryFolder shelf;
  const Book book = new_book(folder.path() / "memory.db");
  Scratch scratch{book};
  scratch.write_pages(200);
  std::atomic<bool> stop{false};
  std::atomic<int> batches{0};
  std::thread writer{[&] {
    Connection connection = std::move(*book.shared().connect(Role::writer, soon()));
    while (!stop) {  // ten rows a commit: a torn copy would not hold a multiple of ten
      auto hold = book.shared().gate->enter("test", soon(), steady());
      auto transaction =
          Transaction::begin_immediate(connection, *hold, nullptr, book.shared().turnstile_counters, soon(), steady());
      if (!transaction) std::abort();
      for (int at = 0; at < 10; ++at) {
        if (!connection.execute("INSERT INTO scratch(bytes) VALUES(randomblob(3500))")) std::abort();
      }
      if (!transaction->commit()) std::abort();
      ++batches;
    }
  }};
  while (batches < 5) std::this_thread::yield();
  const auto report = backup(book, shelf.path() / "copy.db", soon());
  stop = true;
  writer.join();
  REQUIRE(report);
  CHECK(report->bytes > 200 * 3500);
  CHECK(count_files(shelf.path()) == 1);
  struct stat found {};
  REQUIRE(::stat(report->target.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);

  auto reader = Connection::open(
      {.path = report->target, .role = Role::reader, .cache_kib = 1024, .clock = &steady(), .on_busy_wait = {}}, soon());
  REQUIRE(reader);
  const auto rows = reader->query_int("SELECT count(*) FROM scratch");
  REQUIRE(rows);
  CHECK(*rows >= 200);
  CHECK(*rows % 10 == 0);
}

TEST_CASE("a backup never writes over anything, and leaves nothing behind when it is refused") {
  TemporaryFolder folder;
  TemporaryFolder shelf;
  const Book book = new_book(folder.path() / "memory.db");
  const fs::path target = shelf.path() / "copy.db";
  SECTION("the target is there") { std::ofstream{target} << "precious"; }
  SECTION("the target is a link") { fs::create_symlink(shelf.path() / "elsewhere", target); }
  SECTION("another file's log is there") { std::ofstream{target.string() + "-wal"} << "precious"; }
  const auto refused = backup(book, target, soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::already_exists);
  CHECK(count_files(shelf.path()) == 1);
  CHECK_FALSE(fs::exists(shelf.path() / "elsewhere"));
}

TEST_CASE("whoever takes the target's name during the copy keeps it") {
  TemporaryFolder folder;
  TemporaryFolder shelf;
  const Book book = new_book(folder.path() / "memory.db");
  const fs::path target = shelf.path() / "copy.db";
  const auto refused = backup(book, target, soon(), [&](std::string_view step, double) {
    if (step == "sync") std::ofstream{target} << "precious";
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::already_exists);
  CHECK(fs::file_size(target) == 8);
  CHECK(count_files(shelf.path()) == 1);
}

TEST_CASE("a backup into a missing folder makes it, a URI is refused") {
  TemporaryFolder folder;
  const Book book = new_book(folder.path() / "memory.db");
  CHECK(backup(book, folder.path() / "new" / "copy.db", soon()));
  const auto uri = backup(book, "file:copy.db", soon());
  REQUIRE_FALSE(uri);
  CHECK(uri.error().code == ErrorCode::invalid_argument);
}
