// What was answered is read back, whoever was killed in between.
#include "commonbook/sim/history.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <map>

#include <sys/wait.h>
#include <unistd.h>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

constexpr std::size_t header_bytes = 64;

std::unique_ptr<HistoryLog> new_log(const TemporaryFolder& folder, std::size_t capacity) {
  auto log = HistoryLog::create(folder.path(), 7, 3, capacity);
  REQUIRE(log);
  return std::move(*log);
}

std::filesystem::path file_of(const TemporaryFolder& folder) { return folder.path() / "7-3.history"; }

/// Overwrites bytes of a record in the file. @param slot  counts from 0.
template <class T>
void overwrite(const std::filesystem::path& file, std::size_t slot, std::size_t offset, T value) {
  std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
  out.seekp(static_cast<std::streamoff>(header_bytes + slot * sizeof(HistoryRecord) + offset));
  out.write(reinterpret_cast<const char*>(&value), sizeof value);
  REQUIRE(out.flush());
}

void append(HistoryLog& log, std::uint64_t key) {
  log.answered(log.invoked(HistoryKind::find_or_create, key), HistoryStatus::ok, static_cast<std::int64_t>(key), true);
}

/// A child that appends for ever, or `count` times, and says the number of each answered operation through a pipe.
class Appender {
 public:
  Appender(const std::filesystem::path& folder, std::uint32_t process, std::uint64_t count) {
    std::array<int, 2> ends{-1, -1};
    REQUIRE(::pipe(ends.data()) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::close(ends[0]);
      ::_exit(append_all(folder, process, count, ends[1]));
    }
    ::close(ends[1]);
    from_child_ = ends[0];
  }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() {
    ::close(from_child_);
    if (child_ > 0) (void)end(SIGKILL);
  }

  /// Reads until `count` more operations were answered, or the child has ended.
  void follow(std::uint64_t count) {
    std::uint64_t number = 0;
    while (count-- > 0 && ::read(from_child_, &number, sizeof number) == sizeof number) answered_ = number;
  }
  int end(int signal) {
    if (signal != 0) ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return status;
  }
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }

 private:
  static int append_all(const std::filesystem::path& folder, std::uint32_t process, std::uint64_t count, int to_parent) {
    auto log = HistoryLog::create(folder, process, 0, 200'000);
    if (!log) return 1;
    for (std::uint64_t number = 1; count == 0 || number <= count; ++number) {
      HistoryRecord* record = (*log)->invoked(HistoryKind::find_or_create, process * 1'000'000ull + number);
      if (record == nullptr) return 2;
      (*log)->answered(record, HistoryStatus::ok, static_cast<std::int64_t>(number), number % 2 == 0);
      if (::write(to_parent, &number, sizeof number) != sizeof number) return 3;
    }
    return 0;
  }

  pid_t child_ = -1;
  int from_child_ = -1;
  std::uint64_t answered_ = 0;
};

}  // namespace

TEST_CASE("a history says what was asked and answered, in order") {
  const TemporaryFolder folder;
  {
    const auto log = new_log(folder, 10);
    const std::int64_t before = history_now_ns();
    HistoryRecord* first = log->invoked(HistoryKind::store, 11);
    HistoryRecord* second = log->invoked(HistoryKind::look_up, 12);
    first->session = 99;
    first->session_sequence = 5;
    log->answered(second, HistoryStatus::ok, -1, false);
    log->answered(first, HistoryStatus::unknown, 0, false);
    (void)log->invoked(HistoryKind::find_or_create, 13);
    const auto history = read_history(folder.path());  // while the log is still open
    REQUIRE(history);
    REQUIRE(history->size() == 3);
    CHECK((*history)[0].key == 11);
    CHECK((*history)[0].session == 99);
    CHECK((*history)[0].session_sequence == 5);
    CHECK((*history)[0].status == HistoryStatus::unknown);
    CHECK((*history)[1].id == -1);
    CHECK((*history)[1].process == 7);
    CHECK((*history)[1].thread == 3);
    CHECK((*history)[1].invoked_ns >= before);
    CHECK((*history)[1].answered_ns >= (*history)[1].invoked_ns);
    CHECK((*history)[0].answered_ns >= (*history)[1].answered_ns);
    CHECK((*history)[2].status == HistoryStatus::open);
    CHECK((*history)[2].answered_ns == 0);
  }
  CHECK(read_history(folder.path())->size() == 3);
}

