#include "book_stores.hpp"

#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/name_scan.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

#include <unistd.h>

#include <random>
#include <string>
#include <utility>

namespace commonbook::actors {

namespace {

using std::chrono::milliseconds;

class BookWriter final : public ObservationStore {
 public:
  BookWriter(storage::Book book, storage::Writer writer, bool compacts)
      : book_(std::move(book)), writer_(std::move(writer)), compacts_(compacts) {}
  std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint deadline) override {
    return writer_.store(batch, deadline);
  }
  [[nodiscard]] BatchFigures figures() const override {
    const storage::StoreStatistics& statistics = writer_.last_statistics();
    return {0, statistics.triples, statistics.transactions, statistics.wait, statistics.commit};
  }
  [[nodiscard]] bool failed() const override { return writer_.failed(); }
  // Without a compactor of our own nobody would end the wait.
  [[nodiscard]] bool should_wait() const override { return compacts_ && book_.is_tail_too_long(); }

 private:
  storage::Book book_;
  storage::Writer writer_;
  bool compacts_;
};

class BookReader final : public PlanReader {
 public:
  BookReader(storage::Book book, storage::Reader reader) : book_(std::move(book)), reader_(std::move(reader)) {}
  Result<Answer> answer(const QueryPlan& plan, Clock::SteadyPoint deadline) override {
    if (fault("P8")) {  // a reader that goes through the gate waits for writers
      auto writer = storage::Writer::open(book_, deadline);
      if (!writer) return writer.error();
      if (auto flushed = writer->flush(deadline); !flushed) return flushed.error();
    }
    return reader_.answer(plan, deadline);
  }

 private:
  storage::Book book_;
  storage::Reader reader_;
};

/// Whether anybody has stored an observation lately.
class QuietWatch {
 public:
  explicit QuietWatch(const Clock& clock) : quiet_since_(clock.steady_now()) {}
  [[nodiscard]] bool is_quiet(const storage::Book& book, const Clock& clock) {
    const std::uint64_t observations = book.counters().observations;
    const auto now = clock.steady_now();
    if (observations != seen_) {
      seen_ = observations;
      quiet_since_ = now;
    }
    return now - quiet_since_ > std::chrono::seconds{1};
  }

 private:
  std::uint64_t seen_ = 0;
  Clock::SteadyPoint quiet_since_;
};

/// Compacts when the tail is long enough, and what is left of it once nobody has written for a while.
class CompactionTask final : public MaintenanceTask {
 public:
  CompactionTask(storage::Book book, storage::Compactor compactor, const Clock& clock)
      : book_(std::move(book)), compactor_(std::move(compactor)), clock_(&clock), quiet_(clock) {}

  Result<milliseconds> step(Clock::SteadyPoint deadline) override {
    const bool is_quiet = quiet_.is_quiet(book_, *clock_);
    const auto step = compactor_.step(is_quiet && book_.tail_rows() > 0, deadline);
    if (!step) return step.error();
    switch (step->outcome) {
      case storage::CompactionOutcome::slice: return milliseconds{0};
      case storage::CompactionOutcome::restarted: return milliseconds{1};
      case storage::CompactionOutcome::finished: return milliseconds{10};
      case storage::CompactionOutcome::idle: return milliseconds{100};
      case storage::CompactionOutcome::not_owner: return milliseconds{500};
    }
    return milliseconds{100};
  }

  void finish(Clock::SteadyPoint deadline) override {
    while (clock_->steady_now() < deadline) {
      const auto step = compactor_.step(true, deadline);
      if (!step) return;
      if (step->outcome == storage::CompactionOutcome::idle || step->outcome == storage::CompactionOutcome::not_owner)
        return;
      // A pass covers what stood in the tail when it began; the rest takes another one.
      if (step->outcome == storage::CompactionOutcome::finished && step->tail_rows == 0) return;
    }
  }

 private:
  storage::Book book_;
  storage::Compactor compactor_;
  const Clock* clock_;
  QuietWatch quiet_;
};

class CheckpointTask final : public MaintenanceTask {
 public:
  explicit CheckpointTask(storage::Checkpointer checkpointer) : checkpointer_(std::move(checkpointer)) {}
  Result<milliseconds> step(Clock::SteadyPoint deadline) override {
    if (!checkpointer_.is_due()) return milliseconds{25};
    const auto report = checkpointer_.run(deadline);
    if (!report) return report.error();
    // A reader that needs older pages will be there a moment longer: pages already copied are not copied again.
    return report->frames_copied < report->frames_total ? milliseconds{50} : milliseconds{25};
  }
  void finish(Clock::SteadyPoint) override {}  // the last connection to close empties the log

