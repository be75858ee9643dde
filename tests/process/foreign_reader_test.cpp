// A snapshot of another process holds the log: it can't be ended, but it is named.
#include "child_process.hpp"

#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;
using namespace std::chrono_literals;

TEST_CASE("a reader of another process that holds the log is named, with its process and for how long") {
  const TemporaryFolder folder;
  ManualClock clock;
  const auto until = [&clock] { return clock.steady_now() + 20s; };
  BookOptions options;
  options.path = folder.path() / "memory.db";
  options.create = true;
  const auto book = Book::open(options, clock, until());
  REQUIRE(book);
  auto writer = Writer::open(*book, until());
  auto checkpointer = Checkpointer::open(*book, until());
  REQUIRE(writer);
  REQUIRE(checkpointer);
  int number = 0;
  // Writes and copies until a copy is whole, or is not.
  const auto copy_until = [&](bool whole) {
    for (const auto end = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < end;) {
      REQUIRE(writer->find_or_create(named("name " + std::to_string(++number)), until()));
      const auto report = checkpointer->run(until());
      REQUIRE(report);
      if ((report->frames_copied == report->frames_total) == whole) return;
    }
    FAIL("no copy went as expected");
  };
  copy_until(true);
  CHECK(book->foreign_reader().held_for == 0ms);
  {
    std::optional<ChildProcess> holder{std::in_place, std::vector<std::string>{COMMONBOOK_SNAPSHOT_HOLDER, options.path.string()}};
    // The holder opens the file first, which is in the way of a copy for a moment too; then its snapshot stays.
    for (int in_a_row = 0, before = number; in_a_row < 50; before = number) {
      copy_until(false);
      in_a_row = number == before + 1 ? in_a_row + 1 : 1;
    }
    clock.advance(7s);
    copy_until(false);
    const ForeignReader found = book->foreign_reader();
    CHECK(found.held_for == 7s);
    REQUIRE(found.processes.size() == 1);
    CHECK(found.processes.front() != ::getpid());
    CHECK(std::filesystem::read_symlink("/proc/" + std::to_string(found.processes.front()) + "/exe") ==
          std::filesystem::canonical(COMMONBOOK_SNAPSHOT_HOLDER));
    CHECK(book->open_readers(0s).empty());  // none of ours
    CHECK(holder->finish().exit_code == 0);
  }
  copy_until(true);
  CHECK(book->foreign_reader().held_for == 0ms);
  CHECK(book->foreign_reader().processes.empty());
}
