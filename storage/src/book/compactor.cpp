#include "commonbook/storage/compactor.hpp"

#include "book/book_shared.hpp"
#include "book/compaction.hpp"
#include "book/purge.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/out_of_memory.hpp"

#include <optional>
#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace commonbook::storage {

namespace {

// A pass frees tens of megabytes in small pieces between others that stay. glibc would keep them all, in each thread's own
// part, and a process that runs for weeks would grow without holding more. Every thread that allocates waits meanwhile,
// and the next pass can use them again: so not after each pass of a busy minute.
class MemoryReturn {
 public:
  void give_back([[maybe_unused]] Clock::SteadyPoint now) noexcept {
#ifdef __GLIBC__
    if (last_ && now < *last_ + pause) return;
    last_ = now;
    malloc_trim(0);
#endif
  }

 private:
  static constexpr std::chrono::seconds pause{5};
  std::optional<Clock::SteadyPoint> last_;
};

}  // namespace

struct Compactor::Impl {
  Impl(const Book& book_in, Connection connection_in, std::string owner)
      : book(book_in),
        shared(book.shared()),
        connection(std::move(connection_in)),
        lease(std::move(owner), shared.clock) {}

  Book book;
  detail::BookShared& shared;
  Connection connection;
  PassLease lease;
  std::optional<CompactionPass> compaction;
  std::optional<PurgePass> purge;
  MemoryReturn memory;

  Result<CompactionStep> step(bool eager, Clock::SteadyPoint deadline);
  Result<CompactionStep> begin(bool eager, Clock::SteadyPoint deadline);
  Result<CompactionStep> slice(Clock::SteadyPoint deadline);
  Result<std::int64_t> count_tail(const PassRow& row);
  template <class Work>
  Result<void> transact(Clock::SteadyPoint deadline, Work work);
  void drop() {
    compaction.reset();
    purge.reset();
  }
};

template <class Work>
Result<void> Compactor::Impl::transact(Clock::SteadyPoint deadline, Work work) {
  if (auto renewed = connection.renew_if_doubtful(); !renewed) return renewed;
  // Only the acknowledging path needs FULL: the log is a prefix, so a later durable commit syncs these slices too.
  if (auto done = connection.set_durable(false); !done) return done;
  if (auto caught_up = shared.let_checkpoint_catch_up(deadline); !caught_up) return caught_up.error();
  auto hold = shared.gate->enter("compaction", deadline, shared.clock);
  if (!hold) return hold.error();
  auto transaction = Transaction::begin_immediate(connection, *hold, shared.turnstile.get(), shared.turnstile_counters,
                                                  deadline, shared.clock);
  if (!transaction) return transaction.error();
  auto commits = work(*transaction);
  if (!commits) return commits.error();
  if (!*commits) return {};
  auto committed = transaction->commit();
  yield_point("compact.after_commit");
  return committed;
}

Result<std::int64_t> Compactor::Impl::count_tail(const PassRow& row) {
  auto last = connection.query_int("SELECT seq FROM assertion ORDER BY seq DESC LIMIT 1");
  if (!last && last.error().code != ErrorCode::not_found) return last.error();
  const std::int64_t rows = last ? std::max<std::int64_t>(0, *last - row.watermark) : 0;
  shared.tail_rows.store(rows, std::memory_order_relaxed);
  shared.triple_rows.store(row.triple_rows, std::memory_order_relaxed);
  return rows;
}

