// The guarded checkpoint. SQLite before 3.51.3 has a race between two connections of which one checkpoints while the
// other restarts the log: the file ends up malformed although every commit was acknowledged. Whoever holds the
// writer lock cannot be raced so. Hence two connections: the guard takes the writer lock, the copier checkpoints,
// always in mode PASSIVE. FULL, RESTART and TRUNCATE would take that lock by themselves, but where they do not
// get it in time, they fall back to PASSIVE without a word, and then nothing protects them.
//
// While a snapshot pins the log (log_pin.hpp) nobody can restart it, so then a PASSIVE without the guard is safe as well.
// It goes first, copies the bulk and syncs the file while others write; the guard then holds them up only for what came
// in the meantime. Who writes faster than that is held up at three quarters of the log's bound
// (let_checkpoint_catch_up()).
#include "commonbook/storage/checkpointer.hpp"

#include "book/book_shared.hpp"
#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"
#include "engine/log_pin.hpp"
#include "engine/out_of_memory.hpp"
#include "engine/transaction.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <sys/stat.h>

namespace commonbook::storage {

namespace {

constexpr std::int64_t due_bytes = 10'000'000;  // more than the log's file keeps when it is emptied
constexpr std::int64_t due_bytes_on_a_full_disk = 1'000'000;  // a short log is what the rest of the disk has room for
constexpr std::chrono::milliseconds reader_patience{100};
// Only another process can be in the way at that point, and its own commit restarts the log as well.
constexpr std::chrono::milliseconds restart_patience{50};
constexpr int pauses_while_another_copies = 20;  // some 13 ms

// Size and time of the log, as stat() has them: equal means that nothing was written in between.
struct LogState {
  std::int64_t bytes = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  bool operator==(const LogState&) const = default;
};

LogState log_state(const std::filesystem::path& database) noexcept {
  struct stat found {};
  try {
    const std::string log = database.native() + "-wal";
    if (::stat(log.c_str(), &found) != 0) return {};
  } catch (const std::bad_alloc&) {
    return {};
  }
  return {.bytes = found.st_size, .seconds = found.st_mtim.tv_sec, .nanoseconds = found.st_mtim.tv_nsec};
}

// Opens the barrier again on every path.
class ClosedBarrier {
 public:
  explicit ClosedBarrier(SnapshotBarrier& barrier) : barrier_(barrier), empty_(barrier.close(reader_patience)) {}
  ClosedBarrier(const ClosedBarrier&) = delete;
  ClosedBarrier& operator=(const ClosedBarrier&) = delete;
  ~ClosedBarrier() { barrier_.open(); }
  [[nodiscard]] bool empty() const noexcept { return empty_; }

 private:
  SnapshotBarrier& barrier_;
  bool empty_;
};

// A deadline is for waiting: what the disk takes comes on top, or a slow one would leave nothing for the gate.
class DiskTime {
 public:
  explicit DiskTime(Clock::SteadyPoint& deadline) : deadline_(deadline) {}
  DiskTime(const DiskTime&) = delete;
  DiskTime& operator=(const DiskTime&) = delete;
  ~DiskTime() {
    const auto taken = std::chrono::steady_clock::now() - start_;
    deadline_ = deadline_ > Clock::SteadyPoint::max() - taken ? Clock::SteadyPoint::max() : deadline_ + taken;
  }

 private:
  Clock::SteadyPoint& deadline_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Counts a checkpoint that works beside the writers.
class BesideWriters {
 public:
  explicit BesideWriters(std::atomic<int>& count) : count_(count) { ++count_; }
  BesideWriters(const BesideWriters&) = delete;
  BesideWriters& operator=(const BesideWriters&) = delete;
  ~BesideWriters() { --count_; }

 private:
  std::atomic<int>& count_;
};

}  // namespace

struct Checkpointer::Impl {
  Book book;
  Connection guard;
  Connection copier;
  Connection reader;  // pins the log
  std::int64_t page_bytes;
  std::optional<LogState> emptied;  // how the log looked after the last run that copied all of it

