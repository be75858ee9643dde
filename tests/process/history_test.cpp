// Processes that keep a history, checked against the book in the end.
#include "child_process.hpp"
#include "commonbook/sim/book_history.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

struct Run {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "memory.db";
  std::filesystem::path histories = folder.path() / "history";

  Run() { std::filesystem::create_directory(histories); }

  [[nodiscard]] ChildProcess worker(int process, std::uint64_t seed, int operations) const {
    return ChildProcess{{COMMONBOOK_HISTORY_WORKER, path.string(), histories.string(), std::to_string(process),
                         std::to_string(seed), "2", std::to_string(operations), "60"}};
  }

  [[nodiscard]] std::vector<HistoryRecord> records() const {
    auto history = read_history(histories);
    if (!history) FAIL(to_string(history.error()));
    return *history;
  }

  [[nodiscard]] storage::Book book() const {
    storage::BookOptions options;
    options.path = path;
    auto book = storage::Book::open(options, clock_, soon());
    if (!book) FAIL(to_string(book.error()));
    return *book;
  }

  /// Everything that a history can show holds, and so does what the file shows by itself.
  void check() const {
    const auto opened = book();
    const auto found = verify_history(opened, histories, {}, soon());
    if (!found) FAIL(to_string(found.error()));
    for (const storage::Check& each : *found) {
      INFO(each.id << " " << each.what << ": " << each.detail);
      CHECK(each.ok);
    }
    const auto report = storage::verify(opened, soon());
    REQUIRE(report);
    CHECK(report->ok);
  }

 private:
  SystemClock clock_;
};

std::uint64_t answered_by(const std::vector<HistoryRecord>& history, std::uint32_t process) {
  return static_cast<std::uint64_t>(std::count_if(history.begin(), history.end(), [process](const auto& record) {
    return record.process == process && record.status == HistoryStatus::ok;
  }));
}

}  // namespace

TEST_CASE("what four processes were answered about the same names is one history", "[P4]") {
  for (const std::uint64_t seed : seeds_to_run(2)) {
    INFO("seed " << seed);
    const Run run;
    std::vector<ChildProcess> children;
    for (int process = 1; process <= 4; ++process) children.push_back(run.worker(process, seed, 300));
    for (ChildProcess& child : children) child.start();
    for (ChildProcess& child : children) {
      const auto outcome = child.finish();
      INFO(outcome.output);
      CHECK(outcome.exit_code == 0);
    }
    run.check();
    const auto state = state_of_book(run.book(), {}, soon());
    REQUIRE(state);
    const HistoryVerdict verdict = check_history(run.records(), *state);
    CHECK(verdict.operations == 4 * 2 * 300);
    CHECK(verdict.foreign_look_ups * 10 >= verdict.operations * 3);
  }
}

TEST_CASE("killed processes lose nothing that they were answered, and leave nobody else waiting", "[P1][P4]") {
  for (const std::uint64_t seed : seeds_to_run(2)) {
    INFO("seed " << seed);
    const Run run;
    ChildProcess lasting = run.worker(1, seed, 300);
    ChildProcess other = run.worker(2, seed, 300);
    std::vector<ChildProcess> killed;
    for (int process = 3; process <= 4; ++process) killed.push_back(run.worker(process, seed, 0));
    for (ChildProcess* child : {&lasting, &other, &killed[0], &killed[1]}) child->start();
    // Its histories are read while it writes them.
    const auto wait_for = [&](std::uint32_t process, std::uint64_t answers) {
      const auto end = soon();
      while (Clock::SteadyPoint::clock::now() < end) {
        const auto history = read_history(run.histories);
        if (history && answered_by(*history, process) >= answers) return true;
      }
      return false;
    };
    REQUIRE(wait_for(3, 50));
    killed[0].kill(SIGKILL);
    REQUIRE(wait_for(4, 150));
    killed[1].kill(SIGKILL);
    for (ChildProcess* child : {&lasting, &other}) {
      const auto outcome = child->finish();
      INFO(outcome.output);
      CHECK(outcome.exit_code == 0);
    }
    for (ChildProcess& child : killed) CHECK(child.finish().exit_code == -1);
    run.check();
  }
}