// Finds what is due and takes the lease for it; the pass's first rows are moved by the next call.
Result<CompactionStep> Compactor::Impl::begin(bool eager, Clock::SteadyPoint deadline) {
  CompactionStep step;
  connection.set_deadline(deadline);
  if (auto renewed = connection.renew_if_doubtful(); !renewed) return renewed.error();
  const auto seen = read_pass_row(connection);
  if (!seen) return seen.error();
  const auto tail = count_tail(*seen);
  if (!tail) return tail.error();
  step.tail_rows = *tail;
  const bool is_long = *tail >= shared.compaction_rows() || (eager && *tail > 0);
  if (!is_long && !seen->purge_pending) return step;

  if (seen->purge_pending) shared.disk_room.admit_deletion();
  else if (!shared.disk_room.admit()) return step;  // compacting takes room before it gives any back
  std::optional<PassRow> taken;
  auto done = transact(deadline, [&](Transaction& transaction) -> Result<bool> {
    const auto row = read_pass_row(transaction.connection());
    if (!row) return row.error();
    const auto mine = lease.take(transaction, *row);
    if (!mine) return mine.error();
    if (*mine) taken = *row;
    return *mine;
  });
  if (!done) return done.error();
  if (!taken) {
    step.outcome = CompactionOutcome::not_owner;
    return step;
  }
  connection.set_deadline(deadline);
  if (taken->purge_pending) {
    auto begun = PurgePass::begin(connection, *taken);
    if (!begun) return begun.error();
    purge = std::move(*begun);
  } else {
    auto begun = CompactionPass::begin(connection, *taken);
    if (!begun) return begun.error();
    compaction = std::move(*begun);
  }
  step.outcome = CompactionOutcome::slice;
  return step;
}

Result<CompactionStep> Compactor::Impl::slice(Clock::SteadyPoint deadline) {
  CompactionStep step;
  const std::int64_t epoch = compaction ? compaction->epoch() : purge->epoch();
  bool finished = false;
  bool began = false;
  if (purge) shared.disk_room.admit_deletion();
  else if (auto room = shared.disk_room.admit(); !room) return room.error();
  if (compaction) compaction->prepare();
  yield_point("compact.before_slice");
  auto done = transact(deadline, [&](Transaction& transaction) -> Result<bool> {
    began = true;
    const auto row = read_pass_row(transaction.connection());
    if (!row) return row.error();
    if (!lease.holds(*row, epoch)) {
      step.outcome = CompactionOutcome::restarted;
      return false;
    }
    const auto worked =
        compaction ? compaction->slice(transaction, shared.clock) : purge->slice(transaction, shared.clock);
    if (!worked) return worked.error();
    finished = compaction ? compaction->finished() : purge->finished();
    step.outcome = finished ? CompactionOutcome::finished : CompactionOutcome::slice;
    step.rows = *worked;
    if (purge) step.purge_rows = *worked;
    auto kept = finished ? lease.release(transaction) : lease.beat(transaction);
    if (!kept) return kept.error();
    return true;
  });
  if (!done) {
    if (done.error().code == ErrorCode::disk_full) shared.disk_room.note_full();
    if (began) drop();  // what was rolled back had moved the pass on in memory
    return done.error();
  }
  yield_point("compact.after_slice");
  if (step.outcome == CompactionOutcome::restarted) {
    drop();
    return step;
  }
  shared.compaction_slices.fetch_add(1, std::memory_order_relaxed);
  if (finished) {
    if (compaction) {
      shared.overlay.drop_until(compaction->high());
      shared.compaction_passes.fetch_add(1, std::memory_order_relaxed);
    }
    drop();
    memory.give_back(shared.clock.steady_now());
  }
  const auto row = read_pass_row(connection);
  if (!row) return row.error();
  const auto tail = count_tail(*row);
  if (!tail) return tail.error();
  step.tail_rows = *tail;
  return step;
}

Compactor::Compactor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Compactor::Compactor(Compactor&&) noexcept = default;
Compactor& Compactor::operator=(Compactor&&) noexcept = default;
Compactor::~Compactor() = default;

Result<Compactor> Compactor::open(const Book& book, std::string owner, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<Compactor> {
    if (owner.empty()) return Error{ErrorCode::invalid_argument, "a compactor needs an owner's name", 0, {}};
    auto connection = book.shared().connect(Role::maintenance, deadline);
    if (!connection) return connection.error();
    return Compactor{std::make_unique<Impl>(book, std::move(*connection), std::move(owner))};
  });
}

Result<CompactionStep> Compactor::step(bool eager, Clock::SteadyPoint deadline) {
  const bool has_pass = impl_->compaction || impl_->purge;
  bool ended = false;
  auto done = or_out_of_memory([&] {
    auto stepped = has_pass ? impl_->slice(deadline) : impl_->begin(eager, deadline);
    ended = true;
    return stepped;
  });
  if (!ended) impl_->drop();  // thrown in mid-pass: what the pass remembers may be half of a slice
  return done;
}

}  // namespace commonbook::storage
