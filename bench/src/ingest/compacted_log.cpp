#include "compacted_log.hpp"

#include "../commits.hpp"
#include "../log_counter.hpp"
#include "../made.hpp"
#include "../process_figures.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/writer.hpp"

#include <stdexcept>

namespace commonbook::bench {
namespace {

/// Bytes of log, by who wrote them.
struct LogShares {
  std::int64_t commits = 0;
  std::int64_t compaction = 0;
  std::int64_t checkpoints = 0;  ///< the one write that restarts a log above the soft mark
  std::int64_t book = 0;         ///< its tables
};

/// Adds what is written while it lives to a share. On one thread nobody else writes meanwhile.
class Counted {
 public:
  Counted(const LogCounter& counter, std::int64_t& share)
      : counter_(counter), share_(share), before_(counter.bytes()) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { share_ += counter_.bytes() - before_; }

 private:
  const LogCounter& counter_;
  std::int64_t& share_;
  std::int64_t before_;
};

/// A book with all who write to it, on one thread.
class CountedBook {
 public:
  CountedBook(const LogCounter& counter, const std::filesystem::path& file, const Clock& clock)
      : counter_(counter), book_(open(file, clock)) {}

  void store(const std::vector<Observation>& batch) {
    const Counted counted{counter_, shares_.commits};
    store_all(writer_, batch);
  }
  storage::CompactionStep compact(bool eager) {
    const Counted counted{counter_, shares_.compaction};
    return made(compactor_.step(eager, in_two_minutes()), "compacting");
  }
  void checkpoint_if_due() {
    if (!checkpointer_.is_due()) return;
    const Counted counted{counter_, shares_.checkpoints};
    made(checkpointer_.run(in_two_minutes()), "a checkpoint");
  }
  [[nodiscard]] const storage::Book& book() const { return book_; }
  [[nodiscard]] const LogShares& shares() const { return shares_; }

 private:
  storage::Book open(const std::filesystem::path& file, const Clock& clock) {
    const Counted counted{counter_, shares_.book};
    storage::BookOptions options;
    options.path = file;
    options.create = true;
    options.file_layer = counter_.name();
    return made(storage::Book::open(options, clock, in_two_minutes()), "making the book");
  }

  const LogCounter& counter_;
  LogShares shares_;
  storage::Book book_;
  storage::Writer writer_ = made(storage::Writer::open(book_, in_two_minutes()), "writing");
  storage::Compactor compactor_ = made(storage::Compactor::open(book_, "bench", in_two_minutes()), "compacting");
  storage::Checkpointer checkpointer_ = made(storage::Checkpointer::open(book_, in_two_minutes()), "checkpoints");
};

/// The gate lets a writer and the compactor in by turns, so a commit and a slice take turns here. A slice ends by the
/// clock: a slower machine makes more of them, each with pages of its own, and the figure moves with that by some percent.
void store_and_compact(CountedBook& counted, const Workload& workload, const IngestOptions& options) {
  SessionObservations observations{workload, "bench", options.ack_class};
  for (const auto groups : commits_of(workload, options.batch_triples)) {
    counted.store(observations.of(groups));
    // Writers wait while the tail is too long. Where the rows in memory alone are too many, no pass is due by itself.
    do {
      counted.compact(counted.book().is_tail_too_long());
      counted.checkpoint_if_due();
    } while (counted.book().is_tail_too_long());
  }
}

/// As a runtime does it when it closes: a pass covers what stood in the tail when it began, the rest takes another one.
void compact_the_rest(CountedBook& counted) {
  while (true) {
    const storage::CompactionStep step = counted.compact(true);
    counted.checkpoint_if_due();
    if (step.outcome == storage::CompactionOutcome::idle) return;
    if (step.outcome == storage::CompactionOutcome::not_owner)
      throw std::runtime_error("somebody else compacts the book");
  }
}

}  // namespace

nlohmann::json measure_compacted_log(const IngestOptions& options) {
  const Workload workload = make_workload({.triples = options.triples, .document_words = options.document_words});
  const SystemClock clock;
  const auto file = options.folder / "compacted-log.db";
  remove_database(file);
  nlohmann::json measured;
  {
    const LogCounter counter;
    CountedBook counted{counter, file, clock};
    store_and_compact(counted, workload, options);
    compact_the_rest(counted);
    const LogShares& shares = counted.shares();
    const auto a_triple = [&](std::int64_t bytes) {
      return static_cast<double>(bytes) / static_cast<double>(workload.triples());
    };
    const storage::BookCounters counters = counted.book().counters();
    measured = {{"log_bytes", a_triple(counter.bytes())},
                {"writer's commits, bytes", a_triple(shares.commits)},
                {"compaction, bytes", a_triple(shares.compaction)},
                {"checkpoints, bytes", a_triple(shares.checkpoints)},
                {"new book, bytes", a_triple(shares.book)},
                {"tail_rows", counted.book().tail_rows()},
                {"compaction_slices", counters.compaction_slices},
                {"compaction_passes", counters.compaction_passes},
                {"checkpoints", counters.checkpoints}};
  }
  remove_database(file);
  return measured;
}

}  // namespace commonbook::bench