  [[nodiscard]] detail::BookShared& shared() const noexcept { return book.shared(); }
  static Result<Checkpointer> open(const Book& book, Clock::SteadyPoint deadline);
  Result<CheckpointReport> run(Clock::SteadyPoint deadline);
  Result<CheckpointReport> run_once(Clock::SteadyPoint deadline, bool is_first);
  Result<std::optional<LogPin>> pin_log(Clock::SteadyPoint deadline);
  Result<int> copy_ahead(Clock::SteadyPoint& deadline);
  Result<CheckpointReport> copy();
  Result<CheckpointReport> run_in_gate(GateHold& hold, Clock::SteadyPoint deadline);
  Result<void> restart_log(GateHold& hold, Clock::SteadyPoint deadline);
};

Checkpointer::Checkpointer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Checkpointer::Checkpointer(Checkpointer&&) noexcept = default;
Checkpointer& Checkpointer::operator=(Checkpointer&&) noexcept = default;
Checkpointer::~Checkpointer() = default;

Result<Checkpointer> Checkpointer::open(const Book& book, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&] { return Impl::open(book, deadline); });
}

Result<Checkpointer> Checkpointer::Impl::open(const Book& book, Clock::SteadyPoint deadline) {
  auto guard = book.shared().connect(Role::maintenance, deadline);
  if (!guard) return guard.error();
  auto copier = book.shared().connect(Role::maintenance, deadline);
  if (!copier) return copier.error();
  auto reader = book.shared().connect(Role::maintenance, deadline);
  if (!reader) return reader.error();
  const auto page_bytes = guard->query_int("PRAGMA page_size");
  if (!page_bytes) return page_bytes.error();
  return Checkpointer{std::make_unique<Impl>(Impl{.book = book,
                                                  .guard = std::move(*guard),
                                                  .copier = std::move(*copier),
                                                  .reader = std::move(*reader),
                                                  .page_bytes = *page_bytes,
                                                  .emptied = {}})};
}

bool Checkpointer::is_due() const noexcept {
  const BookOptions& options = impl_->shared().options;
  const LogState now = log_state(options.path);
  const std::int64_t due = impl_->shared().disk_room.is_low() ? due_bytes_on_a_full_disk : due_bytes;
  if (now.bytes < std::min(due, options.wal_soft_mark_bytes)) return false;
  return impl_->emptied != now;
}

Result<std::optional<LogPin>> Checkpointer::Impl::pin_log(Clock::SteadyPoint deadline) {
  auto hold = shared().gate->enter("checkpoint", deadline, shared().clock);
  if (!hold) return hold.error();
  const auto lock = Transaction::begin_immediate(guard, *hold, shared().turnstile.get(), shared().turnstile_counters,
                                                 deadline, shared().clock);
  if (!lock) return lock.error();
  return LogPin::take(reader);
}

// Returns how many frames it left copied.
Result<int> Checkpointer::Impl::copy_ahead(Clock::SteadyPoint& deadline) {
  int frames_total = 0;
  int frames_copied = 0;
  auto pin = pin_log(deadline);
  if (!pin) return pin.error();
  if (!*pin) return 0;
  const DiskTime disk{deadline};
  yield_point("checkpoint.log_pinned");
  shared().disk_room.admit_deletion();
  const int code =
      sqlite3_wal_checkpoint_v2(copier.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &frames_total, &frames_copied);
  if (code != SQLITE_OK) {
    const Error error = copier.error("copying the log into the file");
    if (error.code == ErrorCode::disk_full) shared().disk_room.note_full();
    return error;
  }
  pin->reset();
  // Where all was copied SQLite has synced the file.
  if (frames_copied < frames_total)
    if (auto synced = copier.sync_file(); !synced) return synced.error();
  yield_point("checkpoint.copied_ahead");
  return frames_copied;
}

// Only ever called while the guard holds the writer lock.
Result<CheckpointReport> Checkpointer::Impl::copy() {
  CheckpointReport report;
  yield_point("checkpoint.before_copy");
  const int code = sqlite3_wal_checkpoint_v2(copier.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &report.frames_total,
                                             &report.frames_copied);
  if (code != SQLITE_OK) return copier.error("copying the log into the file");
  if (report.frames_copied < report.frames_total) sometimes("checkpoint_blocked_by_reader");
  return report;
}

