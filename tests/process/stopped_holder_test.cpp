// Another process is stopped, or killed, while it holds the writer lock or the turnstile.
#include "child.hpp"
#include "crash_board.hpp"
#include "crash_support.hpp"

#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

using Clk = std::chrono::steady_clock;

double ms_since(Clk::time_point start) { return std::chrono::duration<double, std::milli>(Clk::now() - start).count(); }

/// A book, and another process that works on it until it comes to `step`, and stops there.
class StoppedHolder {
 public:
  explicit StoppedHolder(const std::string& step) {
    storage::BookOptions options;
    options.path = folder_.path() / "memory.db";
    options.create = true;
    auto opened = storage::Book::open(options, clock_, soon());
    REQUIRE(opened);
    book_ = *opened;
    auto made = crash::SharedBoard::create();
    REQUIRE(made);
    board_.emplace(std::move(*made));
    crash::CrashBoard& board = **board_;
    board.orders.seed = 1;
    board.orders.round = 1;
    board.orders.open_and_store_once = 1;
    board.orders.kill_arrival = 1;
    board.orders.stop_instead = 1;
    crash::put_text(board.orders.kill_step, step);
    auto child = runner::Child::start({COMMONBOOK_CRASH_WORKER, "0", options.path.string()}, board_->descriptor(),
                                      options.path.string() + ".log");
    REQUIRE(child);
    child_.emplace(std::move(*child));
    board.go.store(1);
    REQUIRE(crash::wait_until(20'000'000'000, [&] { return board.dead_pid.load() != 0; }));
  }

  [[nodiscard]] const storage::Book& book() const { return *book_; }
  void kill() const { child_->send(SIGKILL); }
  void go_on() const {
    (**board_).go_on.store(1);
    child_->send(SIGCONT);
  }
  [[nodiscard]] bool has_receipt() {
    return crash::wait_until(20'000'000'000, [&] { return (**board_).processes[0].receipts.load() == 1; });
  }

 private:
  MemoryFolder folder_;
  SystemClock clock_;
  std::optional<storage::Book> book_;
  std::optional<crash::SharedBoard> board_;
  std::optional<runner::Child> child_;
};

Observation note(std::uint64_t number) {
  Observation observation;
  observation.agent = "other";
  observation.session = "session";
  observation.sequence = number;
  observation.ack_class = AckClass::applied;
  observation.triples = {{named("Anna"), "noted", Literal{LiteralType::integer, std::to_string(number)}, {}}};
  return observation;
}

struct Stored {
  Result<Receipt> receipt;
  double ms;
};

Stored store(storage::Writer& writer, std::uint64_t number, std::chrono::milliseconds patience) {
  const Observation observation = note(number);
  const auto start = Clk::now();
  auto receipts = writer.store({&observation, 1}, start + patience);
  return {std::move(receipts.front()), ms_since(start)};
}

storage::Writer writer_of(const storage::Book& book) {
  auto writer = storage::Writer::open(book, soon());
  REQUIRE(writer);
  return std::move(*writer);
}

}  // namespace

TEST_CASE("a holder that is stopped inside its transaction: others are told busy in time, readers go on", "[crash]") {
  StoppedHolder holder{"store.before_commit"};
  storage::Writer writer = writer_of(holder.book());
  std::atomic<bool> done{false};
  std::atomic<int> answers{0};
  double slowest_ms = 0;
  std::thread readers{[&] {
    auto reader = storage::Reader::open(holder.book(), soon());
    while (reader && !done.load()) {
      const auto start = Clk::now();
      QueryPlan plan;
      plan.names = {"Anna"};
      if (!reader->answer(plan, soon())) break;
      slowest_ms = std::max(slowest_ms, ms_since(start));
      ++answers;
    }
  }};
  const Stored first = store(writer, 1, std::chrono::milliseconds{800});
  const Stored second = store(writer, 2, std::chrono::milliseconds{200});
  done.store(true);
  readers.join();
  for (const Stored* stored : {&first, &second}) {
    REQUIRE_FALSE(stored->receipt);
    CHECK(stored->receipt.error().code == ErrorCode::busy);
  }
  CHECK(first.ms >= 790);
  CHECK(first.ms < 1'800);  // the deadline plus a second
  CHECK(second.ms >= 190);
  CHECK(second.ms < 1'200);
  CHECK(answers.load() > 20);
  holder.go_on();
  CHECK(holder.has_receipt());  // stopped is not dead: it goes on where it was
  const Stored after = store(writer, 3, std::chrono::seconds{10});
  CHECK(after.receipt);
  WARN("stopped inside its transaction: busy after " << first.ms << " ms of 800, " << answers.load()
                                                     << " answers meanwhile, slowest " << slowest_ms << " ms");
}

TEST_CASE("a holder that is stopped at the turnstile holds nobody back", "[crash]") {
  StoppedHolder holder{"transaction.before_begin"};
  storage::Writer writer = writer_of(holder.book());
  const Stored first = store(writer, 1, std::chrono::seconds{2});
  REQUIRE(first.receipt);
  CHECK(first.ms < 1'500);  // a quarter of the deadline, once
  double longest_ms = 0;
  for (std::uint64_t number = 2; number <= 21; ++number) {
    const Stored next = store(writer, number, std::chrono::seconds{2});
    REQUIRE(next.receipt);
    longest_ms = std::max(longest_ms, next.ms);
  }
  CHECK(longest_ms < 400);  // it is passed by, not waited for again
  holder.go_on();
  CHECK(holder.has_receipt());
  WARN("stopped at the turnstile: first write after " << first.ms << " ms, longest of 20 more " << longest_ms << " ms");
}

TEST_CASE("a holder that is killed inside its transaction frees the others", "[crash]") {
  std::vector<double> freed_ms;
  for (int round = 0; round < 5; ++round) {
    StoppedHolder holder{"store.before_commit"};
    storage::Writer writer = writer_of(holder.book());
    Clk::time_point stored_at;
    bool stored = false;
    const auto waits_before = holder.book().counters().busy_waits;
    std::thread other{[&] {
      stored = store(writer, 1, std::chrono::seconds{2}).receipt.has_value();
      stored_at = Clk::now();
    }};
    CHECK(crash::wait_until(10'000'000'000, [&] { return holder.book().counters().busy_waits > waits_before + 3; }));
    const auto killed_at = Clk::now();
    holder.kill();
    other.join();
    CHECK(stored);
    freed_ms.push_back(std::chrono::duration<double, std::milli>(stored_at - killed_at).count());
  }
  std::sort(freed_ms.begin(), freed_ms.end());
  CHECK(freed_ms[2] < 100);
  WARN("killed inside its transaction: others freed after " << freed_ms[2] << " ms (median of 5), " << freed_ms[4]
                                                            << " ms at most");
}
