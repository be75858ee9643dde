// Compacting changes where rows stand, never what a book says: at every slice boundary, for every reader, after a kill.
#include "read_support.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

// A book, its model and whoever works on it, opened again at will.
class ModelledBook {
 public:
  explicit ModelledBook(std::uint64_t seed) : dice_(seed) { reopen(); }

  void reopen() {
    compactor_.reset();
    writer_.reset();
    book_.reset();
    book_.emplace(open_small_book(path(), clock_));
    writer_.emplace(open_writer(*book_));
    compactor_.emplace(open_compactor(*book_));
  }
  void store_one() {
    const Observation observation = random_observation(dice_, ++sequence_);
    static_cast<void>(store(*writer_, observation));
    model_.store(observation);
  }
  void retract_one() {
    const auto sequences = model_.sequences();
    if (sequences.empty()) return;
    const std::uint64_t chosen = sequences[dice_.below(sequences.size())];
    const std::int64_t id = observation_id(path(), chosen);
    const auto marked = writer_->retract(std::span{&id, 1}, soon());
    REQUIRE(marked);
    REQUIRE(*marked == 1);
    model_.retract(chosen);
  }
  void random_operation() {
    const std::uint64_t choice = dice_.below(100);
    if (choice < 55) return store_one();
    if (choice < 60) return retract_one();
    if (choice == 60) return reopen();
    static_cast<void>(step(*compactor_));
    require_equal();
  }
  void require_equal() const { REQUIRE(rows_read(*book_) == model_.rows()); }
  void finish() {
    static_cast<void>(compact_all(*compactor_));
    require_equal();
    require_verified(*book_);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "memory.db"; }

 private:
  TemporaryFolder folder_;
  TickingClock clock_;
  Dice dice_;
  Model model_;
  std::uint64_t sequence_ = 0;
  std::optional<Book> book_;
  std::optional<Writer> writer_;
  std::optional<Compactor> compactor_;
};

// Fills a new file with `count` observations and closes it.
Model fill(const std::filesystem::path& path, const Clock& clock, std::uint64_t seed, std::uint64_t count) {
  Model model;
  Dice dice{seed};
  const Book book = open_small_book(path, clock);
  Writer writer = open_writer(book);
  for (std::uint64_t sequence = 1; sequence <= count; ++sequence) {
    const Observation observation = random_observation(dice, sequence);
    static_cast<void>(store(writer, observation));
    model.store(observation);
  }
  return model;
}

// In a process of its own: compacts until the step is reached for the nth time, and dies there as by kill -9.
// @returns false when the pass ended before.
bool compact_and_die(const std::filesystem::path& path, const std::string& at_step, int nth) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int seen = 0;
    const auto watch = Steps::instance().on(at_step, [&seen, nth] {
      if (++seen == nth) ::raise(SIGKILL);
    });
    const TickingClock clock;
    const Book book = open_small_book(path, clock);
    Compactor compactor = open_compactor(book, "child");
    for (;;) {
      const auto done = compactor.step(true, soon());
      if (!done) ::_exit(3);
      if (done->outcome == CompactionOutcome::idle) ::_exit(0);
    }
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGKILL;
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

}  // namespace

TEST_CASE("a book says what a plain model says, at every slice boundary", "[P8][P3]") {
  const auto seed = GENERATE(from_range(seeds_to_run(10)));
  INFO("replay: COMMONBOOK_SEED=" << seed);
  ModelledBook book{seed};
  for (int operation = 0; operation < 1'000; ++operation) book.random_operation();
  book.finish();
}

TEST_CASE("a process killed at any slice boundary loses nothing and says nothing twice", "[P1]") {
  const std::string at_step = GENERATE("compact.before_slice", "compact.after_slice", "compact.before_watermark");
  int kills = 0;
  for (int nth = 1; nth < 100; ++nth) {
    TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    const ManualClock clock;
    const Model model = fill(path, clock, 7, 60);
    if (!compact_and_die(path, at_step, nth)) break;
    ++kills;
    INFO("killed at " << at_step << ", number " << nth);
    ManualClock later;
    const Book book = open_small_book(path, later);
    REQUIRE(rows_read(book) == model.rows());
    Compactor compactor = open_compactor(book, "heir");
    // The dead owner's lease still runs, unless it died behind its last slice.
    const auto outcome = step(compactor).outcome;
    REQUIRE((outcome == CompactionOutcome::not_owner || outcome == CompactionOutcome::idle));
    later.advance(std::chrono::milliseconds{2'000});
    static_cast<void>(compact_all(compactor));
    REQUIRE(rows_read(book) == model.rows());
    require_verified(book);
  }
  CHECK(kills >= (at_step == "compact.before_watermark" ? 1 : 5));
}

TEST_CASE("compacting leaves the row digest as it is, and empties the tail", "[P9]") {
  TickingClock clock;
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  static_cast<void>(fill(path, clock, 3, 80));
  const auto before = kept_digest(path);
  const Book book = open_small_book(path, clock);
  Compactor compactor = open_compactor(book);
  CHECK(compact_all(compactor) > 3);
  CHECK(kept_digest(path) == before);
  CHECK(recomputed_digest(path) == before);
  RawRows raw{path};
  CHECK(raw.integer("SELECT count(*) FROM assertion") == 0);
  CHECK(raw.integer("SELECT count(*) FROM triple") == raw.integer("SELECT count(*) FROM mirror"));
  CHECK(raw.integer("SELECT count(*) FROM triple") == raw.integer("SELECT triple_rows FROM meta"));
}

TEST_CASE("a short tail is left alone until somebody has time for it") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("ada", "knows", "charles")})));
  Compactor compactor = open_compactor(test.book);
  CHECK(step(compactor, false).outcome == CompactionOutcome::idle);
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM triple") == 0);
  static_cast<void>(compact_all(compactor));
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM triple") > 0);
}

TEST_CASE("what is stored while a pass runs is not lost by it", "[P1]") {
  TemporaryFolder folder;
  TickingClock clock;
  const auto path = folder.path() / "memory.db";
  Model model = fill(path, clock, 5, 60);
  const Book book = open_small_book(path, clock);
  Writer writer = open_writer(book);
  Compactor compactor = open_compactor(book);
  Dice dice{6};
  for (std::uint64_t sequence = 1'001; sequence < 1'030; ++sequence) {
    static_cast<void>(step(compactor));
    const Observation observation = random_observation(dice, sequence);
    static_cast<void>(store(writer, observation));
    model.store(observation);
    REQUIRE(rows_read(book) == model.rows());
  }
  static_cast<void>(compact_all(compactor));
  REQUIRE(rows_read(book) == model.rows());
  require_verified(book);
}
