#include "book_builder.hpp"

#include "commits.hpp"
#include "made.hpp"
#include "process_figures.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/writer.hpp"

#include <algorithm>

namespace commonbook::bench {
namespace {

constexpr std::size_t triples_of_a_commit = 512;

/// What the runtime's maintenance actors do, on one thread.
class Maintenance {
 public:
  explicit Maintenance(const storage::Book& book)
      : compactor_(made(storage::Compactor::open(book, "builder", in_two_minutes()), "compacting")),
        checkpointer_(made(storage::Checkpointer::open(book, in_two_minutes()), "checkpoints")) {}
  /// @param all  the whole tail, else only what is due.
  void run(bool all) {
    for (auto outcome = storage::CompactionOutcome::slice; outcome != storage::CompactionOutcome::idle;) {
      outcome = made(compactor_.step(all, in_two_minutes()), "compacting").outcome;
      if (checkpointer_.is_due()) made(checkpointer_.run(in_two_minutes()), "a checkpoint");
    }
  }

 private:
  storage::Compactor compactor_;
  storage::Checkpointer checkpointer_;
};

/// Stores the workload in a session of its own until `ends`, with `after_commit` behind each commit.
template <class AfterCommit, class Ends>
void store_workload(storage::Writer& writer, const Workload& workload, const std::string& session, AfterCommit after_commit,
                    Ends ends) {
  SessionObservations observations{workload, session, AckClass::applied};
  for (const auto groups : commits_of(workload, triples_of_a_commit)) {
    store_all(writer, observations.of(groups));
    after_commit();
    if (ends()) return;
  }
}

storage::BookOptions options_for(const std::filesystem::path& file) {
  storage::BookOptions options;
  options.path = file;
  options.create = true;
  return options;
}

}  // namespace

void build_book(const std::filesystem::path& file, const Workload& workload) {
  remove_database(file);
  const SystemClock clock;
  const auto book = made(storage::Book::open(options_for(file), clock, in_two_minutes()), "making the book");
  auto writer = made(storage::Writer::open(book, in_two_minutes()), "writing");
  Maintenance maintenance{book};
  store_workload(writer, workload, "built", [&] { maintenance.run(false); }, [] { return false; });
  maintenance.run(true);
}

void build_book_with_full_tail(const std::filesystem::path& file, const Workload& workload,
                               const std::function<void()>& before_close) {
  build_book(file, workload);
  const SystemClock clock;
  const auto book = made(storage::Book::open(options_for(file), clock, in_two_minutes()), "opening the book");
  auto writer = made(storage::Writer::open(book, in_two_minutes()), "writing");
  const Workload tail = make_workload({.triples = std::max<std::size_t>(200'000, workload.triples() / 4), .seed = 3});
  store_workload(writer, tail, "tail", [] {}, [&] { return book.is_tail_too_long(); });
  before_close();
}

}  // namespace commonbook::bench