// A log restarts at the first write of a transaction that began when everything was copied, so the guard's first
// transaction, which began before, can't do it. The write leaves the content alone: it stores the same number.
Result<void> Checkpointer::Impl::restart_log(GateHold& hold, Clock::SteadyPoint deadline) {
  const Clock& clock = shared().clock;
  const auto until = std::min(deadline, clock.steady_now() + restart_patience);
  auto transaction = Transaction::begin_immediate(guard, hold, nullptr, shared().turnstile_counters, until, clock);
  if (!transaction) {
    if (transaction.error().code == ErrorCode::busy) return {};
    return transaction.error();
  }
  static_assert(application_id == 1129136715, "the statement below stores it");
  auto written = guard.execute("PRAGMA application_id = 1129136715");
  if (!written) {
    transaction->poison();
    return written;
  }
  auto committed = transaction->commit();
  yield_point("checkpoint.after_restart");
  return committed;
}

Result<CheckpointReport> Checkpointer::Impl::run_in_gate(GateHold& hold, Clock::SteadyPoint deadline) {
  const Clock& clock = shared().clock;
  auto transaction =
      Transaction::begin_immediate(guard, hold, shared().turnstile.get(), shared().turnstile_counters, deadline, clock);
  if (!transaction) return transaction.error();
  std::optional<Transaction> lock{std::move(*transaction)};
  auto report = copy();
  if (!report) return report;
  shared().checkpoints.fetch_add(1, std::memory_order_relaxed);
  const bool above_mark = report->frames_total * page_bytes >= shared().options.wal_soft_mark_bytes;
  // A copy of the book that is being made keeps its snapshot to its end: stopping the others would not help.
  if (!above_mark || shared().barrier.is_anyone_outside() || fault("P8") || fault("barrier")) return report;

  // Most has been copied by now, so that the pause of the readers covers only what they had kept back.
  shared().checkpoint_barriers.fetch_add(1, std::memory_order_relaxed);
  const ClosedBarrier closed{shared().barrier};
  yield_point("checkpoint.barrier_closed");
  if (closed.empty()) {
    report = copy();
    if (!report) return report;
  }
  report->barrier = true;
  if (report->frames_copied < report->frames_total) return report;  // another process reads
  lock.reset();
  const auto restarted = restart_log(hold, deadline);
  if (!restarted) return restarted.error();
  sometimes("log_restarted");
  return report;
}

// SQLite lets one connection copy at a time, and another process may be copying without the writer lock: for as long as
// it takes to copy and to sync, so that whoever tried again at once would do nothing but take turns from writers.
Result<CheckpointReport> Checkpointer::Impl::run(Clock::SteadyPoint deadline) {
  const Clock& clock = shared().clock;
  Jitter jitter;
  for (bool is_first = true;; is_first = false) {
    auto report = run_once(deadline, is_first);
    if (report || report.error().code != ErrorCode::busy || clock.steady_now() >= deadline) return report;
    if (wait_point("busy")) continue;
    for (int times = 0; times < pauses_while_another_copies; ++times) jitter.pause(clock, deadline);
  }
}

Result<CheckpointReport> Checkpointer::Impl::run_once(Clock::SteadyPoint deadline, bool is_first) {
  std::optional<BesideWriters> beside{shared().checkpoints_ahead};
  // Copying begins with a sync of the log, for which every writer waits. Most of it is done here, where only they wait who
  // would make the log too long.
  if (is_first) {
    const DiskTime disk{deadline};
    if (auto synced = copier.sync_log(); !synced) return synced.error();
  }
  const auto ahead = copy_ahead(deadline);
  if (!ahead) return ahead.error();
  auto hold = shared().gate->enter("checkpoint", deadline, shared().clock);
  if (!hold) return hold.error();
  beside.reset();
  shared().disk_room.admit_deletion();  // what the file lacks of the log it grows by
  const auto start = std::chrono::steady_clock::now();
  auto report = run_in_gate(*hold, deadline);
  if (!report) {
    if (report.error().code == ErrorCode::disk_full) shared().disk_room.note_full();
    return report;
  }
  report->frames_ahead = *ahead;
  report->held = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  const bool all = report->frames_copied >= report->frames_total;
  const SnapshotBarrier& barrier = shared().barrier;
  if (all || (!barrier.is_anyone_inside() && !barrier.is_anyone_outside()))
    shared().foreign_readers.note(!all, shared().clock.steady_now());
  emptied = all ? std::optional{log_state(shared().options.path)} : std::nullopt;
  return report;
}

Result<CheckpointReport> Checkpointer::run(Clock::SteadyPoint deadline) {
  return or_out_of_memory([&] { return impl_->run(deadline); });
}

}  // namespace commonbook::storage