 private:
  storage::Checkpointer checkpointer_;
};

class SuggestionTask final : public MaintenanceTask {
 public:
  SuggestionTask(storage::Book book, storage::SuggestionPass pass, const Clock& clock)
      : book_(std::move(book)), pass_(std::move(pass)), clock_(&clock), quiet_(clock) {}
  Result<milliseconds> step(Clock::SteadyPoint deadline) override {
    const auto left = pass_.step(deadline);
    if (!left) return left.error();
    if (*left == 0) return milliseconds{500};
    // Who writes comes first: a step takes some 20 ms, and what it suggests can wait.
    return quiet_.is_quiet(book_, *clock_) ? milliseconds{20} : milliseconds{200};
  }
  void finish(Clock::SteadyPoint deadline) override {
    while (clock_->steady_now() < deadline) {
      const auto left = pass_.step(deadline);
      if (!left || *left == 0) return;
    }
  }

 private:
  storage::Book book_;
  storage::SuggestionPass pass_;
  const Clock* clock_;
  QuietWatch quiet_;
};

class NameScanTask final : public MaintenanceTask {
 public:
  explicit NameScanTask(storage::NameScan scan) : scan_(std::move(scan)) {}
  Result<milliseconds> step(Clock::SteadyPoint deadline) override {
    const auto step = scan_.step(deadline);
    // Readers do without: who asks for what can't be read is told so, and nobody else need stop for it.
    if (!step) return milliseconds{10'000};
    // A step takes 3 ms: others come to the core between two of them.
    return *step == storage::NameScanStep::more ? milliseconds{1} : milliseconds{200};
  }
  void finish(Clock::SteadyPoint) override {}

 private:
  storage::NameScan scan_;
};

/// Unique to one compactor of one process of one machine.
std::string new_owner_name() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  std::random_device random;
  return std::string{host} + ":" + std::to_string(::getpid()) + ":" + std::to_string(random()) + std::to_string(random());
}

}  // namespace

StoreFactories book_factories(const storage::Book& book, const RuntimeOptions& options, const Clock& clock,
                              std::function<std::string()> owner_name) {
  StoreFactories factories;
  factories.writer = [book, compacts = options.maintenance](Clock::SteadyPoint deadline)
      -> Result<std::unique_ptr<ObservationStore>> {
    auto writer = storage::Writer::open(book, deadline);
    if (!writer) return writer.error();
    return std::unique_ptr<ObservationStore>{std::make_unique<BookWriter>(book, std::move(*writer), compacts)};
  };
  factories.reader = [book](Clock::SteadyPoint deadline) -> Result<std::unique_ptr<PlanReader>> {
    auto reader = storage::Reader::open(book, deadline);
    if (!reader) return reader.error();
    return std::unique_ptr<PlanReader>{std::make_unique<BookReader>(book, std::move(*reader))};
  };
  if (!options.maintenance) return factories;
  using Task = Result<std::unique_ptr<MaintenanceTask>>;
  factories.maintenance.push_back([book, &clock, owner = std::move(owner_name)](Clock::SteadyPoint deadline) -> Task {
    auto compactor = storage::Compactor::open(book, owner ? owner() : new_owner_name(), deadline);
    if (!compactor) return compactor.error();
    return std::unique_ptr<MaintenanceTask>{std::make_unique<CompactionTask>(book, std::move(*compactor), clock)};
  });
  factories.finishes_last = factories.maintenance.size();
  factories.maintenance.push_back([book](Clock::SteadyPoint deadline) -> Task {
    auto checkpointer = storage::Checkpointer::open(book, deadline);
    if (!checkpointer) return checkpointer.error();
    return std::unique_ptr<MaintenanceTask>{std::make_unique<CheckpointTask>(std::move(*checkpointer))};
  });
  if (book.options().similarity != storage::SimilarityMode::off)
    factories.maintenance.push_back([book, &clock](Clock::SteadyPoint deadline) -> Task {
      auto pass = storage::SuggestionPass::open(book, deadline);
      if (!pass) return pass.error();
      return std::unique_ptr<MaintenanceTask>{std::make_unique<SuggestionTask>(book, std::move(*pass), clock)};
    });
  if (book.options().keep_overlay && options.reader_actors > 0)
    factories.maintenance.push_back([book](Clock::SteadyPoint deadline) -> Task {
      auto scan = storage::NameScan::open(book, deadline);
      if (!scan) return scan.error();
      return std::unique_ptr<MaintenanceTask>{std::make_unique<NameScanTask>(std::move(*scan))};
    });
  return factories;
}

}  // namespace commonbook::actors