TEST_CASE("a record that a killed process left half-written was never asked, or is open") {
  const TemporaryFolder folder;
  {
    const auto log = new_log(folder, 5);
    for (std::uint64_t key = 1; key <= 3; ++key) append(*log, key);
  }
  // Killed between the stores of an answer: the answer is there, its status is not.
  overwrite(file_of(folder), 2, offsetof(HistoryRecord, status), HistoryStatus::open);
  // Killed between the stores of a call: all is there but the number.
  overwrite(file_of(folder), 3, offsetof(HistoryRecord, key), std::uint64_t{4});
  overwrite(file_of(folder), 3, offsetof(HistoryRecord, invoked_ns), std::int64_t{123});
  const auto history = read_history(folder.path());
  REQUIRE(history);
  REQUIRE(history->size() == 3);
  CHECK((*history)[1].status == HistoryStatus::ok);
  CHECK((*history)[2].status == HistoryStatus::open);
  CHECK((*history)[2].id == 0);
  CHECK((*history)[2].created == 0);
}

TEST_CASE("a damaged history is refused, not half believed") {
  const TemporaryFolder folder;
  {
    const auto log = new_log(folder, 5);
    for (std::uint64_t key = 1; key <= 3; ++key) append(*log, key);
  }
  const auto file = file_of(folder);
  const auto refused = [&] {
    const auto history = read_history(folder.path());
    return !history && history.error().code == ErrorCode::parse_error;
  };
  REQUIRE_FALSE(refused());
  SECTION("a record in the middle is gone") { overwrite(file, 1, offsetof(HistoryRecord, number), std::uint64_t{0}); }
  SECTION("numbers are out of order") { overwrite(file, 1, offsetof(HistoryRecord, number), std::uint64_t{9}); }
  SECTION("a record of no kind") { overwrite(file, 1, offsetof(HistoryRecord, kind), std::uint8_t{77}); }
  SECTION("a record of no status") { overwrite(file, 1, offsetof(HistoryRecord, status), std::uint8_t{77}); }
  SECTION("a record of another process") { overwrite(file, 1, offsetof(HistoryRecord, process), std::uint32_t{8}); }
  SECTION("the file is cut off") { std::filesystem::resize_file(file, 200); }
  SECTION("the file is empty") { std::filesystem::resize_file(file, 0); }
  SECTION("no history at all") { std::ofstream{file} << std::string(640, 'x'); }
  CHECK(refused());
}

TEST_CASE("a history that was too short says so, since what it lacks proves nothing") {
  const TemporaryFolder folder;
  const auto log = new_log(folder, 2);
  append(*log, 1);
  append(*log, 2);
  CHECK(log->dropped() == 0);
  CHECK(read_history(folder.path()));
  HistoryRecord* none = log->invoked(HistoryKind::look_up, 3);
  CHECK(none == nullptr);
  log->answered(none, HistoryStatus::ok, 1, false);
  CHECK(log->dropped() == 1);
  const auto history = read_history(folder.path());
  REQUIRE_FALSE(history);
  CHECK(history.error().code == ErrorCode::parse_error);
}

TEST_CASE("no history is written twice, and none is found where none is") {
  const TemporaryFolder folder;
  const auto nothing = read_history(folder.path());
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().code == ErrorCode::not_found);
  const auto missing = read_history(folder.path() / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::io);
  const auto log = new_log(folder, 2);
  const auto again = HistoryLog::create(folder.path(), 7, 3, 2);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::already_exists);
  CHECK_FALSE(HistoryLog::create(folder.path(), 7, 4, 0));
}

TEST_CASE("what four processes were answered is read back, though two of them are killed") {
  const TemporaryFolder folder;
  std::map<std::uint32_t, std::uint64_t> told;
  {
    Appender first{folder.path(), 1, 5'000};
    Appender second{folder.path(), 2, 5'000};
    Appender killed{folder.path(), 3, 0};
    Appender killed_later{folder.path(), 4, 0};
    killed.follow(300);
    CHECK(WIFSIGNALED(killed.end(SIGKILL)));
    killed_later.follow(2'000);
    CHECK(WIFSIGNALED(killed_later.end(SIGKILL)));
    for (Appender* child : {&first, &second}) {
      child->follow(5'000);
      CHECK(child->end(0) == 0);
    }
    told = {{1, first.answered()}, {2, second.answered()}, {3, killed.answered()}, {4, killed_later.answered()}};
  }
  CHECK(told.at(1) == 5'000);
  CHECK(told.at(3) >= 300);
  const auto history = read_history(folder.path());
  REQUIRE(history);
  std::map<std::uint32_t, std::uint64_t> read;
  for (const HistoryRecord& record : *history) {
    if (record.status != HistoryStatus::ok) continue;
    const bool is_whole = record.key == record.process * 1'000'000ull + record.number &&
                          record.id == static_cast<std::int64_t>(record.number) &&
                          record.created == (record.number % 2 == 0 ? 1 : 0) && record.answered_ns >= record.invoked_ns;
    if (!is_whole) FAIL("process " << record.process << ", record " << record.number << " is torn");
    ++read[record.process];
  }
  for (const auto& [process, answered] : told) {
    INFO("process " << process);
    CHECK(read[process] >= answered);
  }
}
